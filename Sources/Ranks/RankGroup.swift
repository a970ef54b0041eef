/// What ranks do together over a ``Wire``: everybody calls the same in the same order.
///
/// A message's tag says its step and its purpose, so that ranks which are not at the same place are told so
/// instead of waiting for ever.
public final class RankGroup {
  /// What carries the bytes.
  public let wire: any Wire
  /// What this rank has sent, and what it waited for.
  public private(set) var traffic = RankTraffic()
  /// The step at hand: a part of every tag.
  public var step = 0
  /// What notices a lost rank; nil: the wire does.
  var heartbeat: Heartbeat?
  /// Whether this rank needs the others no more.
  var hasLeft = false

  /// Floats of a piece of a sum: 64 KiB.
  public static let piece = 16384

  /// Pieces of a sum of so many floats, each of which goes from rank to rank and back.
  public static func pieces(of floats: Int) -> Int { (floats + piece - 1) / piece }

  /// Where a piece of a sum comes in.
  let inbox = UnsafeMutablePointer<Float>.allocate(capacity: RankGroup.piece)
  private var sends: [WireRequest] = []
  /// Exchanges by the order in which they were begun; those from `first` up to `behind` are not done.
  ///
  /// One goes on at a time: so the messages between two ranks are in one order, however their looks fall.
  private var open: [OpenExchange]
  private var (first, behind) = (0, 0)
  /// Exchanges of a step that are usually begun before the first is done, at most.
  private static let mostOpen = 64
  /// When the first one that is not done was looked at last.
  private var lookedAt: ContinuousClock.Instant?
  /// How many have ever been begun, and how many were seen to be done.
  public private(set) var begun = 0
  private var done = 0

  /// The ranks at the ends of a wire.
  public init(_ wire: any Wire) {
    self.wire = wire
    sends.reserveCapacity(64)
    // How many are open at once depends on who comes first: a step must not make them.
    open = (0..<Self.mostOpen).map { _ in OpenExchange(ranks: wire.count) }
  }

  deinit { inbox.deallocate() }

  /// Leaves in `sum` of every rank the sum over all lanes of all ranks, one lane after the other in the order
  /// of ranks, ((L₀ + L₁) + L₂) + …, as one process adds them up.
  ///
  /// Own lanes lie at `lanes`, a stride apart; `sum` may be the first of them. A piece goes from rank to rank,
  /// each of which adds its own, and comes back the same way: all ranks together send 2·4·(P − 1)·`count`
  /// bytes. A rank without lanes hands on what it gets.
  public func sum(
    _ lanes: UnsafePointer<Float>, stride: Int, laneCount: Int, count: Int,
    into sum: UnsafeMutablePointer<Float>
  ) throws(RankError) {
    try beginSum(lanes, stride: stride, laneCount: laneCount, count: count, into: sum)
    try finish()
  }

  /// Begins such a sum: its memory is the group's until it is done, see ``finish(through:)``.
  public func beginSum(
    _ lanes: UnsafePointer<Float>, stride: Int, laneCount: Int, count: Int,
    into sum: UnsafeMutablePointer<Float>
  ) throws(RankError) {
    precondition(laneCount >= 0, "rank \(wire.rank) has \(laneCount) lanes to add")
    next().sum(
      lanes, stride: stride, laneCount: laneCount, count: count, into: sum, tag: tag(.dense))
    try advance()
  }

  /// Sees to it that every rank has all parts of `bytes`, of which each has its own: `parts` by rank.
  ///
  /// Parts go round a ring: a rank sends all but that of the next rank.
  public func gather(
    _ bytes: UnsafeMutableRawPointer, parts: [Range<Int>], for purpose: RankPurpose
  ) throws(RankError) {
    try beginGather(bytes, parts: parts, for: purpose)
    try finish()
  }

  /// Begins to gather: the bytes are the group's until it is done, see ``finish(through:)``.
  public func beginGather(
    _ bytes: UnsafeMutableRawPointer, parts: [Range<Int>], for purpose: RankPurpose
  ) throws(RankError) {
    precondition(parts.count == wire.count, "\(parts.count) parts of \(wire.count) ranks")
    next().gather(bytes, parts, for: purpose, tag: tag(purpose))
    try advance()
  }

  /// Begins to give every other rank a part of `outbox`, and to get one of each into a part of `inbox`.
  ///
  /// Parts are bytes, by rank, and each is one message. The memory is the group's until it is done.
  public func beginCross(
    _ outbox: UnsafeMutableRawPointer, parts: [Range<Int>], into inbox: UnsafeMutableRawPointer,
    parts inParts: [Range<Int>], for purpose: RankPurpose
  ) throws(RankError) {
    precondition(
      parts.count == wire.count && inParts.count == wire.count,
      "\(parts.count) and \(inParts.count) parts of \(wire.count) ranks")
    next().cross(outbox, parts, into: inbox, inParts, for: purpose, tag: tag(purpose))
    try advance()
  }

  /// Gives everybody the bytes of one rank, of which the others have as many.
  public func broadcast(
    _ bytes: UnsafeMutableRawBufferPointer, from root: Int, for purpose: RankPurpose
  ) throws(RankError) {
    try finish()
    let start = ContinuousClock.now
    defer { traffic.add(ContinuousClock.now - start, for: purpose) }
    guard wire.rank == root else {
      var request: WireRequest? = try wire.receive(into: bytes, from: root, tag: tag(purpose))
      _ = try hasCome(&request, bytes: bytes.count, purpose, waits: true)
      return
    }
    for other in 0..<wire.count where other != root {
      sends.append(
        try send(UnsafeRawBufferPointer(bytes), to: other, purpose, tag: tag(purpose)))
    }
    _ = try haveGone(&sends, waits: true)
  }

  private func tag(_ purpose: RankPurpose) -> Int32 {
    purpose.tag(step: step)
  }
}

// MARK: - Exchanges under way

extension RankGroup {
  /// Lets what is under way go on, without waiting for anybody.
  public func advance() throws(RankError) {
    if first < behind { try advance(through: done, waits: false) }
  }

  /// Waits until the first so many exchanges that were ever begun are done; nil: all of them.
  public func finish(through count: Int? = nil) throws(RankError) {
    let count = min(begun, count ?? begun)
    if done < count { try advance(through: count, waits: true) }
  }

  /// Memory for another exchange, behind all that were begun.
  private func next() -> OpenExchange {
    if first == behind { (first, behind) = (0, 0) }
    if behind == open.count { open.append(OpenExchange(ranks: wire.count)) }
    behind += 1
    begun += 1
    return open[behind - 1]
  }

  private func advance(through count: Int, waits: Bool) throws(RankError) {
    var start = ContinuousClock.now
    // Since the last look this rank has computed, and the first exchange was under way.
    if let lookedAt { traffic.hide(start - lookedAt, for: open[first].purpose) }
    lookedAt = nil
    while first < behind {
      let exchange = open[first]
      let isDone = try exchange.advance(on: self, waits: waits && done < count)
      let now = ContinuousClock.now
      traffic.add(now - start, for: exchange.purpose)
      start = now
      guard isDone else { break }
      first += 1
      done += 1
    }
    if first < behind { lookedAt = start }
  }

  /// Begins to send, which is counted.
  func send(
    _ bytes: UnsafeRawBufferPointer, to other: Int, _ purpose: RankPurpose, tag: Int32
  ) throws(RankError) -> WireRequest {
    traffic.count(bytes.count, for: purpose)
    return try wire.send(bytes, to: other, tag: tag)
  }

  /// Whether a message has come, or waits for it; one that has is forgotten, and counted as one that had
  /// to be waited for or not.
  func hasCome(
    _ request: inout WireRequest?, bytes: Int, _ purpose: RankPurpose, waits: Bool
  ) throws(RankError) -> Bool {
    guard let open = request else { return true }
    let isThere = try wire.isDone(open)
    if !isThere {
      guard waits else { return false }
      try wire.wait(for: open)
    }
    request = nil
    traffic.receive(bytes, for: purpose, isTimely: isThere)
    return true
  }

  /// Whether all that was sent has gone, or waits for it.
  func haveGone(_ requests: inout [WireRequest], waits: Bool) throws(RankError) -> Bool {
    while let open = requests.last {
      if waits { try wire.wait(for: open) } else if try !wire.isDone(open) { return false }
      requests.removeLast()
    }
    return true
  }
}
