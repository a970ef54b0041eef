/// Which lanes of a batch a process computes, of several that train together.
///
/// Every process describes the whole batch and numbers lanes alike, but a training plan runs its own lanes
/// only: their parameter gradients, tallies and gradients of looked-up rows are then where those of
/// one process are, and those of others come by a ``LaneExchange``. Plans without a backward pass run whole.
public struct LaneShare: Sendable, Hashable {
  /// The number of the process, from 0 on.
  public let rank: Int
  /// How many processes there are; where a batch has fewer lanes some have none.
  public let ranks: Int

  /// All lanes.
  public static let whole = LaneShare(rank: 0, ranks: 1)

  /// The share of one of several processes.
  public init(rank: Int, ranks: Int) {
    precondition(ranks > 0 && (0..<ranks).contains(rank), "rank \(rank) of \(ranks)")
    self.rank = rank
    self.ranks = ranks
  }

  /// Its lanes of so many: consecutive ones, in the order of ranks.
  public func lanes(of count: Int) -> Range<Int> {
    (count * rank / ranks)..<(count * (rank + 1) / ranks)
  }

  /// Lanes of the process that has the most of so many.
  public static func most(_ lanes: Int, ranks: Int) -> Int { max(1, (lanes + ranks - 1) / ranks) }
}
