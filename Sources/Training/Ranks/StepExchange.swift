import Graph
import Ranks

/// What the ranks of a run give each other in a step: each computes its lanes of the batch, and after three
/// exchanges all have the numbers of one process.
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

  /// Does nothing more once the others are lost.
  private func attempt(_ body: (RankGroup) throws(RankError) -> Void) {
    guard failure == nil else { return }
    do throws(RankError) { try body(group) } catch { failure = error }
  }
}
