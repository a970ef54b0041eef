import Testing

@testable import Datasets

/// What a schema may say about joined tables, groups of numbers and times.
@Suite struct JoinSchemaTests {
  private func schema(_ lines: String...) throws -> DatasetSchema {
    try DatasetSchema(
      yaml: SchemaTests.text(extra: lines.joined(separator: "\n")), path: "s.yaml")
  }

  @Test func readsTables() throws {
    let schema = try schema(
      "delimiter: \"\\t\"", "missing: NA",
      "join:",
      "  - file: users.csv",
      "    key: user",
      "    columns: {age: {type: numeric, log1p: true}, city: {type: categorical}}",
      "  - file: items.csv",
      "    key: {log: item, table: id}",
      "    delimiter: \",\"",
      "    quoted: true",
      "    columnNames: [id, length]",
      "    columns: {size: {type: categorical, from: length, bins: [1, 2.5]}}")
    var users = TableFormat()
    users.delimiter = "\t"
    users.missing = ["NA"]
    var items = users
    items.delimiter = ","
    items.isQuoted = true
    items.hasHeader = false
    items.columnNames = ["id", "length"]
    #expect(
      schema.joins == [
        .init(
          "users.csv", format: users, logKey: "user", tableKey: "user",
          columns: [
            .init("age", .numeric(log1p: true, indicator: false)),
            .init("city", .categorical(minimumCount: 2)),
          ]),
        .init(
          "items.csv", format: items, logKey: "item", tableKey: "id",
          columns: [
            .init(
              "size", .categorical(minimumCount: 2), from: "length", grouping: .bins([1, 2.5]))
          ]),
      ])
    #expect(schema.allColumns.map(\.name) == ["user", "age", "city", "size"])
  }

  @Test func readsGroupsAndTransforms() throws {
    let schema = try DatasetSchema(
      yaml: SchemaTests.text(
        columns: "{hour: {type: categorical, from: hourmin, divide: 100}}",
        tasks: "{watch: {column: ms, kind: regression, divide: 1000, cap: 300, log1p: true, "
          + "weight: 0.2}}"),
      path: "s.yaml")
    #expect(
      schema.columns == [
        .init(
          "hour", .categorical(minimumCount: 2), from: "hourmin",
          grouping: .wholePart(divisor: 100))
      ])
    #expect(
      schema.tasks == [
        TaskSchema(
          name: "watch", kind: .regression, label: .init(column: "ms", rule: .value),
          divisor: 1000, cap: 300, takesLogarithm: true, weight: 0.2)
      ])
  }

  @Test(arguments: [
    ("20220504", "20220506", 1_651_622_400, 1_651_795_200),
    ("2022-05-04", "2022/5/6", 1_651_622_400, 1_651_795_200),
    ("2022-05-04T02:00+02:00", "20220506", 1_651_622_400, 1_651_795_200),
    ("1651593600000", "1651766400000.5", 1_651_593_600, 1_651_766_400.0005),
  ])
  func readsTimes(from: String, test: String, first: Double, second: Double) throws {
    let split = "split: {time: {column: date, validationFrom: \(from), testFrom: \(test)}}"
    guard case .time("date", let validationFrom, let testFrom) = try schema(split).split else {
      Issue.record("no split by time")
      return
    }
    #expect(validationFrom.text == from)
    #expect(validationFrom.reading.nanoseconds == Int64(first * 1e9))
    #expect(testFrom.reading.nanoseconds / 1000 == Int64(second * 1e6))
  }

  /// What stands in line 5, and the error.
  @Test(arguments: [
    ("join: {}", wrong("join", "a list of tables", "a mapping")),
    ("join: []", wrong("join", "a list of tables", "a list")),
    (
      "join: [{key: user, columns: {a: {type: numeric}}}]",
      SchemaError.missingKey(path: "s.yaml", line: 5, key: "file", place: "join")
    ),
    (
      "join: [{file: u, columns: {a: {type: numeric}}}]",
      .missingKey(path: "s.yaml", line: 5, key: "key", place: "join")
    ),
    (
      "join: [{file: u, key: user}]",
      .missingKey(path: "s.yaml", line: 5, key: "columns", place: "join")
    ),
    (
      "join: [{file: u, key: [a], columns: {a: {type: numeric}}}]",
      wrong("join.key", "a column, or {log: …, table: …}", "a list")
    ),
    (
      "join: [{file: u, key: {log: a}, columns: {a: {type: numeric}}}]",
      .missingKey(path: "s.yaml", line: 5, key: "table", place: "join.key")
    ),
    (
      "join: [{file: u, key: a, columns: {b: {type: ignore}}}]",
      .noInputs(path: "s.yaml", line: 5)
    ),
    (
      "join: [{file: u, key: a, columnNames: [b], columns: {b: {type: numeric}}}]",
      .unknownColumn(path: "s.yaml", line: 5, column: "a", known: ["b"])
    ),
    (
      "join: [{file: u, key: a, columns: {user: {type: numeric}}}]",
      .ambiguousColumn(path: "s.yaml", line: 5, column: "user", file: "u")
    ),
    (
      "join: [{file: u, key: a, columns: {click: {type: numeric}}}]",
      .ambiguousColumn(path: "s.yaml", line: 5, column: "click", file: "u")
    ),
    (
      "join: [{file: u, key: a, columns: {b: {type: numeric}}}, "
        + "{file: v, key: a, columns: {b: {type: numeric}}}]",
      .ambiguousColumn(path: "s.yaml", line: 5, column: "b", file: "v")
    ),
    (
      "split: {time: {column: d, validationFrom: 20220532, testFrom: 20220601}}",
      wrong(
        "split.time.validationFrom",
        "a date such as 2022-05-04 or 2022-05-04T13:05:00Z, or a number as the column has",
        "'20220532'")
    ),
    (
      "split: {time: {column: d, validationFrom: 5, testFrom: 5}}",
      wrong("split.time.testFrom", "a time after 'split.time.validationFrom'", "'5'")
    ),
    (
      "split: {time: {column: d, testFrom: 5}}",
      .missingKey(path: "s.yaml", line: 5, key: "validationFrom", place: "split.time")
    ),
    (
      "split: {time: {column: d, validationFrom: 1, testFrom: 2}, column: d}",
      .conflict(
        path: "s.yaml", line: 5, key: "split.time", with: "split.column",
        fix: "keep one of column, rowParity, ratio, time, lastByUser and ratioByUser")
    ),
  ])
  func refuses(line: String, error: SchemaError) {
    #expect(throws: error) { try schema(line) }
  }

  @Test(arguments: [
    ("divide: 0", "divide", "a number above 0", "'0'"),
    ("bins: []", "bins", "a list of rising numbers", "a list"),
    ("bins: [2, 2]", "bins", "a list of rising numbers", "a list"),
    ("bins: 2", "bins", "a list of rising numbers", "'2'"),
  ])
  func refusesGroups(line: String, key: String, expected: String, found: String) {
    let text = SchemaTests.text(columns: "{a: {type: categorical, \(line)}}")
    #expect(
      throws: SchemaError.wrongValue(
        path: "s.yaml", line: 3, key: "columns.a.\(key)", expected: expected, found: found)
    ) { try DatasetSchema(yaml: text, path: "s.yaml") }
  }

  @Test func transformsAreForNumbers() {
    let text = SchemaTests.text(tasks: "{a: {column: b, divide: 10}}")
    #expect(
      throws: SchemaError.conflict(
        path: "s.yaml", line: 4, key: "tasks.a.divide", with: "kind: binary",
        fix: "take divide of a number only, in a task of `kind: regression`")
    ) { try DatasetSchema(yaml: text, path: "s.yaml") }
  }

  @Test func aLabelUnderAnotherNameIsStillALabel() {
    let text = SchemaTests.text(columns: "{pressed: {type: categorical, from: click}}")
    #expect(
      throws: SchemaError.labelIsInput(path: "s.yaml", line: 3, column: "pressed", task: "click")
    ) { try DatasetSchema(yaml: text, path: "s.yaml") }
  }
}

private func wrong(_ key: String, _ expected: String, _ found: String) -> SchemaError {
  .wrongValue(path: "s.yaml", line: 5, key: key, expected: expected, found: found)
}
