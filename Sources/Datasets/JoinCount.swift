/// How many rows of a log found their row in a joined table.
public struct JoinCount: Sendable, Hashable, Codable {
  /// The table's file, as the schema names it.
  public var file: String
  /// Rows of the log, of all splits.
  public var rows: Int
  /// Rows of the log whose key the table does not have, or that have none.
  public var unmatched: Int

  /// The count in words.
  public var sentence: String {
    "\(printable(file)): \(unmatched) of \(rows) rows have no match; they count as missing"
  }

  /// Counts rows.
  public init(file: String, rows: Int, unmatched: Int) {
    self.file = file
    self.rows = rows
    self.unmatched = unmatched
  }
}
