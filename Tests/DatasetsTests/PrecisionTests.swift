import Testing

@testable import Datasets

/// Numbers keep their precision until they are stored.
@Suite struct PrecisionTests {
  /// Neighbouring doubles that one float32 holds.
  @Test(arguments: [
    ("1700000300", "1700000299", "1700000300"), ("16777217", "16777216", "16777217"),
    ("0.30000000000000004", "0.3", "0.30000000000000004"),
    ("1672531200000001", "1672531200000000", "1672531200000001"),
    ("-5", "-5.0000001", "-5"),
  ])
  func comparesInDoublePrecision(bound: String, below: String, at: String) throws {
    var table = Table(
      csv: "user,price,t,split\na,1,\(below),x\nb,2,\(at),x\na,3,\(below),v\nb,1,\(at),t\n")
    table.schema.replace("{column: click}", with: "{column: t, atLeast: \(bound)}")
    let data = try table.load()
    #expect(data.training.labels.array == [0, 1])
    #expect(data.validation.labels.array == [0])
    #expect(data.test.labels.array == [1])
  }

  /// More digits than a double has, of which dividing their rounded number would make its neighbour.
  @Test(arguments: [
    ("73785690282684.228", 73785690282684.228), ("-7931475343646273.2", -7931475343646273.2),
    ("419753115331.12885", 419753115331.12885), ("0.1", 0.1), ("12.50", 12.5),
  ])
  func readsTheNearestDouble(text: String, number: Double) {
    let found = Array(text.utf8).withUnsafeBufferPointer { NumberText.parse($0) }
    #expect(found == number)
  }

  @Test func centresInDoublePrecision() throws {
    let times = ["1700000000", "1700000001", "1700000002", "1700000005"]
    let rows = zip(times, ["x", "x", "v", "t"]).enumerated()
      .map { "a,\($0.element.0),\($0.offset % 2),\($0.element.1)\n" }.joined()
    let data = try Table(csv: "user,price,click,split\n" + rows).load()
    #expect(data.training.dense.array == [-1, 1])
    #expect(data.validation.dense.array == [3])
    #expect(data.test.dense.array == [9])
  }

  @Test func dividesAndTakesLogarithmsInDoublePrecision() throws {
    var table = Table(csv: Table.rows.replacing("a,1,0,x", with: "a,1,16777217,x"))
    table.schema.replace(
      "{column: click}", with: "{column: click, kind: regression, divide: 16777216, log1p: true}")
    // log(1 + 1.0000000596…) and log(1 + 0.0000000596…), which float32 knows to 6e-8 only.
    let labels = [0.6931472103622672, 5.960464299903386e-8]
    let scale = try table.load().tasks[0].scale
    #expect(abs(scale.mean - (labels[0] + labels[1]) / 2) < 1e-15)
    #expect(abs(scale.deviation - (labels[0] - labels[1]) / 2) < 1e-15)
  }

  @Test func binsCompareInDoublePrecision() throws {
    var table = Table(
      csv: "user,price,click,split\n16777216,1,0,x\n16777217,2,1,x\n16777216,3,1,v\n1,5,0,t\n")
    table.schema.replace("minimumCount: 1", with: "minimumCount: 1, bins: [16777217]")
    let data = try table.load()
    #expect(data.features.fields[0].categories == ["", "<16777217", ">=16777217"])
    #expect(data.training.ids.array == [1, 2])
  }
}

/// What counts as missing.
@Suite struct MissingTextTests {
  private func load(_ csv: String, _ extra: String, price: String = "", user: String = "")
    throws -> Dataset
  {
    var table = Table(csv: csv)
    table.schema.replace("price: {type: numeric}", with: "price: {type: numeric\(price)}")
    table.schema.replace("minimumCount: 1", with: "minimumCount: 1\(user)")
    table.schema += "\n" + extra
    return try table.load()
  }

  private let csv = Table.rows + "NULL,NULL,1,x\n,,0,x\nNA,nan,1,x\nb,2,0,x\n"

  @Test func everyTextOfTheListIsMissing() throws {
    let data = try load(csv, "missing: [NULL, \"\", NA, nan]")
    #expect(data.features.fields[0].categories == ["", "NULL", "b", "a"])
    #expect(data.training.ids.array == [3, 2, 1, 1, 1, 2])
    // 1, 2 and 2 are the numbers.
    #expect(data.features.dense[0].form == .value(mean: 5.0 / 3, deviation: (2.0 / 9).squareRoot()))
    #expect(data.training.dense.array[2...4] == [0, 0, 0])
  }

  @Test func aColumnMayHaveItsOwn() throws {
    let data = try load(
      Table.rows + "-1,-1,1,x\n?,?,0,x\n", "missing: \"?\"", price: ", missing: [\"-1\", \"?\"]")
    #expect(data.features.fields[0].categories == ["", "-1", "?", "a", "b"])
    #expect(data.training.dense.array == [-1, 1, 0, 0])
    #expect(throws: ReaderError.self) {
      try load(Table.rows + "a,?,1,x\n", "missing: \"?\"", price: ", missing: \"-1\"")
    }
  }

  @Test func refusesTwoMeaningsOfOneColumn() {
    let columns =
      "{a: {type: numeric, from: p, missing: x}, b: {type: numeric, from: p, missing: y}}"
    let error = #expect(throws: SchemaError.self) {
      try DatasetSchema(yaml: SchemaTests.text(columns: columns), path: "s.yaml")
    }
    guard case .conflict("s.yaml", 3, "columns.b.missing", _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// The marks of a column hold wherever it is used, also if it is no input.
  @Test func marksHoldForLabels() throws {
    var table = Table(csv: Table.rows + "a,1,-1,x\n")
    table.schema.replace("price: {type: numeric}", with: "click: {type: ignore, missing: \"-1\"}")
    #expect(throws: ReaderError.self) { try table.load() }
    table.schema.replace(", missing: \"-1\"", with: "")
    let error = LabelError.notBinary(
      task: "click", column: "click", values: [ValueCount("-1", 1)],
      first: RowLocation("t.csv", 6))
    #expect(throws: ReaderError.label(error)) { try table.load() }
  }

  @Test func groupsOfNumbersShareOneMissingCategory() throws {
    let data = try load(
      "user,price,click,split\n150,1,0,x\nNA,2,1,x\n,3,1,v\n250,5,0,t\n", "missing: [NA, \"\"]",
      user: ", divide: 100")
    #expect(data.features.fields[0].categories == ["", "1", "NA"])
    #expect(data.validation.ids.array == [2])
  }

  @Test(arguments: [
    ("missing: [a, a]", SchemaError.duplicate(path: "s.yaml", line: 6, name: "a")),
    (
      "missing: {a: b}",
      .wrongValue(
        path: "s.yaml", line: 6, key: "missing", expected: "a text, or a list of texts",
        found: "a mapping")
    ),
  ])
  func refusesOtherThings(line: String, error: SchemaError) {
    #expect(throws: error) { try DatasetSchema(yaml: Table().schema + "\n" + line, path: "s.yaml") }
  }
}
