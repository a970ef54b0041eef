import Graph
import Ranks

/// What the ranks of a run give each other in a step: each computes its lanes of the batch, and after three
/// exchanges all have the numbers of one process.
///
/// Bytes that all P ranks together send in a step of B rows, with S sections of G dense floats, L floats of
/// looked-up gradients a row and section (rows padded to whole vectors), T losses and N lanes:
///
///     dense      2 · 4·S·G · (P − 1)                 a chain in the order of ranks, and back
///     lookups    4·S·L · B · (P − 1)                 every rank has all rows
///     sums       (32·T + 4·A) · N · (P − 1)          A: floats of running means
///     meetings   4·M · N · (P − 1)                   M: floats that a lane shows to the others
///     outputs    4·O · B · (P − 1)                   O: floats that are kept of a row; in steps that are shown
///     agenda     16 · (P − 1)                        and the commands, if there are some
///
/// Sums are sent twice where the losses are seen before the gradients. From there on everything is what one
/// process does, on the same numbers: the bits are its own, for every model and balancer.
final class StepExchange: LaneExchange {
  /// The ranks.
  let group: RankGroup
  /// Why this rank goes on alone no more; nil: it does not have to.
  private(set) var failure: RankError?

  init(_ group: RankGroup) { self.group = group }

  /// The lanes of this rank.
  var share: LaneShare { LaneShare(rank: group.wire.rank, ranks: group.wire.count) }

  func gather(_ memory: UnsafeMutableRawPointer, parts: [Range<Int>], of content: LaneContent) {
    attempt { group throws(RankError) in
      try group.gather(memory, parts: parts, for: RankPurpose(content))
    }
  }

  func sum(
    _ lanes: UnsafePointer<Float>, stride: Int, laneCount: Int, count: Int,
    into sum: UnsafeMutablePointer<Float>
  ) {
    attempt { group throws(RankError) in
      try group.sum(lanes, stride: stride, laneCount: laneCount, count: count, into: sum)
    }
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

extension RankPurpose {
  fileprivate init(_ content: LaneContent) {
    self =
      switch content {
      case .meetings: .meetings
      case .sums: .sums
      case .lookups: .lookups
      case .outputs: .outputs
      }
  }
}
