internal import CKernels

/// One exchange of a rank with the others, which goes on whenever its rank looks at it: parts that go round a
/// ring, parts that go from each rank to each other, or a sum that goes from rank to rank and back.
///
/// Its memory is used again for another one, so that a step allocates nothing.
final class OpenExchange {
  private enum Kind { case gather, cross, sum }

  /// What it is for.
  private(set) var purpose = RankPurpose.sums
  private var kind = Kind.gather
  private var tag: Int32 = 0
  /// What is gathered, and which bytes are whose, by rank.
  private var bytes: UnsafeMutableRawPointer?
  private var parts: [Range<Int>]
  /// Where what other ranks send comes in, and which bytes are whose, by rank.
  private var inbox: UnsafeMutableRawPointer?
  private var inParts: [Range<Int>]
  /// The own lanes of a sum, their distance and number, how many floats there are, and where the sum lies.
  private var lanes: UnsafePointer<Float>?
  private var (stride, laneCount, count) = (0, 0, 0)
  private var sum: UnsafeMutablePointer<Float>?
  /// Hops round the ring or ranks that are done, or pieces of the sum that have gone up and then down.
  private var stage = 0
  private var received: WireRequest?
  private var sent: [WireRequest] = []

  /// Memory for an exchange of so many ranks.
  init(ranks: Int) {
    parts = [Range<Int>](repeating: 0..<0, count: ranks)
    // Not the same array: the first of both to be written in a step would have to be copied.
    inParts = [Range<Int>](repeating: 0..<0, count: ranks)
    sent.reserveCapacity(64)
  }

  /// Becomes a gather of `parts` of some bytes.
  func gather(
    _ bytes: UnsafeMutableRawPointer, _ parts: [Range<Int>], for purpose: RankPurpose, tag: Int32
  ) {
    (kind, self.purpose, self.tag, stage) = (.gather, purpose, tag, 0)
    self.bytes = bytes
    for rank in parts.indices { self.parts[rank] = parts[rank] }
  }

  /// Becomes a gift of `parts` of some bytes to the other ranks, and of theirs to this one.
  func cross(
    _ outbox: UnsafeMutableRawPointer, _ parts: [Range<Int>],
    into inbox: UnsafeMutableRawPointer, _ inParts: [Range<Int>], for purpose: RankPurpose,
    tag: Int32
  ) {
    gather(outbox, parts, for: purpose, tag: tag)
    kind = .cross
    self.inbox = inbox
    for rank in inParts.indices { self.inParts[rank] = inParts[rank] }
  }

  /// Becomes a sum over lanes.
  func sum(
    _ lanes: UnsafePointer<Float>, stride: Int, laneCount: Int, count: Int,
    into sum: UnsafeMutablePointer<Float>, tag: Int32
  ) {
    (kind, purpose, self.tag, stage) = (.sum, .dense, tag, 0)
    (self.lanes, self.stride, self.laneCount, self.count, self.sum) =
      (lanes, stride, laneCount, count, sum)
  }

  /// Goes on as far as it can, or waits until it is done; whether it is.
  func advance(on group: RankGroup, waits: Bool) throws(RankError) -> Bool {
    switch kind {
    case .gather: try goRound(group, waits)
    case .cross: try goAcross(group, waits)
    case .sum: try goUpAndDown(group, waits)
    }
  }

  // MARK: - Round a ring

  /// A rank sends its part, then those that it has got, all but that of the next rank.
  private func goRound(_ group: RankGroup, _ waits: Bool) throws(RankError) -> Bool {
    let (rank, ranks) = (group.wire.rank, group.wire.count)
    guard let bytes else { return true }
    while stage < ranks - 1 {
      let isDone = try swap(
        (bytes, parts[(rank - stage + ranks) % ranks], (rank + 1) % ranks),
        (bytes, parts[(rank - stage - 1 + ranks) % ranks], (rank - 1 + ranks) % ranks),
        group, waits)
      guard isDone else { return false }
    }
    return true
  }

  // MARK: - From each rank to each other

  /// A rank gives to the one that is so many behind it, and gets from the one that is so many before it.
  private func goAcross(_ group: RankGroup, _ waits: Bool) throws(RankError) -> Bool {
    let (rank, ranks) = (group.wire.rank, group.wire.count)
    guard let bytes, let inbox else { return true }
    while stage < ranks - 1 {
      let (next, before) = ((rank + stage + 1) % ranks, (rank - stage - 1 + ranks) % ranks)
      let isDone = try swap(
        (bytes, parts[next], next), (inbox, inParts[before], before), group, waits)
      guard isDone else { return false }
    }
    return true
  }

  /// Sends a part to a rank and receives one of another; whether both are done.
  private func swap(
    _ out: (memory: UnsafeMutableRawPointer, part: Range<Int>, rank: Int),
    _ into: (memory: UnsafeMutableRawPointer, part: Range<Int>, rank: Int),
    _ group: RankGroup, _ waits: Bool
  ) throws(RankError) -> Bool {
    if received == nil, sent.isEmpty {
      sent.append(
        try group.send(
          UnsafeRawBufferPointer(start: out.memory + out.part.lowerBound, count: out.part.count),
          to: out.rank, purpose, tag: tag))
      received = try group.wire.receive(
        into: UnsafeMutableRawBufferPointer(
          start: into.memory + into.part.lowerBound, count: into.part.count),
        from: into.rank, tag: tag)
    }
    guard try group.hasCome(&received, bytes: into.part.count, purpose, waits: waits),
      try group.haveGone(&sent, waits: waits)
    else { return false }
    stage += 1
    return true
  }

  // MARK: - From rank to rank and back

  /// A piece goes from rank to rank, each of which adds its lanes, and comes back the same way.
  private func goUpAndDown(_ group: RankGroup, _ waits: Bool) throws(RankError) -> Bool {
    let (rank, ranks, pieces) = (group.wire.rank, group.wire.count, RankGroup.pieces(of: count))
    guard let sum, let lanes else { return true }
    let isLast = rank == ranks - 1
    while stage < pieces {
      let piece = piece(stage)
      if rank > 0 {
        guard try hasReceived(piece.count, into: group.inbox, from: rank - 1, group, waits) else {
          return false
        }
      }
      add(lanes + piece.lowerBound, group, piece.count, to: sum + piece.lowerBound)
      if ranks > 1 {
        try send(sum + piece.lowerBound, piece.count, to: isLast ? rank - 1 : rank + 1, group)
      }
      stage += 1
    }
    if stage == pieces {
      // What comes down is written where what goes up is read.
      guard try group.haveGone(&sent, waits: waits) else { return false }
    }
    guard !isLast else { return true }
    while stage < 2 * pieces {
      let piece = piece(stage - pieces)
      guard
        try hasReceived(piece.count, into: sum + piece.lowerBound, from: rank + 1, group, waits)
      else { return false }
      if rank > 0 { try send(sum + piece.lowerBound, piece.count, to: rank - 1, group) }
      stage += 1
    }
    return try group.haveGone(&sent, waits: waits)
  }

  /// The floats of a piece.
  private func piece(_ number: Int) -> Range<Int> {
    let start = number * RankGroup.piece
    return start..<min(count, start + RankGroup.piece)
  }

  private func send(
    _ floats: UnsafePointer<Float>, _ count: Int, to other: Int, _ group: RankGroup
  ) throws(RankError) {
    sent.append(
      try group.send(
        UnsafeRawBufferPointer(start: floats, count: 4 * count), to: other, purpose, tag: tag))
  }

  private func hasReceived(
    _ count: Int, into floats: UnsafeMutablePointer<Float>, from other: Int, _ group: RankGroup,
    _ waits: Bool
  ) throws(RankError) -> Bool {
    if received == nil {
      received = try group.wire.receive(
        into: UnsafeMutableRawBufferPointer(start: floats, count: 4 * count), from: other, tag: tag)
    }
    return try group.hasCome(&received, bytes: 4 * count, purpose, waits: waits)
  }

  /// Adds the own lanes, one after the other, to what the ranks before have sent; `sum` may be the first of
  /// them.
  private func add(
    _ lanes: UnsafePointer<Float>, _ group: RankGroup, _ floats: Int,
    to sum: UnsafeMutablePointer<Float>
  ) {
    var first = 0
    if group.wire.rank == 0, laneCount > 0 {
      if lanes != UnsafePointer(sum) { sum.update(from: lanes, count: floats) }
      first = 1
    } else if laneCount > 0, lanes == UnsafePointer(sum) {
      ck_add_scaled(Int64(floats), 1, group.inbox, sum, 1)
      first = 1
    } else if group.wire.rank > 0 {
      sum.update(from: group.inbox, count: floats)
    } else {
      // What is added to −0 keeps its bits, −0 as well.
      sum.update(repeating: -0.0, count: floats)
    }
    for lane in first..<max(first, laneCount) {
      ck_add_scaled(Int64(floats), 1, lanes + lane * stride, sum, 1)
    }
  }
}
