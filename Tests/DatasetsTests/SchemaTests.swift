import Testing

@testable import Datasets

@Suite struct SchemaTests {
  /// The least that a schema needs; `extra` replaces or adds lines.
  static func text(
    files: String = "{all: log.csv}", columns: String = "{user: {type: categorical}}",
    tasks: String = "{click: {column: click}}", extra: String = ""
  ) -> String {
    """
    name: log
    files: \(files)
    columns: \(columns)
    tasks: \(tasks)
    \(extra)
    """
  }

  private func schema(_ text: String) throws -> DatasetSchema {
    try DatasetSchema(yaml: text, path: "s.yaml")
  }

  @Test func readsEveryKey() throws {
    let schema = try schema(
      """
      name: my-data
      files:
        all: log.csv
      delimiter: "\\t"
      quoted: true
      trim: true
      header: true
      missing: "?"
      columns:
        user: {type: categorical, minimumCount: 3}
        item: {type: categorical}
        price: {type: numeric, log1p: true, indicator: false}
        age: {type: numeric, indicator: true}
        note: {type: ignore}
        x: {type: categorical, input: true}
      tasks:
        click: {column: click}
        adult: {column: x, atLeast: 18}
        college: {column: education, in: [Bachelors, Masters]}
        cart: {column: cart, equals: 1, space: {column: click, equals: "1"}}
        watch: {column: watch, kind: regression, log1p: true, space: {column: click}}
      split: {column: split, validation: validation, test: test}
      """)
    var format = TableFormat()
    format.delimiter = "\t"
    format.isQuoted = true
    format.trimsBlanks = true
    format.missing = ["?"]
    var expected = DatasetSchema(
      name: "my-data", files: .all("log.csv"), format: format,
      columns: [
        .init("user", .categorical(minimumCount: 3)), .init("item", .categorical(minimumCount: 2)),
        .init("price", .numeric(log1p: true, indicator: false)),
        .init("age", .numeric(log1p: false, indicator: true)), .init("note", .ignore),
        .init("x", .categorical(minimumCount: 2), isInputDespiteLabel: true),
      ],
      tasks: [
        TaskSchema(name: "click", label: .init(column: "click", rule: .value)),
        TaskSchema(name: "adult", label: .init(column: "x", rule: .atLeast(18))),
        TaskSchema(
          name: "college",
          label: .init(column: "education", rule: .oneOf(["Bachelors", "Masters"]))),
        TaskSchema(
          name: "cart", label: .init(column: "cart", rule: .equals("1")),
          space: .init(column: "click", rule: .equals("1"))),
        TaskSchema(
          name: "watch", kind: .regression, label: .init(column: "watch", rule: .value),
          takesLogarithm: true, space: .init(column: "click", rule: .value)),
      ],
      split: .column("split", validation: "validation", test: "test"))
    #expect(schema.yaml?.hasPrefix("name: my-data\nfiles:\n") == true)
    expected.yaml = schema.yaml
    #expect(schema == expected)
  }

  @Test(arguments: [
    ("{all: a.csv}", "", DatasetSchema.Split.ratio(validation: 0.1, test: 0.1, seed: 1)),
    ("{training: a, test: b}", "", .rowParity),
    ("{training: a, validation: v, test: b}", "", .files),
    ("{training: a, test: b}", "split: {rowParity: true}", .rowParity),
    (
      "{all: a}", "split: {ratio: {validation: 0.2, test: 0.3, seed: 18446744073709551615}}",
      .ratio(validation: 0.2, test: 0.3, seed: .max)
    ),
    (
      "{all: a}", "split: {ratio: {validation: 0.2, test: 0.3}}",
      .ratio(validation: 0.2, test: 0.3, seed: 1)
    ),
    (
      "{all: a}", "split: {column: day, validation: 6, test: 7}",
      .column("day", validation: "6", test: "7")
    ),
  ])
  func findsTheSplit(files: String, split: String, expected: DatasetSchema.Split) throws {
    #expect(try schema(Self.text(files: files, extra: split)).split == expected)
  }

  @Test func namesOfColumnsMeanThatThereIsNoHeader() throws {
    let schema = try schema(Self.text(extra: "columnNames: [user, click]"))
    #expect(!schema.format.hasHeader)
    #expect(schema.format.columnNames == ["user", "click"])
  }

  @Test func anAliasIsReadWhereItStands() throws {
    let text = Self.text(columns: "{user: &id {type: categorical}, item: *id}")
    #expect(try schema(text).columns.map(\.name) == ["user", "item"])
  }

  /// What stands where, and what the error must be.
  @Test(arguments: [
    ("", SchemaError.empty(path: "s.yaml")),
    ("# nothing\n", .empty(path: "s.yaml")),
    ("[a]", wrong(1, "", schemaMapping, "a list")),
    ("name: a\n  b: c", .syntax(path: "s.yaml", line: 2, problem: mappingProblem)),
    ("name: a\nname: b", .duplicate(path: "s.yaml", line: 1, name: "name")),
    ("name: a\nfile: b", unknown(2, "file", "", schemaKeys)),
    ("name: a", .missingKey(path: "s.yaml", line: 1, key: "files", place: "")),
    ("name:\nfiles: {all: a}", wrong(1, "name", "a name", "nothing")),
    ("name: [a]\nfiles: {all: a}", wrong(1, "name", "a name", "a list")),
  ])
  func refusesBadText(text: String, error: SchemaError) {
    #expect(throws: error) { try schema(text) }
  }

  @Test(arguments: [
    ("{all: a, test: b}", conflict(2, "files.test", "files.all", filesFix)),
    ("{test: b}", .missingKey(path: "s.yaml", line: 2, key: "training", place: "files")),
    ("{training: b}", .missingKey(path: "s.yaml", line: 2, key: "test", place: "files")),
    ("{al: b}", unknown(2, "al", "files", ["all", "training", "validation", "test"])),
    ("log.csv", wrong(2, "files", "a mapping of all, training, validation, test", "'log.csv'")),
  ])
  func refusesBadFiles(files: String, error: SchemaError) {
    #expect(throws: error) { try schema(Self.text(files: files)) }
  }

  @Test(arguments: [
    ("delimiter: ab", SchemaError.delimiter(path: "s.yaml", line: 5, found: "ab")),
    ("delimiter: é", .delimiter(path: "s.yaml", line: 5, found: "é")),
    ("delimiter: \"\"", .delimiter(path: "s.yaml", line: 5, found: "")),
    ("delimiter: \"\\n\"", .delimiter(path: "s.yaml", line: 5, found: "\n")),
    ("quoted: yes", wrong(5, "quoted", "true or false", "'yes'")),
    ("header: false", .missingKey(path: "s.yaml", line: 5, key: "columnNames", place: "")),
    (
      "header: true\ncolumnNames: [user, click]",
      conflict(6, "columnNames", "header: true", "set `header: false`, or leave columnNames out")
    ),
    ("columnNames: [user, user]", .duplicate(path: "s.yaml", line: 5, name: "user")),
    ("columnNames: user", wrong(5, "columnNames", "a list of names", "'user'")),
    (
      "columnNames: [usr, click]",
      .unknownColumn(path: "s.yaml", line: 3, column: "user", known: ["usr", "click"])
    ),
    (
      "columnNames: [user, clicks]",
      .unknownColumn(path: "s.yaml", line: 4, column: "click", known: ["user", "clicks"])
    ),
  ])
  func refusesBadFormats(line: String, error: SchemaError) {
    #expect(throws: error) { try schema(Self.text(extra: line)) }
  }

  @Test(arguments: [
    (
      "{user: {}}",
      SchemaError.missingKey(path: "s.yaml", line: 3, key: "type", place: "columns.user")
    ),
    ("{user: categorical}", wrong(3, "columns.user", columnMapping, "'categorical'")),
    (
      "{a: {type: words}}",
      wrong(3, "columns.a.type", "categorical, numeric, text or ignore", "'words'")
    ),
    (
      "{a: {type: categorical, minimumCount: 0}}",
      wrong(3, "columns.a.minimumCount", "a whole number from 1", "'0'")
    ),
    (
      "{a: {type: numeric, minimumCount: 2}}",
      unknown(
        3, "minimumCount", "columns.a", SchemaKey.names(in: .column, for: .numeric))
    ),
    ("{a: {type: numeric}, a: {type: ignore}}", .duplicate(path: "s.yaml", line: 3, name: "a")),
    (
      "{1: {type: numeric}, \"1\": {type: ignore}}",
      .duplicate(path: "s.yaml", line: 3, name: "1")
    ),
    ("{a: {type: ignore}}", .noInputs(path: "s.yaml", line: 3)),
    (
      "{click: {type: numeric}}",
      .labelIsInput(path: "s.yaml", line: 3, column: "click", task: "click")
    ),
    ("[user]", wrong(3, "columns", "a mapping of column names", "a list")),
  ])
  func refusesBadColumns(columns: String, error: SchemaError) {
    #expect(throws: error) { try schema(Self.text(columns: columns)) }
  }

  @Test(arguments: [
    ("{}", SchemaError.noTasks(path: "s.yaml", line: 4)),
    ("{a: {}}", .missingKey(path: "s.yaml", line: 4, key: "column", place: "tasks.a")),
    ("{a: {column: b, equal: 1}}", unknown(4, "equal", "tasks.a", taskKeys)),
    (
      "{a: {column: b, kind: order}}",
      wrong(4, "tasks.a.kind", "binary, regression, ranking, text or tuples", "'order'")
    ),
    (
      "{a: {kind: tuples, log1p: true}}",
      conflict(
        4, "tasks.a.log1p", "kind: tuples",
        "leave log1p out: a task of `kind: tuples` has no label column")
    ),
    (
      "{a: {kind: ranking, equals: 1}}",
      conflict(
        4, "tasks.a.equals", "kind: ranking",
        "leave equals out: a task of `kind: ranking` has no label column")
    ),
    ("{a: {column: b, equals: [1]}}", wrong(4, "tasks.a.equals", "a text", "a list")),
    ("{a: {column: b, in: []}}", wrong(4, "tasks.a.in", "a list of texts", "a list")),
    ("{a: {column: b, atLeast: .inf}}", wrong(4, "tasks.a.atLeast", "a number", "'.inf'")),
    (
      "{a: {column: b, equals: 1, in: [2]}}",
      conflict(4, "tasks.a.in", "tasks.a.equals", "keep one of equals, in and atLeast")
    ),
    ("{a: {column: b, log1p: true}}", conflict(4, "tasks.a.log1p", "kind: binary", logarithmFix)),
    (
      "{a: {column: b, kind: regression, atLeast: 3, log1p: true}}",
      conflict(4, "tasks.a.log1p", "equals, in, atLeast", logarithmFix)
    ),
    (
      "{a: {column: b, space: {colum: c}}}",
      unknown(4, "colum", "tasks.a.space", ["column", "equals", "in", "atLeast"])
    ),
    (
      "{a: {column: b, space: {column: user}}}",
      .labelIsInput(path: "s.yaml", line: 3, column: "user", task: "a")
    ),
  ])
  func refusesBadTasks(tasks: String, error: SchemaError) {
    #expect(throws: error) { try schema(Self.text(tasks: tasks)) }
  }

  @Test(arguments: [
    (
      "{column: d, validation: a}",
      SchemaError.missingKey(path: "s.yaml", line: 5, key: "test", place: "split")
    ),
    (
      "{column: d, validation: a, test: a}",
      wrong(5, "split.test", "another value than 'split.validation'", "'a'")
    ),
    (
      "{column: d, rowParity: true}",
      conflict(
        5, "split.rowParity", "split.column", splitFix)
    ),
    (
      "{rowParity: true}",
      conflict(5, "split.rowParity", "files.all", "name a training and a test file")
    ),
    (
      "{ratio: {validation: 1, test: 0.1}}",
      wrong(5, "split.ratio.validation", "a share above 0 and below 1", "'1'")
    ),
    (
      "{ratio: {validation: 0.5, test: 0.5}}",
      wrong(5, "split.ratio.test", "a share that leaves rows to train on", "'0.5'")
    ),
    (
      "{ratio: {validation: 0.1, test: 0.1, seed: -1}}",
      wrong(5, "split.ratio.seed", "a whole number from 0", "'-1'")
    ),
  ])
  func refusesBadSplits(split: String, error: SchemaError) {
    #expect(throws: error) { try schema(Self.text(extra: "split: \(split)")) }
  }

  @Test(arguments: [
    ("{column: d, validation: a, test: b}", "split.column"),
    ("{ratio: {validation: 0.1, test: 0.1}}", "split.ratio"),
  ])
  func separateFilesAreASplitAlready(split: String, key: String) {
    let text = Self.text(files: "{training: a, test: b}", extra: "split: \(split)")
    #expect(
      throws: conflict(5, key, "files.training", "name one file as `all`, or leave the split out")
    ) { try schema(text) }
  }

  @Test func nestingWithoutEndIsAnError() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: SchemaError.self) { try schema(deep) }
  }
}

private func wrong(_ line: Int, _ key: String, _ expected: String, _ found: String) -> SchemaError {
  .wrongValue(path: "s.yaml", line: line, key: key, expected: expected, found: found)
}

private func unknown(
  _ line: Int, _ key: String, _ place: String, _ known: [String]
) -> SchemaError {
  .unknownKey(path: "s.yaml", line: line, key: key, place: place, known: known)
}

private func conflict(_ line: Int, _ key: String, _ other: String, _ fix: String) -> SchemaError {
  .conflict(path: "s.yaml", line: line, key: key, with: other, fix: fix)
}

private let schemaKeys = SchemaKey.names(in: .schema)
private let schemaMapping = "a mapping of " + schemaKeys.joined(separator: ", ")
private let columnMapping =
  "a mapping of " + SchemaKey.names(in: .column).joined(separator: ", ")
private let splitFix =
  "keep one of column, rowParity, ratio, time, lastByUser and ratioByUser"
private let taskKeys = SchemaKey.names(in: .task)
private let filesFix = "name one file as `all`, or one file for each split"
private let logarithmFix = "take log1p of a number only, in a task of `kind: regression`"
private let mappingProblem = "mapping values are not allowed in this context"
