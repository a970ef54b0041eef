#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A wire between ranks that are processes, over MPI.
///
/// Received is whatever a rank sent next, whose tag and size are then compared with what was expected: a
/// rank that is at another place is seen, not waited for. Whoever waits looks again and again, since the
/// library moves bytes only then, and gives way to other threads, so that more ranks than cores make
/// progress; where a run pauses it sleeps between looks. Nothing is allocated behind the first step.
public final class MPIWire: Wire {
  /// The number of this rank.
  public let rank: Int
  /// How many ranks there are.
  public let count: Int
  /// The library by name and version.
  public let mpiName: String

  private let adapter: MPIAdapter
  private let mpi: MessageLibrary
  /// What a receive expects, by the number of its request; nil: a request that sends.
  private var expected: [Expected?] = []

  private struct Expected {
    let from: Int
    let tag: Int32
    let bytes: Int
    let purpose: RankPurpose?
  }

  /// Meets the others; called once, by the thread that uses the wire.
  ///
  /// - Parameters:
  ///   - launched: What the launcher says.
  ///   - folders: Where the adapter may lie.
  /// - Throws: ``RankStartError`` where the adapter or the others are not found.
  public init(_ launched: LaunchedRank, adapterIn folders: [String]) throws(RankStartError) {
    adapter = try MPIAdapter.load(launched.mpi, from: folders)
    mpi = launched.mpi
    guard adapter.begin() > 0 else { throw .mpi(adapter.problem) }
    (rank, count) = (Int(adapter.rank()), Int(adapter.count()))
    mpiName = adapter.mpiName
    guard count != launched.count || rank == launched.rank else {
      throw .otherRank(
        launcher: launched.launcher.title, said: launched.rank, library: mpiName, found: rank)
    }
    guard count == launched.count else {
      throw .otherCount(
        launcher: launched.launcher.title, said: launched.count, library: mpiName, found: count)
    }
  }

  /// Begins to send.
  public func send(
    _ bytes: UnsafeRawBufferPointer, to other: Int, tag: Int32
  ) throws(RankError) -> WireRequest {
    try note(
      adapter.send(bytes.baseAddress, Int64(bytes.count), Int32(other), tag), expecting: nil)
  }

  /// Begins to receive.
  public func receive(
    into bytes: UnsafeMutableRawBufferPointer, from other: Int, tag: Int32
  ) throws(RankError) -> WireRequest {
    try note(
      adapter.receive(bytes.baseAddress, Int64(bytes.count), Int32(other)),
      expecting: Expected(
        from: other, tag: adapter.tag(tag), bytes: bytes.count, purpose: RankPurpose(tag: tag)))
  }

  /// Waits until a request is done.
  public func wait(for request: WireRequest) throws(RankError) {
    var looks = 0
    var idleSince: ContinuousClock.Instant?
    while try !isDone(request) {
      looks += 1
      guard looks > Self.looksBeforeYielding else { continue }
      let since = idleSince ?? .now
      idleSince = since
      if isAgenda(request), .now - since > Self.timeBeforeSleeping {
        usleep(Self.sleep)
      } else {
        sched_yield()
      }
    }
  }

  /// Whether a request is done.
  public func isDone(_ request: WireRequest) throws(RankError) -> Bool {
    var message = AdaptedMessage()
    let found = adapter.test(Int32(request.number), &message)
    guard found >= 0 else { throw failure() }
    guard found > 0 else { return false }
    guard let expected = expected[Int(request.number)] else { return true }
    guard message.isLonger == 0, message.tag == expected.tag, message.bytes == expected.bytes else {
      throw .unlike(
        expected: "tag \(expected.tag), \(expected.bytes) bytes",
        found: message.isLonger != 0
          ? "a longer message" : "tag \(message.tag), \(message.bytes) bytes",
        from: expected.from)
    }
    return true
  }

  /// Says that this rank needs the others no more; all say it when a run has come to its end.
  public func leave() {
    if adapter.end() <= 0 { adapter.abort(1) }
  }

  private func note(_ number: Int32, expecting: Expected?) throws(RankError) -> WireRequest {
    guard number >= 0 else { throw failure() }
    while expected.count <= Int(number) { expected.append(nil) }
    expected[Int(number)] = expecting
    return WireRequest(number: UInt64(number))
  }

  /// Whether what is next is waited for, which comes only when rank 0's person goes on.
  private func isAgenda(_ request: WireRequest) -> Bool {
    expected[Int(request.number)]?.purpose == .agenda
  }

  private func failure() -> RankError { .mpi("\(mpi.title): \(adapter.problem)") }

  /// Looks with which a message of another core is met before others may use this one.
  private static let looksBeforeYielding = 200
  /// A wait for what is next that takes so long is a pause: it costs no core, and is noticed within a
  /// millisecond.
  private static let timeBeforeSleeping = Duration.milliseconds(20)
  private static let sleep: UInt32 = 500
}
