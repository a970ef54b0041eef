import Foundation
import Testing

@testable import Datasets

/// Labels, sample spaces, vocabularies, moments and splits.
@Suite struct LabelTests {
  private static let csv = """
    day,color,size,age,click,watch
    1,red,1,10,0,?
    1,blue,3,18,1,3
    1,blue,?,30,1,0
    1,green,1,40,0,?
    2,blue,9,50,1,7
    2,black,?,5,0,?
    3,red,9,60,1,1

    """

  private static func schema(_ tasks: String, columns: String = "color: {type: categorical}")
    -> String
  {
    """
    name: t
    files: {all: t.csv}
    missing: "?"
    columns: {\(columns)}
    tasks: {\(tasks)}
    split: {column: day, validation: 2, test: 3}
    """
  }

  private func load(_ tasks: String, columns: String = "color: {type: categorical}") throws
    -> Dataset
  {
    try Table(csv: Self.csv, schema: Self.schema(tasks, columns: columns), partBytes: 20).load()
  }

  @Test(arguments: [
    ("{column: click}", [0, 1, 1, 0], [1, 0]),
    ("{column: age, atLeast: 18}", [0, 1, 1, 1], [1, 0]),
    ("{column: age, equals: 30}", [0, 0, 1, 0], [0, 0]),
    ("{column: age, in: [10, 40, 5]}", [1, 0, 0, 1], [0, 1]),
    ("{column: age, kind: regression}", [10, 18, 30, 40], [50, 5]),
    ("{column: watch, kind: regression, space: {column: click}}", [0, 3, 0, 0], [7, 0]),
    (
      "{column: watch, kind: regression, log1p: true, space: {column: click, equals: 1}}",
      [0, Float(4).logarithm, 0, 0], [Float(8).logarithm, 0]
    ),
    ("{column: age, kind: regression, divide: 10, cap: 3.5}", [1, 1.8, 3, 3.5], [3.5, 0.5]),
    (
      "{column: age, kind: regression, divide: 10, cap: 3, log1p: true}",
      [Float(2).logarithm, Float(2.8).logarithm, Float(4).logarithm, Float(4).logarithm],
      [Float(4).logarithm, Float(1.5).logarithm]
    ),
  ])
  func computesLabels(task: String, training: [Float], validation: [Float]) throws {
    let data = try load("t: \(task)")
    #expect(data.labels(data.training).map { $0.map(Self.rounded) } == [training.map(Self.rounded)])
    #expect(
      data.labels(data.validation).map { $0.map(Self.rounded) } == [validation.map(Self.rounded)])
  }

  private static func rounded(_ number: Float) -> Float { (number * 1e5).rounded() }

  @Test func marksSampleSpaces() throws {
    let data = try load(
      """
      a: {column: click},
      w: {column: watch, kind: regression, space: {column: click}},
      old: {column: click, space: {column: age, atLeast: 18}},
      m: {column: click, space: {column: watch, atLeast: -1}, kind: regression,
          labelMissing: skip}
      """)
    #expect(
      data.training.spaces?.array == [1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0])
    #expect(data.validation.spaces?.array == [1, 1, 1, 1, 1, 0, 0, 0])
  }

  @Test func numbersCategoriesByCountThenName() throws {
    let data = try load(
      "t: {column: click}",
      columns: "color: {type: categorical, minimumCount: 1}, size: {type: categorical}")
    #expect(data.features.fields[0].categories == ["", "blue", "green", "red"])
    #expect(data.training.ids.array == [3, 1, 1, 0, 1, 0, 2, 1])
    // 'black' is unseen; 'red' in the test rows was seen once in training.
    #expect(data.validation.ids.array == [1, 0, 0, 0])
    #expect(data.inputs(ofRow: 1, in: data.validation)[0].value == "(rare or unseen)")
    #expect(try load("t: {column: click}").features.fields[0].categories == ["", "blue"])
  }

  @Test func standardisesByTheTrainingRows() throws {
    let data = try load(
      "t: {column: click}", columns: "size: {type: numeric, log1p: true, indicator: true}")
    let mean = 5.0 / 3
    let deviation = ((2 * 4.0 / 9 + 16.0 / 9) / 3).squareRoot()
    let (two, four) = (log(2.0), log(4.0))
    let logMean = (2 * two + four) / 3
    let squares = [two, two, four].map { ($0 - logMean) * ($0 - logMean) }
    let logDeviation = (squares.reduce(0, +) / 3).squareRoot()
    let expected: [DenseFeature.Form] = [
      .value(mean: mean, deviation: deviation),
      .logarithm(mean: logMean, deviation: logDeviation), .indicator,
    ]
    #expect(data.features.dense.map(\.column) == ["size", "size", "size"])
    for (form, wanted) in zip(data.features.dense.map(\.form), expected) {
      #expect(form.isNear(wanted))
    }
    // A missing number is the mean and not above 0.
    #expect(Array(data.training.dense.array[6..<9]) == [0, 0, 0])
    #expect(data.inputs(ofRow: 0, in: data.test) == [InputValue(name: "size", value: "9")])
  }

  @Test func showsNumbersAsTheyWere() throws {
    let numbers = ["99999", "-0.25", "0", "123.4567", "0.1", "7"]
    let rows = numbers.map { "\($0),1,x" } + ["0.5,2,v", "0.5,2,t"]
    var table = Table(csv: "price,click,split\n" + rows.joined(separator: "\n"))
    table.schema = table.schema
      .replacing("user: {type: categorical, minimumCount: 1}, ", with: "")
      .replacing("{column: click}", with: "{column: click, kind: regression}")
    let data = try table.load()
    let shown = numbers.indices.map { data.inputs(ofRow: $0, in: data.training)[0].value }
    // Beside 99,999 the float of a small number keeps about three decimals.
    #expect(shown[0] == "99999")
    for (shown, number) in zip(shown, numbers) {
      let difference = try #require(Double(shown)) - (Double(number) ?? 0)
      #expect(abs(difference) < 0.01)
    }
  }

  @Test(arguments: [
    ("{column: watch, kind: regression}", missing("watch", 3, line: 2)),
    ("{column: size, atLeast: 2}", missing("size", 2, line: 4)),
    (
      "{column: size, kind: regression, space: {column: day, in: [1, 2], }}",
      missing("size", 2, line: 4)
    ),
    (
      "{column: size, kind: regression, space: {column: age, in: [10, 18, 5]}}",
      missing("size", 1, line: 7)
    ),
    ("{column: age}", notBinary("age", ["10", "18", "30", "40", "5", "50", "60"])),
    ("{column: age, atLeast: 5}", .oneClass(task: "t", rows: 4, value: 1)),
    ("{column: age, equals: 5}", .oneClass(task: "t", rows: 4, value: 0)),
    ("{column: click, space: {column: click}}", .oneClass(task: "t", rows: 2, value: 1)),
    (
      "{column: click, space: {column: age, atLeast: 45}}",
      .noRows(split: "training", data: "task 't'")
    ),
  ])
  func refusesLabels(task: String, error: ReaderError) {
    #expect(throws: error) { try load("t: \(task)") }
  }

  @Test func refusesAnEmptySplit() {
    for (value, split) in [("2", "3"), ("3", "2")] {
      let csv = Self.csv.replacing("\n\(value),", with: "\n1,")
      let values = [ValueCount("1", value == "2" ? 6 : 5), ValueCount(split, value == "2" ? 1 : 2)]
      let absent = LabelError.absent(.split, column: "day", named: [value], values: values)
      #expect(throws: ReaderError.label(absent)) {
        try Table(csv: csv, schema: Self.schema("t: {column: click}")).load()
      }
    }
    let csv = Self.csv.replacing("\n1,", with: "\n2,")
    #expect(throws: ReaderError.noRows(split: "training", data: "t")) {
      try Table(csv: csv, schema: Self.schema("t: {column: click}")).load()
    }
  }

  @Test func aRecipeMayNotUseALabelAsInput() throws {
    var schema = try DatasetSchema(yaml: Self.schema("t: {column: click}"), path: "s")
    schema.columns.append(.init("click", .numeric(log1p: false, indicator: false)))
    let files = ["t.csv": Data(Self.csv.utf8)]
    #expect(throws: ReaderError.labelIsInput(column: "click", task: "t")) {
      try DatasetLoader(schema, from: .memory(files), threads: 1).load()
    }
    schema.columns[1].isInputDespiteLabel = true
    let data = try DatasetLoader(schema, from: .memory(files), threads: 1).load()
    #expect(data.training.dense.array == [-1, 1, 1, -1])
  }

  @Test func halvesTheTestFileByParity() throws {
    let schema = """
      name: t
      files: {training: a.csv, test: b.csv}
      columns: {x: {type: categorical}}
      tasks: {y: {column: y, kind: regression}}
      """
    let files = [
      "a.csv": Data("x,y\na,0\n".utf8), "b.csv": Data("y,x\n1,a\n\n2,a\n3,a\n4,a\n5,a\n".utf8),
    ]
    for partBytes in [1, 1000] {
      var loader = DatasetLoader(
        try DatasetSchema(yaml: schema, path: "s"), from: .memory(files), threads: 2)
      loader.partBytes = partBytes
      let data = try loader.load()
      #expect(data.labels(data.training) == [[0]])
      #expect(data.labels(data.validation) == [[1, 3, 5]])
      #expect(data.labels(data.test) == [[2, 4]])
    }
  }

  @Test func sharesRowsOutByRatio() throws {
    let rows = (0..<20_000).map { "a,\($0)" }.joined(separator: "\n")
    let schema = """
      name: t
      files: {all: t.csv}
      columns: {x: {type: categorical}}
      tasks: {y: {column: y, kind: regression}}
      split: {ratio: {validation: 0.1, test: 0.2, seed: 5}}
      """
    let data = try Table(csv: "x,y\n" + rows, schema: schema, partBytes: 5000).load()
    // Three deviations of a binomial count are 127 and 170.
    #expect(abs(data.validation.count - 2000) < 127)
    #expect(abs(data.test.count - 4000) < 170)
    let all = [data.training, data.validation, data.test].flatMap { data.labels($0)[0] }.sorted()
    #expect(all.map { $0.rounded() } == (0..<20_000).map(Float.init))
  }
}

private func missing(_ column: String, _ rows: Int, line: Int) -> ReaderError {
  .label(
    .missing(
      .label(task: "t"), column: column, rows: rows, first: RowLocation("t.csv", line), values: [],
      least: column == "watch" ? 0 : 1))
}

private func notBinary(_ column: String, _ values: [String]) -> ReaderError {
  .label(
    .notBinary(
      task: "t", column: column, values: values.map { ValueCount($0, 1) },
      first: RowLocation("t.csv", 2)))
}

extension Float {
  /// log of the number, rounded to a float as labels are.
  fileprivate var logarithm: Float { log1p(self - 1) }
}

extension DenseFeature.Form {
  fileprivate func isNear(_ other: Self) -> Bool {
    switch (self, other) {
    case (.value(let mean, let deviation), .value(let otherMean, let otherDeviation)),
      (.logarithm(let mean, let deviation), .logarithm(let otherMean, let otherDeviation)):
      abs(mean - otherMean) < 1e-12 && abs(deviation - otherDeviation) < 1e-12
    case (.indicator, .indicator): true
    default: false
    }
  }
}
