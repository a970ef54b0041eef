internal import Synchronization
internal import Tensors

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

// MARK: - Meeting over MPI

extension LaunchedRank {
  /// Seconds in which all ranks begin.
  static let patience = 60.0
  /// Seconds behind that after which a rank that has nothing to say ends.
  private static let silentEnd = 6.0

  /// Seconds that a rank stays behind its words, as long as ranks may have begun apart.
  private static let overlap = 3.0

  /// Whether the ranks have met, which the thread that waits says to the one that looks at the clock.
  private final class Meeting: Sendable { let isOver = Atomic(false) }

  /// Meets the others, and notices from then on when one of them is lost.
  ///
  /// MPI waits for a rank that never comes for ever, and says nothing of it. Here the time is limited: behind
  /// it one rank says through `report` who is missing, and all end with the code of a lost rank.
  ///
  /// - Parameters:
  ///   - folders: where the adapter may lie.
  ///   - whenLate: says which ranks have not come, once for all ranks of a machine.
  ///   - whenLost: says which ranks are lost, see ``RankGroup/watched(over:whenLost:)``.
  /// - Returns: the group; called once, by the thread that uses it.
  /// - Throws: ``RankStartError`` where the adapter or the others are not found.
  public func meet(
    adapterIn folders: [String], whenLate: @escaping @Sendable (RankStartError) -> Void,
    whenLost: @escaping @Sendable ([LostRank]) -> Void
  ) throws -> RankGroup {
    let arrivals = job.flatMap { Arrivals(of: $0, rank: rank) }
    arrivals?.come()
    let meeting = Meeting()
    defer {
      meeting.isOver.store(true, ordering: .releasing)
      arrivals?.leave()
    }
    try EngineThread.start(named: "meeting") { [self] in
      guard !Self.isOver(meeting, within: Self.patience) else { return }
      let late = LateRanks(
        count: count, host: TCPSocket.hostName(), came: arrivals?.ranks(of: count) ?? [rank],
        here: neighbours, seconds: Int(Self.patience))
      let delay = late.delay(of: rank)
      guard !Self.isOver(meeting, within: delay ?? Self.silentEnd) else { return }
      if delay != nil {
        whenLate(.late(late))
        // Whose minute ends a little later still finds this rank then, and is silent.
        usleep(UInt32(Self.overlap * 1e6))
      }
      arrivals?.clear(of: count)
      _exit(Heartbeat.exitCode)
    }
    return try RankGroup.watched(
      over: MPIWire(self, adapterIn: folders), whenLost: whenLost)
  }

  private static func isOver(_ meeting: Meeting, within seconds: Double) -> Bool {
    let end = Heartbeat.now() + seconds
    while !meeting.isOver.load(ordering: .acquiring) {
      guard Heartbeat.now() < end else { return false }
      usleep(50_000)
    }
    return true
  }

  /// The launcher's own process on this machine, which is all by which MPICH's tells its runs apart.
  static func launchingProcess(named prefix: String) -> Int? {
    var process = Int(getppid())
    while process > 1, let (name, parent) = status(of: process) {
      if name.hasPrefix(prefix) { return process }
      process = parent
    }
    return nil
  }

  /// Name and parent of a process, of `NUMBER (NAME) STATE PARENT …`.
  private static func status(of process: Int) -> (name: String, parent: Int)? {
    guard let file = fopen("/proc/\(process)/stat", "r") else { return nil }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 512)
    guard fgets(&text, 511, file) != nil else { return nil }
    let line = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")") else {
      return nil
    }
    let rest = line[line.index(after: close)...].split(separator: " ")
    guard rest.count > 1, let parent = Int(rest[1]) else { return nil }
    return (String(line[line.index(after: open)..<close]), parent)
  }
}
