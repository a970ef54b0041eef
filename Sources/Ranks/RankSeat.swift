/// The place of a process among ranks that train together, before they have met.
public struct RankSeat: Sendable {
  /// The number of this rank, from 0 on.
  public let rank: Int
  /// How many ranks there are.
  public let count: Int
  /// Where each rank keeps rows of its own of very large tables, the ids below which all keep the rows; nil: all
  /// ranks keep all rows.
  public let ownedHead: Int?
  /// Meets the others; called once, by the thread that trains, which alone uses the group.
  public let join: @Sendable () throws -> RankGroup

  /// A place, and how its rank meets the others.
  public init(
    rank: Int, count: Int, ownedHead: Int? = nil, join: @escaping @Sendable () throws -> RankGroup
  ) {
    precondition((0..<count).contains(rank), "rank \(rank) of \(count)")
    self.ownedHead = ownedHead
    self.rank = rank
    self.count = count
    self.join = join
  }
}
