internal import CKernels

/// What ranks do together over a ``Wire``: everybody calls the same in the same order.
///
/// A message's tag says its step and its purpose, so that ranks which are not at the same place are told so
/// instead of waiting for ever.
public final class RankGroup {
  /// What carries the bytes.
  public let wire: any Wire
  /// What this rank has sent.
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

  private let inbox = UnsafeMutablePointer<Float>.allocate(capacity: RankGroup.piece)
  private var sends: [WireRequest] = []

  /// The ranks at the ends of a wire.
  public init(_ wire: any Wire) {
    self.wire = wire
    sends.reserveCapacity(64)
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
    precondition(laneCount >= 0, "rank \(wire.rank) has \(laneCount) lanes to add")
    let start = ContinuousClock.now
    defer { traffic.add(ContinuousClock.now - start, for: .dense) }
    let isLast = wire.rank == wire.count - 1
    for start in Swift.stride(from: 0, to: count, by: Self.piece) {
      let floats = min(Self.piece, count - start)
      if wire.rank > 0 { try receive(inbox, floats, from: wire.rank - 1, .dense) }
      add(lanes + start, stride, laneCount, floats, to: sum + start)
      if !isLast {
        try send(sum + start, floats, to: wire.rank + 1, .dense)
      } else if wire.rank > 0 {
        try send(sum + start, floats, to: wire.rank - 1, .dense)
      }
    }
    try finishSends()
    guard !isLast else { return }
    for start in Swift.stride(from: 0, to: count, by: Self.piece) {
      let floats = min(Self.piece, count - start)
      try receive(sum + start, floats, from: wire.rank + 1, .dense)
      if wire.rank > 0 { try send(sum + start, floats, to: wire.rank - 1, .dense) }
    }
    try finishSends()
  }

  /// Adds the own lanes, one after the other, to what the ranks before have sent; `sum` may be the first of
  /// them.
  private func add(
    _ lanes: UnsafePointer<Float>, _ stride: Int, _ laneCount: Int, _ floats: Int,
    to sum: UnsafeMutablePointer<Float>
  ) {
    var first = 0
    if wire.rank == 0, laneCount > 0 {
      if lanes != UnsafePointer(sum) { sum.update(from: lanes, count: floats) }
      first = 1
    } else if laneCount > 0, lanes == UnsafePointer(sum) {
      ck_add_scaled(Int64(floats), 1, inbox, sum, 1)
      first = 1
    } else if wire.rank > 0 {
      sum.update(from: inbox, count: floats)
    } else {
      // What is added to −0 keeps its bits, −0 as well.
      sum.update(repeating: -0.0, count: floats)
    }
    for lane in first..<max(first, laneCount) {
      ck_add_scaled(Int64(floats), 1, lanes + lane * stride, sum, 1)
    }
  }

  /// Sees to it that every rank has all parts of `bytes`, of which each has its own: `parts` by rank.
  ///
  /// Parts go round a ring: a rank sends all but that of the next rank.
  public func gather(
    _ bytes: UnsafeMutableRawPointer, parts: [Range<Int>], for purpose: RankPurpose
  ) throws(RankError) {
    let (rank, count) = (wire.rank, wire.count)
    precondition(parts.count == count, "\(parts.count) parts of \(count) ranks")
    let start = ContinuousClock.now
    defer { traffic.add(ContinuousClock.now - start, for: purpose) }
    guard count > 1 else { return }
    for hop in 0..<(count - 1) {
      let (own, other) = (
        parts[(rank - hop + count) % count], parts[(rank - hop - 1 + count) % count]
      )
      let request = try begin(
        UnsafeRawBufferPointer(start: bytes + own.lowerBound, count: own.count),
        to: (rank + 1) % count, purpose)
      let received = try wire.receive(
        into: UnsafeMutableRawBufferPointer(start: bytes + other.lowerBound, count: other.count),
        from: (rank - 1 + count) % count, tag: tag(purpose))
      try wire.wait(for: received)
      try wire.wait(for: request)
    }
  }

  /// Gives everybody the bytes of one rank, of which the others have as many.
  public func broadcast(
    _ bytes: UnsafeMutableRawBufferPointer, from root: Int, for purpose: RankPurpose
  ) throws(RankError) {
    let start = ContinuousClock.now
    defer { traffic.add(ContinuousClock.now - start, for: purpose) }
    guard wire.rank == root else {
      return try wire.wait(for: wire.receive(into: bytes, from: root, tag: tag(purpose)))
    }
    for other in 0..<wire.count where other != root {
      sends.append(try begin(UnsafeRawBufferPointer(bytes), to: other, purpose))
    }
    try finishSends()
  }

  private func tag(_ purpose: RankPurpose) -> Int32 {
    purpose.tag(step: step)
  }

  private func begin(
    _ bytes: UnsafeRawBufferPointer, to other: Int, _ purpose: RankPurpose
  ) throws(RankError) -> WireRequest {
    traffic.count(bytes.count, for: purpose)
    return try wire.send(bytes, to: other, tag: tag(purpose))
  }

  private func send(
    _ floats: UnsafePointer<Float>, _ count: Int, to other: Int, _ purpose: RankPurpose
  ) throws(RankError) {
    sends.append(
      try begin(UnsafeRawBufferPointer(start: floats, count: 4 * count), to: other, purpose))
  }

  private func receive(
    _ floats: UnsafeMutablePointer<Float>, _ count: Int, from other: Int, _ purpose: RankPurpose
  ) throws(RankError) {
    try wire.wait(
      for: wire.receive(
        into: UnsafeMutableRawBufferPointer(start: floats, count: 4 * count), from: other,
        tag: tag(purpose)))
  }

  private func finishSends() throws(RankError) {
    for request in sends { try wire.wait(for: request) }
    sends.removeAll(keepingCapacity: true)
  }
}
