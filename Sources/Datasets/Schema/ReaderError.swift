/// Why data cannot be read.
///
/// Cases carry the facts; ``description`` words them.
public enum ReaderError: Error, Equatable, Sendable {
  case file(FileError)
  case time(TimeError)
  case text(TextError)
  case missingFile(path: String, hint: String?)
  /// Something needs what was not taken from a file, though its schema was found right.
  case notRead(path: String, what: String, purpose: String)
  case unreadable(path: String, reason: String)
  case emptyFile(path: String)
  case headerOnly(path: String)
  case missingColumn(path: String, column: String, header: HeaderFacts)
  /// The column that groups rows is not in the file.
  case missingGroup(path: String, column: String, header: HeaderFacts)
  /// The first row is the names that the schema gives.
  case headerIsThere(path: String)
  case repeatedColumn(path: String, column: String)
  case shortRow(path: String, line: Int, found: Int, expected: Int, cause: RowCause? = nil)
  case notANumber(
    path: String, line: Int, column: String, found: String, missing: [String] = [""])
  case notATime(
    path: String, line: Int, column: String, found: String, purpose: TimePurpose = .split)
  case openQuote(path: String, line: Int)
  case textAfterQuote(path: String, line: Int, delimiter: String? = nil)
  case json(path: String, line: Int, JSONFault)
  case badGzip(path: String, reason: String)
  case oneClass(task: String, rows: Int, value: Float)
  case repeatedKey(
    path: String, line: Int, column: String, key: String, firstPath: String, firstLine: Int)
  case noMatch(path: String, column: String, key: String?, log: String, logKey: String?)
  case ambiguousColumn(column: String, path: String)
  case notAWeight(path: String, line: Int, column: String, found: Double?)
  case noWeight(column: String, data: String)
  /// Nothing in a split; what its making tells of that, a sentence each.
  case noRows(split: String, data: String, because: [String] = [])
  case labelIsInput(column: String, task: String)
  case label(LabelError)
}
