/// Why data cannot be read.
///
/// Cases carry the facts; ``description`` words them.
public enum ReaderError: Error, Equatable, Sendable {
  case missingFile(path: String, hint: String?)
  case unreadable(path: String, reason: String)
  case emptyFile(path: String)
  case missingColumn(path: String, column: String, found: [String], near: String?)
  case shortRow(path: String, line: Int, found: Int, expected: Int)
  case notANumber(path: String, line: Int, column: String, found: String)
  case openQuote(path: String)
  case badGzip(path: String, reason: String)
  case oneClass(task: String, rows: Int, value: Float)
  case notBinary(task: String, column: String, found: Float)
  case noRows(split: String, data: String)
  case labelIsInput(column: String, task: String)
  case notFinite(path: String, task: String)
}

extension ReaderError: CustomStringConvertible {
  /// Where, what, what was found, how to mend it.
  public var description: String {
    switch self {
    case .missingFile(let path, let hint):
      message(
        path, "no such file", found: "nothing at this path",
        fix: hint ?? "check the path; relative paths start at the schema's folder")
    case .unreadable(let path, let reason):
      message(path, "cannot be read", found: reason, fix: "make it a readable file")
    case .emptyFile(let path):
      message(
        path, "the file is empty", found: "no row of data",
        fix: "give a file with at least one row (and a header, if the schema says so)")
    case .missingColumn(let path, let column, let columns, let near):
      message(
        path, "no column '\(printable(column))'",
        found: columns.prefix(60).map(printable).joined(separator: ", "),
        fix: near.map { "did you mean '\(printable($0))'? name it so in the schema" }
          ?? "rename the column in the file or in the schema")
    case .shortRow(let path, let line, let found, let expected):
      message(
        "\(printable(path)):\(line)", "wrong number of fields in this row",
        found: "\(found) fields, expected \(expected)",
        fix: "complete the row, or check delimiter and quoting in the schema")
    case .notANumber(let path, let line, let column, let found):
      message(
        "\(printable(path)):\(line)", "text in the numeric column '\(printable(column))'",
        found: "'\(printable(found))'",
        fix: "make the column categorical, or name this text as `missing` in the schema")
    case .openQuote(let path):
      message(
        path, "a quoted field does not end", found: "the end of the file inside quotes",
        fix: "close the quote, or set `quoted: false` in the schema")
    case .badGzip(let path, let reason):
      message(
        path, "the gzip data are cut short or damaged", found: reason,
        fix: "download or compress the file again")
    case .oneClass(let task, let rows, let value):
      message(
        "task '\(printable(task))'", "the training label has one class only",
        found: "\(value == 1 ? "1" : "0") in all \(rows) rows that count",
        fix: "check the rule of the label and the split")
    case .notBinary(let task, let column, let found):
      message(
        "task '\(printable(task))'", "a binary label must be 0 or 1",
        found: "\(found) in column '\(printable(column))'",
        fix: "use equals, in or atLeast, or make the task a regression")
    case .noRows(let split, let data):
      message(
        printable(data), "no \(split) rows", found: "0 rows",
        fix: "change the split in the schema")
    case .labelIsInput(let column, let task):
      message(
        "column '\(printable(column))'", "is an input and the label of task '\(printable(task))'",
        found: "both uses", fix: "set its type to ignore, or say `input: true` aloud")
    case .notFinite(let path, let task):
      message(
        path, "a label of task '\(printable(task))' is not a finite number",
        found: "NaN, an infinity or a missing value",
        fix: "restrict the task with a space, or mend the column")
    }
  }

  private func message(_ place: String, _ what: String, found: String, fix: String) -> String {
    "\(printable(place)): \(what).\n  found: \(found)\n  fix:   \(fix)"
  }
}
