/// Why ranks cannot go on together.
public enum RankError: Error, Equatable, Sendable {
  /// A rank has ended.
  case lost(rank: Int)
  /// Two ranks are not at the same place: another message was expected than the one that came.
  case unlike(expected: String, found: String, from: Int)
  /// What connects them reports an error.
  case mpi(String)
  /// Ranks that should be alike are not.
  case differing(String, rank: Int, found: String, expected: String)
  /// More ranks than a batch has lanes.
  case tooMany(ranks: Int, lanes: Int)
  /// Rows of tables that ranks are to keep by parts, with something that needs all of them.
  case ownedRows(model: String, reason: String)
  /// A model that is fitted at once, and has no steps to share.
  case oneStep(model: String, ranks: Int)
}

extension RankError: CustomStringConvertible {
  /// What happened, and to whom.
  public var description: String {
    switch self {
    case .lost(let rank):
      "rank \(rank) has ended: the others cannot go on without it"
    case .unlike(let expected, let found, let rank):
      """
      ranks are no longer at the same place: a message of rank \(rank) is not the one that is next.
        expected: \(expected)
        found:    \(found)
      """
    case .mpi(let words): "the library that connects ranks cannot go on: \(words)"
    case .differing(let what, let rank, let found, let expected):
      """
      ranks that train one model must be alike: rank \(rank) has another \(what) than rank 0.
        found:    \(found)
        expected: \(expected)
      """
    case .ownedRows(let model, let reason):
      """
      --table-rows owned: \(model) cannot be trained where each rank keeps rows of its own of the tables: \(reason).
        fix: --table-rows everywhere, or leave that out
      """
    case .oneStep(let model, let ranks):
      """
      \(model) is fitted at once, and \(ranks) ranks have nothing to share.
        fix: start one process, or choose another --model
      """
    case .tooMany(let ranks, let lanes):
      """
      \(ranks) ranks are more than this run can use: a batch is added up in \(lanes) lanes, and a rank has \
      at least one.
        fix: start at most \(lanes) ranks, or raise --batch
      """
    }
  }
}
