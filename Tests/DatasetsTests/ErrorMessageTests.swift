import Testing

@testable import Datasets

/// The exact words of every error.
@Suite struct ErrorMessageTests {
  @Test(arguments: [
    (
      ReaderError.missingFile(path: "d/t.csv", hint: nil),
      """
      d/t.csv: no such file.
        found: nothing at this path
        fix:   check the path; relative paths start at the schema's folder, or at --path
      """
    ),
    (
      .missingFile(path: "d/t.csv", hint: "get it there"),
      """
      d/t.csv: no such file.
        found: nothing at this path
        fix:   get it there
      """
    ),
    (
      .unreadable(path: "t.csv", reason: "a folder"),
      """
      t.csv: cannot be read.
        found: a folder
        fix:   make it a readable file of UTF-8 text, or of gzip
      """
    ),
    (
      .emptyFile(path: "t.csv"),
      """
      t.csv: the file is empty.
        found: no row of data
        fix:   give a file with at least one row
      """
    ),
    (
      .notRead(path: "t.csv", what: "the column 's'", purpose: "the split"),
      """
      t.csv: the split needs the column 's', which was not read.
        found: rows without the column 's'
        fix:   the program is at fault here: report it with the schema, please
      """
    ),
    (
      .headerOnly(path: "t.csv"),
      """
      t.csv: no rows below the header.
        found: a header only
        fix:   give at least one row, or set `header: false` if the first line is one
      """
    ),
    (
      .missingColumn(
        path: "t.csv", column: "price",
        header: HeaderFacts(count: 2, names: ["user", "prize"], cause: .near("prize"))),
      """
      t.csv: no column 'price'.
        found: user, prize
        fix:   did you mean 'prize'? name it so in the schema
      """
    ),
    (
      .missingColumn(
        path: "t.csv", column: "a",
        header: HeaderFacts(count: 61, names: (1...61).map { "c\($0)\u{1B}" })),
      """
      t.csv: no column 'a'.
        found: \((1...60).map { "c\($0)\\u{1B}" }.joined(separator: ", ")) and 1 more
        fix:   rename the column in the file or in the schema, or check the delimiter
      """
    ),
    (
      .headerIsThere(path: "t.csv"),
      """
      t.csv: the first row is the names that `columnNames` gives, and no data.
        found: a header
        fix:   leave `columnNames` out
      """
    ),
    (
      .repeatedColumn(path: "t.csv", column: "a"),
      """
      t.csv: two columns are named 'a'.
        found: the same name twice in the header
        fix:   rename one of the columns in the file
      """
    ),
    (
      .shortRow(path: "t.csv", line: 7, found: 1, expected: 4),
      """
      t.csv:7: wrong number of fields in this row.
        found: 1 field, expected 4
        fix:   mend the row, or check delimiter and quoting in the schema
      """
    ),
    (
      .notANumber(path: "t.csv", line: 7, column: "\u{1B}[31mage\u{7}", found: "\u{202E}x\u{9B}"),
      """
      t.csv:7: no finite number in the numeric column '\\u{1B}[31mage\\u{7}'.
        found: '\\u{202E}x\\u{9B}'
        fix:   make the column categorical, or name this text as `missing` in the schema
      """
    ),
    (
      .openQuote(path: "t.csv", line: 7),
      """
      t.csv:7: a quoted field of this row does not end.
        found: the end of the file inside quotes
        fix:   close the quote, or set `quoted: false` in the schema
      """
    ),
    (
      .textAfterQuote(path: "t.csv", line: 7),
      """
      t.csv:7: text behind the closing quote of a field in this row.
        found: neither a delimiter nor the end of the line
        fix:   double the quotes inside of the field, or set `quoted: false`
      """
    ),
    (
      .badGzip(path: "t.gz", reason: "incorrect data check"),
      """
      t.gz: the gzip data are cut short or damaged.
        found: incorrect data check
        fix:   download or compress the file again
      """
    ),
    (
      .oneClass(task: "click", rows: 9, value: 1),
      """
      task 'click': the training label has one class only.
        found: 1 in all 9 training rows that count
        fix:   check the rule of the label and the split
      """
    ),
    (
      .notATime(
        path: "t.csv", line: 7, column: "at", found: "soon", purpose: .interactions),
      """
      t.csv:7: no time in the column 'at' that `interactions.time` names.
        found: 'soon'
        fix:   write a date such as 2022-05-04 or 2022-05-04T13:05:00Z, or a number such as \
      Unix seconds, here
      """
    ),
    (
      .notATime(path: "t.csv", line: 7, column: "date", found: "20220230"),
      """
      t.csv:7: no time in the column 'date' that the split goes by.
        found: '20220230'
        fix:   write a date such as 2022-05-04 or 2022-05-04T13:05:00Z, or a number such as \
      Unix seconds, here
      """
    ),
    (
      .repeatedKey(
        path: "u.csv", line: 7, column: "id", key: "u\u{1B}", firstPath: "u.csv", firstLine: 3),
      """
      u.csv:7: a key stands twice in column 'id' of a joined table.
        found: 'u\\u{1B}', which line 3 has too
        fix:   keep one row for each key
      """
    ),
    (
      .noMatch(path: "u.csv", column: "id", key: "1", log: "log.csv", logKey: "u1"),
      """
      u.csv: no row of log.csv has a key of column 'id'.
        found: keys such as 'u1' there, and '1' here
        fix:   name the columns that hold the same ids as `key: {log: …, table: …}`
      """
    ),
    (
      .ambiguousColumn(column: "city", path: "u.csv"),
      """
      column 'city': the name of an input of u.csv is taken.
        found: two uses of one name
        fix:   give the joined column a name of its own, with `from`
      """
    ),
    (
      .time(
        .noRowsInTime(
          split: "test", data: "log", column: "date", first: "2022-05-01", last: "2022-05-07")),
      """
      log: no test rows.
        found: times from 2022-05-01 to 2022-05-07 in column 'date'
        fix:   change validationFrom and testFrom, or give more rows
      """
    ),
    (
      .noRows(split: "test", data: "log"),
      """
      log: no test rows.
        found: 0 rows
        fix:   change the split or the task's space in the schema, or give more rows
      """
    ),
    (
      .labelIsInput(column: "click", task: "click"),
      """
      column 'click': is an input and the label of task 'click'.
        found: both uses
        fix:   set its type to ignore, or say `input: true` aloud
      """
    ),
  ])
  func wordsReaderErrors(error: ReaderError, text: String) {
    #expect("\(error)" == text)
  }

  @Test(arguments: [
    (
      SchemaError.missingFile(path: "s.yaml"),
      """
      s.yaml: no such schema file.
        found: nothing at this path
        fix:   check the path of the schema
      """
    ),
    (
      .unreadable(path: "s.yaml", reason: "a folder"),
      """
      s.yaml: the schema cannot be read.
        found: a folder
        fix:   make it a readable file
      """
    ),
    (
      .empty(path: "s.yaml"),
      """
      s.yaml: the schema is empty.
        found: no key
        fix:   write name, files, columns and tasks
      """
    ),
    (
      .notUTF8(path: "s.yaml", line: 3),
      """
      s.yaml:3: the schema is not UTF-8 text.
        found: a byte that is not UTF-8
        fix:   save the schema as UTF-8
      """
    ),
    (
      .syntax(path: "s.yaml", line: 3, problem: "did not find expected key"),
      """
      s.yaml:3: not valid YAML.
        found: did not find expected key
        fix:   mend the YAML in or before this line; texts such as "?" need quotes
      """
    ),
    (
      .duplicate(path: "s.yaml", line: 3, name: "user\u{1B}"),
      """
      s.yaml:3: 'user\\u{1B}' is named twice.
        found: the same name again
        fix:   remove or rename one of them
      """
    ),
    (
      .unknownKey(
        path: "s.yaml", line: 3, key: "minCount", place: "columns.a",
        known: ["type", "minimumCount"]),
      """
      s.yaml:3: unknown key 'minCount' in 'columns.a'.
        found: 'minCount'
        fix:   did you mean 'minimumCount'?
      """
    ),
    (
      .unknownKey(path: "s.yaml", line: 3, key: "xyz", place: "", known: ["name", "files"]),
      """
      s.yaml:3: unknown key 'xyz'.
        found: 'xyz'
        fix:   use one of name, files
      """
    ),
    (
      .missingKey(path: "s.yaml", line: 3, key: "type", place: "columns.a"),
      """
      s.yaml:3: the key 'type' is missing in 'columns.a'.
        found: no such key
        fix:   add `type: …`
      """
    ),
    (
      .wrongValue(
        path: "s.yaml", line: 3, key: "quoted", expected: "true or false", found: "a list"),
      """
      s.yaml:3: 'quoted' must be true or false.
        found: a list
        fix:   write true or false here
      """
    ),
    (
      .wrongValue(
        path: "s.yaml", line: 1, key: "", expected: "a mapping of name, files", found: "a list"),
      """
      s.yaml:1: the schema must be a mapping of name, files.
        found: a list
        fix:   write a mapping of name, files here
      """
    ),
    (
      .delimiter(path: "s.yaml", line: 3, found: "\\t"),
      """
      s.yaml:3: 'delimiter' must be one byte or a few signs, and no quote or line break.
        found: '\\t'
        fix:   write ",", ";", "::", or "\\t" for a tab, in double quotes
      """
    ),
    (
      .conflict(
        path: "s.yaml", line: 3, key: "columnNames", with: "header: true", fix: "drop one"),
      """
      s.yaml:3: 'columnNames' does not go together with 'header: true'.
        found: both
        fix:   drop one
      """
    ),
    (
      .noTasks(path: "s.yaml", line: 3),
      """
      s.yaml:3: the schema has no task.
        found: no name under 'tasks'
        fix:   add a task, as in `click: {column: click}`
      """
    ),
    (
      .noInputs(path: "s.yaml", line: 3),
      """
      s.yaml:3: the schema has no input column.
        found: no categorical and no numeric column
        fix:   give at least one column the type categorical or numeric
      """
    ),
    (
      .unknownColumn(path: "s.yaml", line: 3, column: "clik", known: ["user", "click"]),
      """
      s.yaml:3: no column 'clik'.
        found: user, click
        fix:   did you mean 'click'?
      """
    ),
    (
      .ambiguousColumn(path: "s.yaml", line: 3, column: "city", file: "u.csv"),
      """
      s.yaml:3: the name 'city' is taken by another column.
        found: 'city' of u.csv, and another input, label or split column
        fix:   give it a name of its own, as in `other_name: {from: city, …}`
      """
    ),
    (
      .labelIsInput(path: "s.yaml", line: 3, column: "click", task: "buy"),
      """
      s.yaml:3: column 'click' is an input although task 'buy' is computed from it.
        found: both uses
        fix:   set its type to ignore, or say `input: true` aloud
      """
    ),
  ])
  func wordsSchemaErrors(error: SchemaError, text: String) {
    #expect("\(error)" == text)
  }

  @Test func shortensHugeFields() {
    let error = ReaderError.notANumber(
      path: "t", line: 1, column: "a", found: String(repeating: "x", count: 100_000))
    #expect("\(error)".contains("found: '\(String(repeating: "x", count: 60))…'\n"))
  }
}
