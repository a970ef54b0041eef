import Graph
import Ranks

/// What the ranks of a run give each other in a step: each computes its lanes of the batch, and after some
/// exchanges all have the numbers of one process, of tables whose rows they share each those of its own.
///
/// What is sent for that is ``StepMessages``: bytes and messages by formula. From there on everything is what
/// one process does, on the same numbers: the bits are its own, for every model and balancer.
///
/// Much of it goes on while the rank computes, whenever it looks: looked-up rows of lanes that are through while
/// the next ones are computed, those of the last lane and the dense sums while the rows of tables are grouped
/// by id, and the dense sums while tables are moved. Dense sums go over the lanes in order: the first rank has
/// nothing to send before its last lane is through, and every other one adds to what the rank before it has
/// sent; so they begin behind the backward pass.
final class StepExchange: LaneExchange {
  /// The ranks.
  let group: RankGroup
  /// Why this rank goes on alone no more; nil: it does not have to.
  private(set) var failure: RankError?

  /// The rows of very large tables that this rank keeps; nil: every rank keeps all.
  var rowShare: RowShare?
  /// Whether rows of tables are given for rows that are scored, which is no part of a step.
  var isScoring = false

  init(_ group: RankGroup) { self.group = group }

  /// The lanes of this rank.
  var share: LaneShare { LaneShare(rank: group.wire.rank, ranks: group.wire.count) }

  var begun: Int { group.begun }

  func beginGather(
    _ memory: UnsafeMutableRawPointer, parts: [Range<Int>], of content: LaneContent
  ) {
    attempt { group throws(RankError) in
      try group.beginGather(memory, parts: parts, for: RankPurpose(content))
    }
  }

  func beginCross(
    _ outbox: UnsafeMutableRawPointer, parts: [Range<Int>], into inbox: UnsafeMutableRawPointer,
    parts inParts: [Range<Int>], of content: LaneContent
  ) {
    attempt { group throws(RankError) in
      try group.beginCross(
        outbox, parts: parts, into: inbox, parts: inParts,
        for: isScoring ? .answers : RankPurpose(content))
    }
  }

  func beginSum(
    _ lanes: UnsafePointer<Float>, stride: Int, laneCount: Int, count: Int,
    into sum: UnsafeMutablePointer<Float>
  ) {
    attempt { group throws(RankError) in
      try group.beginSum(lanes, stride: stride, laneCount: laneCount, count: count, into: sum)
    }
  }

  func advance() {
    attempt { group throws(RankError) in try group.advance() }
  }

  func finish(through count: Int) {
    attempt { group throws(RankError) in try group.finish(through: count) }
  }

  /// Gives everybody the answers that the ranks have for rows which are scored; `parts` by rank, in bytes.
  func gatherAnswers(_ memory: UnsafeMutableRawPointer, parts: [Range<Int>]) {
    attempt { group throws(RankError) in
      try group.gather(memory, parts: parts, for: .answers)
    }
  }

  /// Sees to it that every rank has all numbers, of which each has one, in the order of ranks.
  func gather(_ numbers: inout [UInt64]) {
    let parts = numbers.indices.map { 8 * $0..<8 * ($0 + 1) }
    numbers.withUnsafeMutableBytes { memory in
      guard let base = memory.baseAddress else { return }
      attempt { group throws(RankError) in try group.gather(base, parts: parts, for: .answers) }
    }
  }

  /// Bytes of a message of records at most.
  static let mostRecordBytes = 1 << 20

  /// Gives rank 0 the records of all other ranks: each writes its own, and rank 0 reads them, in rounds of a
  /// message of each.
  func collect(
    _ count: Int, bytes: Int, inMessagesOf mostBytes: Int = mostRecordBytes,
    write: (Int, UnsafeMutableRawPointer) -> Void, read: (UnsafeRawPointer) -> Void
  ) {
    var counts = [UInt64](repeating: 0, count: share.ranks)
    counts[share.rank] = UInt64(share.rank == 0 ? 0 : count)
    gather(&counts)
    let (most, ranks) = (max(1, mostBytes / bytes), share.ranks)
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: (share.rank == 0 ? ranks : 1) * most * bytes, alignment: 8)
    defer { memory.deallocate() }
    guard failure == nil, let base = memory.baseAddress else { return }
    for first in stride(from: 0, to: Int(counts.max() ?? 0), by: most) {
      let parts = counts.indices.map { rank in
        let start = share.rank == 0 ? rank * most : 0
        return bytes * start..<bytes * (start + min(most, max(0, Int(counts[rank]) - first)))
      }
      let (own, nothing) = (parts[share.rank], [Range<Int>](repeating: 0..<0, count: ranks))
      for number in 0..<own.count / bytes { write(first + number, base + number * bytes) }
      var out = nothing
      if share.rank > 0 { out[0] = own }
      attempt { group throws(RankError) in
        try group.beginCross(
          base, parts: out, into: base, parts: share.rank == 0 ? parts : nothing, for: .answers)
        try group.finish()
      }
      guard failure == nil else { return }
      for part in parts where share.rank == 0 {
        for start in stride(from: part.lowerBound, to: part.upperBound, by: bytes) {
          read(base + start)
        }
      }
    }
  }

  /// Does nothing more once the others are lost.
  private func attempt(_ body: (RankGroup) throws(RankError) -> Void) {
    guard failure == nil else { return }
    do throws(RankError) { try body(group) } catch { failure = error }
  }
}
