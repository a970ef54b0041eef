extension ReaderError: CustomStringConvertible {
  /// Where, what, what was found, how to mend it.
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .time(let error): error.description
    case .text(let error): error.description
    default: wording(location, what, found: found, fix: fix)
    }
  }

  private var location: String {
    switch self {
    case .file, .time, .text: ""
    case .missingFile(let path, _), .unreadable(let path, _), .emptyFile(let path),
      .headerIsThere(let path), .headerOnly(let path), .missingColumn(let path, _, _),
      .repeatedColumn(let path, _),
      .missingGroup(let path, _, _),
      .badGzip(let path, _), .noMatch(let path, _, _, _, _), .notRead(let path, _, _):
      printable(path)
    case .shortRow(let path, let line, _, _, _), .notANumber(let path, let line, _, _, _),
      .openQuote(let path, let line), .textAfterQuote(let path, let line, _),
      .json(let path, let line, _), .notATime(let path, let line, _, _, _),
      .notAWeight(let path, let line, _, _),
      .repeatedKey(let path, let line, _, _, _, _):
      "\(printable(path)):\(line)"
    case .label(let error): error.location
    case .oneClass(let task, _, _): "task '\(printable(task))'"
    case .noWeight(_, let data), .noRows(_, let data, _): printable(data)
    case .labelIsInput(let column, _), .ambiguousColumn(let column, _):
      "column '\(printable(column))'"
    }
  }

  private var what: String {
    switch self {
    case .file, .time, .text: ""
    case .missingFile: "no such file"
    case .unreadable: "cannot be read"
    case .notRead(_, let what, let purpose): "\(purpose) needs \(what), which was not read"
    case .emptyFile: "the file is empty"
    case .headerOnly: "no rows below the header"
    case .missingColumn(_, let column, _): "no column '\(printable(column))'"
    case .missingGroup(_, let column, _):
      "no column '\(printable(column))' that rows could be grouped by"
    case .headerIsThere: "the first row is the names that `columnNames` gives, and no data"
    case .repeatedColumn(_, let column): "two columns are named '\(printable(column))'"
    case .shortRow: "wrong number of fields in this row"
    case .notANumber(_, _, let column, _, _):
      "no finite number in the numeric column '\(printable(column))'"
    case .notATime(_, _, let column, _, let purpose):
      "no time in the column '\(printable(column))' \(purpose.words)"
    case .notAWeight(_, _, let column, _):
      "no weight in the column '\(printable(column))', which says how much a row counts"
    case .noWeight(let column, _):
      "no training row has a weight above 0 in the column '\(printable(column))'"
    case .repeatedKey(_, _, let column, _, _, _):
      "a key stands twice in column '\(printable(column))' of a joined table"
    case .noMatch(_, let column, _, let log, _):
      "no row of \(printable(log)) has a key of column '\(printable(column))'"
    case .ambiguousColumn(_, let path): "the name of an input of \(printable(path)) is taken"
    case .openQuote: "a quoted field of this row does not end"
    case .textAfterQuote: "text behind the closing quote of a field in this row"
    case .json(_, _, let fault): fault.what
    case .badGzip: "the gzip data are cut short or damaged"
    case .oneClass: "the training label has one class only"
    case .noRows(let split, _, _): "no \(split) rows"
    case .labelIsInput(_, let task): "is an input and the label of task '\(printable(task))'"
    case .label(let error): error.what
    }
  }

  private var found: String {
    switch self {
    case .file, .time, .text: ""
    case .missingFile: "nothing at this path"
    case .unreadable(_, let reason), .badGzip(_, let reason): printable(reason)
    case .emptyFile: "no row of data"
    case .notRead(_, let what, _): "rows without \(what)"
    case .headerOnly: "a header only"
    case .missingColumn(_, _, let header), .missingGroup(_, _, let header): header.found
    case .headerIsThere: "a header"
    case .repeatedColumn: "the same name twice in the header"
    case .shortRow(_, _, let found, let expected, _):
      "\(found) field\(found == 1 ? "" : "s"), expected \(expected)"
    case .notANumber(_, _, _, let found, _): excerpt(found)
    case .notATime(_, _, _, let found, _): excerpt(found)
    case .repeatedKey(let path, _, _, let key, let firstPath, let first):
      "\(excerpt(key)), which line \(first) "
        + (firstPath == path ? "" : "of \(printable(firstPath)) ") + "has too"
    case .noMatch(_, _, let key, _, let logKey):
      "keys such as \(logKey.map(excerpt) ?? "none") there, and \(key.map(excerpt) ?? "none") here"
    case .ambiguousColumn: "two uses of one name"
    case .json(_, _, let fault): fault.found
    case .openQuote: "the end of the file inside quotes"
    case .textAfterQuote: "neither a delimiter nor the end of the line"
    case .oneClass(_, let rows, let value):
      "\(value == 1 ? 1 : 0) in all \(rows) training rows that count"
    case .notAWeight(_, _, _, let found): found.map { "\($0)" } ?? "a missing value"
    case .noWeight: "0 in all of them"
    case .noRows(_, _, let reasons): (["0 rows"] + reasons).joined(separator: "; ")
    case .labelIsInput: "both uses"
    case .label(let error): error.found
    }
  }

  private var fix: String {
    switch self {
    case .file, .time, .text: ""
    case .missingFile(_, let hint):
      hint ?? "check the path; relative paths start at the schema's folder, or at --path"
    case .unreadable: "make it a readable file of UTF-8 text, or of gzip"
    case .emptyFile: "give a file with at least one row"
    case .notRead: "the program is at fault here: report it with the schema, please"
    case .headerOnly: "give at least one row, or set `header: false` if the first line is one"
    case .missingColumn(_, let column, let header): header.fix(column: column)
    case .missingGroup(_, let column, let header): header.groupFix(column: column)
    case .headerIsThere: "leave `columnNames` out"
    case .repeatedColumn: "rename one of the columns in the file"
    case .shortRow(_, _, _, _, let cause): Self.fix(of: cause)
    case .notANumber(_, _, _, let found, let missing): FieldAdvice.fix(found, missing: missing)
    case .notATime(_, _, _, let found, _): FieldAdvice.timeFix(found)
    case .repeatedKey: "keep one row for each key"
    case .noMatch: "name the columns that hold the same ids as `key: {log: …, table: …}`"
    case .ambiguousColumn: "give the joined column a name of its own, with `from`"
    case .openQuote: "close the quote, or set `quoted: false` in the schema"
    case .textAfterQuote(_, _, let delimiter?): Self.fix(of: .delimiter(delimiter))
    case .textAfterQuote: "double the quotes inside of the field, or set `quoted: false`"
    case .json(_, _, let fault): fault.fix
    case .badGzip: "download or compress the file again"
    case .oneClass: "check the rule of the label and the split"
    case .notAWeight: "write a number from 0 on here; 0 leaves the row out of training"
    case .noWeight: "name another column as `weight`, or leave the key out"
    case .noRows: "change the split or the task's space in the schema, or give more rows"
    case .labelIsInput: "set its type to ignore, or say `input: true` aloud"
    case .label(let error): error.fix
    }
  }

  private static func fix(of cause: RowCause?) -> String {
    switch cause {
    case .quotes: "set `quoted: true` in the schema, or leave `quoted` out: the row has quotes"
    case .trailingDelimiter:
      "take the delimiter off the ends of the rows, or write one at the end of the header too"
    case .delimiter(let delimiter):
      "set `delimiter: \"\(escaped(delimiter))\"` in the schema: it is what parts the fields here"
    case .columnNames: "mend the row, or give `columnNames` a name for each field of the rows"
    case nil: "mend the row, or check delimiter and quoting in the schema"
    }
  }
}
