import Foundation
import Testing

@testable import Datasets

/// What labels, spaces and splits make of values that do not match.
@Suite struct LabelRuleTests {
  /// Rows of user, day, label, other label; every label comes twice in training.
  private static func csv(_ labels: [String], _ other: [String]? = nil, _ days: [String]? = nil)
    -> String
  {
    let rows = labels.indices.map { row in
      "u\(row % 2),\(days?[row] ?? "\(min(2, row * 3 / labels.count))"),\(labels[row]),"
        + (other?[row] ?? "\(row % 2)")
    }
    return (["user,day,y,z"] + rows).joined(separator: "\n") + "\n"
  }

  private static func load(
    _ csv: String, _ task: String, extra: String = "", split: String = "validation: 1, test: 2"
  ) throws -> Dataset {
    let schema = """
      name: t
      files: {all: t.csv}
      columns: {user: {type: categorical}}
      tasks: {t: \(task)}
      split: {column: day, \(split)}
      \(extra)
      """
    return try Table(csv: csv, schema: schema, partBytes: 24).load()
  }

  private func message(_ csv: String, _ task: String, extra: String = "") -> String {
    do {
      let data = try Self.load(csv, task, extra: extra)
      return "loaded: \(data.training.labels.array)"
    } catch { return "\(error)" }
  }

  // MARK: Amounts
  @Test(arguments: [
    ("1,000", "nothing between thousands"), ("$5", "without its unit"), ("5%", "without its unit"),
    ("1e400", "less than 3.4e38"), ("false", "`kind: binary` with `equals`"),
    ("nan", "labelMissing: skip"),
  ])
  func aRegressionNeedsNumbers(found: String, advice: String) {
    let csv = Self.csv(["1", "2.5", "\"\(found)\"", "3", "4", "5", "6", "7", "8"])
    let text = message(csv, "{column: y, kind: regression}")
    #expect(text.hasPrefix("t.csv:4: no number in column 'y', which the label of task 't'"))
    #expect(text.contains(advice) && !text.contains("counts as 1"), "\(text)")
  }

  // MARK: Blanks
  @Test(arguments: ["", " ", "\t", "  \t "], ["equals: \"yes\"", "in: [\"yes\", \"ok\"]"])
  func aBlankTextIsNoLabel(blank: String, rule: String) {
    let csv = Self.csv(["yes", "no", blank, "yes", "no", blank, "no", "yes", "no"])
    let text = message(csv, "{column: y, \(rule)}")
    #expect(
      text == """
        t.csv:4: 2 rows have nothing in column 'y', which the label of task 't' is computed from, the \
        first here.
          found: nothing; elsewhere 'no', 'yes'
          fix:   fill the column; or, for rows where 't' is not known, say `labelMissing: skip` in it \
        to leave them out of its sample space, or copy `space: {column: "y", in: ["no", "yes"]}` there
        """)
  }

  /// The line that a message offers can be copied.
  @Test func theOfferedSpaceLeavesBlanksOut() throws {
    let csv = Self.csv(["yes", "no", "", "yes", "no", "", "no", "yes", "no"])
    let data = try Self.load(
      csv, "{column: y, equals: \"yes\", space: {column: \"y\", in: [\"no\", \"yes\"]}}")
    #expect(data.training.spaces?.array == [1, 1, 0])
    #expect(data.validation.spaces?.array == [1, 1, 0])
    #expect(data.training.labels.array == [1, 0, 0])
    #expect(
      data.notices.contains(
        "t: 2 rows without a value in column 'y' are outside of its sample space"))
  }

  @Test(arguments: ["equals: \"yes\"", "in: [\"yes\"]"])
  func skippedBlanksAreOutsideOfTheSpace(rule: String) throws {
    let csv = Self.csv(["yes", "no", "", "yes", "no", "", "no", "yes", "no"])
    let data = try Self.load(csv, "{column: y, \(rule), labelMissing: skip}")
    #expect(data.training.spaces?.array == [1, 1, 0])
    #expect(data.test.spaces?.array == [1, 1, 1])
    #expect(data.facts.tasks[0].training.rows == 2)
    #expect(data.facts.tasks[0].training.positives == 1)
    #expect(
      data.facts.notices.contains(
        "t counts for 2 of 3 training rows, 2 of 3 validation rows, 3 of 3 test rows"))
  }

  @Test(arguments: ["{column: y}", "{column: y, kind: regression}", "{column: y, atLeast: 1}"])
  func aBlankNumberIsNoLabel(task: String) throws {
    let csv = Self.csv(["1", "0", "", "0", "1", "0", "1", "", "0"])
    let error = #expect(throws: ReaderError.self) { try Self.load(csv, task) }
    #expect(
      error
        == .label(
          .missing(
            .label(task: "t"), column: "y", rows: 2, first: RowLocation("t.csv", 4), values: [],
            least: 0)))
    let data = try Self.load(csv, task.replacing("}", with: ", labelMissing: skip}"))
    #expect(data.training.spaces?.array == [1, 1, 0])
    #expect(data.test.spaces?.array == [1, 0, 1])
  }

  @Test(arguments: ["{column: z}", "{column: z, equals: \"1\"}", "{column: z, atLeast: 1}"])
  func aBlankOfAnotherColumnLeavesTheSpaceOpen(space: String) throws {
    let csv = Self.csv(
      ["1", "0", "1", "0", "1", "0", "1", "0", "0"], ["1", "1", "", "1", "1", "0", "1", "1", ""])
    let text = message(csv, "{column: y, space: \(space)}")
    #expect(
      text.hasPrefix("t.csv:4: 2 rows have nothing in column 'z', which the space of task 't'"))
    #expect(text.contains("labelMissing: skip"))
    let data = try Self.load(csv, "{column: y, space: \(space), labelMissing: skip}")
    #expect(data.training.spaces?.array == [1, 1, 0])
    #expect(data.validation.spaces?.array == [1, 1, 0])
    #expect(data.test.spaces?.array == [1, 1, 0])
  }

  @Test(arguments: ["", " "]) func aBlankSplitIsAnError(blank: String) {
    let csv = Self.csv(
      ["1", "0", "1", "0", "1", "0"], nil, ["0", "0", "1", blank, "2", "2"])
    #expect(
      message(csv, "{column: y}")
        == """
        t.csv:5: 1 row has nothing in column 'day', which the split goes by, the first here.
          found: nothing; elsewhere '0', '1', '2'
          fix:   fill the column, or split by `ratio` or `time`
        """)
  }

  @Test func marksOfMissingValuesAreBlanks() throws {
    let csv = Self.csv(["yes", "NA", "no", "yes", "no", "?", "no", "yes", "no"])
    let task = "{column: y, equals: \"yes\"}"
    #expect(message(csv, task, extra: "missing: [NA, \"?\"]").hasPrefix("t.csv:3: 2 rows have"))
    // Without being named as missing, they are said.
    let data = try Self.load(csv, task)
    #expect(
      data.notices == [
        "t is 0 for these values of column 'y': 'no' 4, '?' 1, 'NA' 1",
        "'?', 'NA' in column 'y' looks like a missing value; name it as `missing` if it is one",
      ])
  }

  @Test func aSplitWithoutAnyLabelIsSaid() throws {
    let csv = Self.csv(["1", "0", "1", "", "", "", "1", "0", "0"])
    let data = try Self.load(csv, "{column: y, labelMissing: skip}")
    #expect(data.facts.tasks[0].validation.rows == 0)
    #expect(data.facts.notices.contains("t has no validation row, so no validation score"))
    let blank = Self.csv(["", "", "", "1", "0", "1", "1", "0", "0"])
    #expect(throws: ReaderError.noRows(split: "training", data: "task 't'")) {
      try Self.load(blank, "{column: y, labelMissing: skip}")
    }
  }

  // MARK: Misspellings
  @Test(arguments: [
    ("yes", "Yes"), ("yes", "YES"), ("yes", "yes "), ("yes", " yes"), ("yes", "\tyes"),
    ("yes", "ｙｅｓ"), ("yes", "'yes'"), ("yes", "yes\u{200B}"), ("yes", "yes\u{A0}"),
    ("1", "1.0"), ("1", "01"), ("1", "１"), ("1.0", "1"), ("2", "2.00"), ("0", "0.0"),
    ("-1", "-1.0"),
    ("Straße", "straße"),
  ])
  func aMisspellingIsAnError(named: String, written: String) throws {
    let csv = Self.csv([named, "b", "b", written, named, "b", named, "b", written])
    let error = #expect(throws: ReaderError.self) {
      try Self.load(csv, "{column: y, equals: \(yaml(named))}")
    }
    #expect(
      error
        == .label(
          .misspelled(
            .label(task: "t"), column: "y", named: named, found: ValueCount(written, 2),
            first: RowLocation("t.csv", 5))))
    // Named as well, both count.
    let data = try Self.load(csv, "{column: y, in: [\"\(named)\", \(yaml(written))]}")
    #expect(data.validation.labels.array == [1, 1, 0])
  }

  @Test(arguments: [
    ("yes", "yess"), ("1", "11"), ("1", "-1"), ("1", "true"), ("a", "b"), ("1", "1a"),
  ])
  func anotherTextIsNone(named: String, other: String) throws {
    let csv = Self.csv([named, other, other, named, other, other, named, other, other])
    let data = try Self.load(csv, "{column: y, equals: \"\(named)\"}")
    #expect(data.training.labels.array == [1, 0, 0])
    #expect(data.notices.isEmpty)
  }

  @Test func namesTheMisspelling() {
    let csv = Self.csv(["yes", "no", "no", "Yes ", "yes", "no", "yes", "no", "yes"])
    #expect(
      message(csv, "{column: y, equals: \"yes\"}")
        == """
        t.csv:5: a text of column 'y', which the label of task 't' is computed from, looks like 'yes' \
        but is not it.
          found: 'Yes ' in 1 row, the first here
          fix:   spell it alike, or name both in task 't': `in: ["yes", "Yes "]`
        """)
    let blank = Self.csv(["yes", "no", "no", "yes ", "yes", "no", "yes", "no", "yes"])
    #expect(
      message(blank, "{column: y, equals: \"yes\"}").contains("fix:   set `trim: true`, spell"))
  }

  @Test func aMisspelledSplitIsAnError() {
    let labels = ["1", "0", "1", "0", "1", "0"]
    let schema = """
      name: t
      files: {all: t.csv}
      columns: {user: {type: categorical}}
      tasks: {t: {column: y}}
      split: {column: day, validation: val, test: test}
      """
    let csv = Self.csv(labels, nil, ["train", "train", "val", "val", "test", "Test"])
    #expect(
      throws: ReaderError.label(
        .misspelled(
          .split, column: "day", named: "test", found: ValueCount("Test", 1),
          first: RowLocation("t.csv", 7)))
    ) { try Table(csv: csv, schema: schema).load() }
    let other = Self.csv(labels, nil, ["train", "train", "val", "dev", "test", "test"])
    #expect(
      throws: Never.self
    ) {
      let data = try Table(csv: other, schema: schema).load()
      #expect(
        data.notices == ["rows with these values of column 'day' train: 'train' 2, 'dev' 1"])
    }
  }

  @Test func aSpaceIsLookedAtToo() {
    let csv = Self.csv(
      ["1", "0", "1", "0", "1", "0"], ["on", "on", "ON", "on", "off", "on"])
    #expect(
      message(csv, "{column: y, space: {column: z, equals: \"on\"}}")
        .hasPrefix("t.csv:4: a text of column 'z', which the space of task 't' goes by, looks like")
    )
  }

  @Test func listsWhatDoesNotMatch() throws {
    let csv = Self.csv(
      ["a", "b", "c", "a", "d", "b", "a", "b", "c"], ["1", "1", "1", "1", "1", "1", "1", "1", "1"])
    let data = try Self.load(csv, "{column: y, in: [a, x]}")
    #expect(
      data.notices == [
        "t is 0 for these values of column 'y': 'b' 3, 'c' 2, 'd' 1",
        "task 't' names 'x', which no row has in column 'y'",
      ])
    #expect(
      message(csv, "{column: y, equals: x}")
        == """
        task 't': no row has 'x' in column 'y'.
          found: 'a' 3, 'b' 3, 'c' 2, 'd' 1
          fix:   name one of these texts as the file spells it, in task 't'
        """)
  }

  // MARK: Words and numbers
  @Test(arguments: [
    ("False", "True", "True"), ("no", "yes", "yes"), ("NO", "YES", "YES"), ("N", "Y", "Y"),
    ("True", "False", "True"), ("like", "skip", "like"),
  ])
  func wordsNeedEquals(first: String, second: String, positive: String) {
    let csv = Self.csv([first, second, first, second, first, second])
    #expect(
      message(csv, "{column: y}")
        == """
        t.csv:2: no number in column 'y', which the label of task 't' is computed from.
          found: '\(first)'
          fix:   name the text that counts as 1, as in `t: {column: \(yaml("y")), equals: \
        \(yaml(positive))}`
        """)
    #expect(message(csv, "{column: y, atLeast: 1}").hasSuffix("; atLeast is for numbers"))
    #expect(message(csv, "{column: y, space: {column: y}}").contains("equals: "))
  }

  @Test func aMarkAmongNumbersIsNamedMissing() {
    let csv = Self.csv(["1", "0", "NA", "0", "1", "0"])
    #expect(
      message(csv, "{column: y}").hasSuffix(
        "name this text as `missing: [\"\", NA]` in the schema, and say `labelMissing: skip` in the "
          + "task"))
  }

  @Test func saysWhyALabelIsNoNumber() {
    let csv = Self.csv(["1", "-1", "-3.5", "0", "1", "0"])
    #expect(
      message(csv, "{column: y, kind: regression, log1p: true}")
        == """
        t.csv:3: the label of task 't' is log(1 + number), which -1 and less do not have.
          found: -1.0 in column 'y', and so in 2 rows
          fix:   leave `log1p` out, or copy `space: {column: "y", atLeast: 0}` into the task 't'
        """)
    // Behind the division the number may be larger than -1.
    #expect(
      message(csv, "{column: y, kind: regression, log1p: true, divide: 10}").hasPrefix("loaded"))
    let small = Self.csv(["1", "-0.5", "3", "0", "1", "0"])
    #expect(
      message(small, "{column: y, kind: regression, log1p: true, divide: 0.25}")
        .hasPrefix("t.csv:3: the label of task 't' is log(1 + number)"))
    let large = Self.csv(["1", "1e30", "3", "0", "1", "0"])
    #expect(
      message(large, "{column: y, kind: regression, divide: 1e-300}")
        .hasPrefix("t.csv:3: the label of task 't' is too large for a number"))
  }

  @Test func countsLabelsThatAreNotBinary() {
    let csv = Self.csv(["1", "5", "4", "5", "1", "0"])
    #expect(
      message(csv, "{column: y}")
        == """
        t.csv:3: the label of task 't' must be 0 or 1.
          found: '5' 2, '4' 1 in column 'y', the first here
          fix:   say from where on it is 1, as in `t: {column: "y", atLeast: 5}`, or make it `kind: \
        regression`
        """)
  }

  @Test func aLabelOfAJoinedTableIsSaid() throws {
    let schema = """
      name: t
      files: {all: t.csv}
      columns: {user: {type: categorical}}
      join: [{file: u.csv, key: user, columns: {level: {type: categorical, from: vip}}}]
      tasks: {t: {column: vip}}
      """
    let files = ["t.csv": Data("user,y\na,1\n".utf8), "u.csv": Data("user,vip\na,1\n".utf8)]
    #expect(
      throws: ReaderError.label(.joined(.label(task: "t"), column: "vip", table: "u.csv"))
    ) {
      try DatasetLoader(
        try DatasetSchema(yaml: schema, path: "s"), from: .memory(files), threads: 1
      ).load()
    }
  }
}
