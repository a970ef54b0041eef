import Graph
public import Ranks

/// How a run uses the cores of one machine or of several, which changes no bit of it and is not kept with it.
public struct ThreadUse: Sendable {
  /// Whether each thread keeps to a core of its own.
  public var isPinned: Bool
  /// Whether a run that begins measures how many threads its steps gain from, and trains on as many.
  public var isMeasured: Bool
  /// Its place among processes that train together; nil: it trains alone.
  public var ranks: RankSeat?

  /// Whether this process keeps the run and says what happens in it: of several ranks the first does.
  public var keepsRun: Bool { ranks.map { $0.rank == 0 } ?? true }

  /// The rows of very large tables that this process keeps.
  var rowShare: RowShare {
    guard let ranks, let head = ranks.ownedHead else { return .whole }
    return RowShare(rank: ranks.rank, ranks: ranks.count, head: head)
  }

  /// As many threads as the run's settings say, that go where the system puts them, unless told.
  public init(isPinned: Bool = false, isMeasured: Bool = false, ranks: RankSeat? = nil) {
    self.isPinned = isPinned
    self.isMeasured = isMeasured
    self.ranks = ranks
  }
}
