/// How much memory the scores of a split may take.
struct ScoreBudget: Sendable, Equatable {
  /// Up to so many rows a split is scored as a whole, every score exact.
  ///
  /// It takes about 100 bytes a row, 0.8 GB. More rows are scored block by block as they come.
  var rows = 8 << 20
  /// Block by block, so many scores of all tasks together are kept to be sorted, and as many of grouped
  /// rows.
  ///
  /// They take 8 bytes each and those of a task 8 more while they are sorted: 0.5 GB of scores.
  var sorted = 64 << 20
}
