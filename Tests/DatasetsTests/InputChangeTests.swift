import Testing

@testable import Datasets

/// One input of a row with another value, read as the schema reads its column.
@Suite struct InputChangeTests {
  private static let csv = """
    day,device,hour,tags,price,wage,click
    1,phone,130,a|b,1,100,1
    1,phone,145,b,2,300,0
    1,tablet,910,a|c,3,100,1
    1,tablet,1300,c,4,,0
    2,phone,130,a,9,500,1
    3,tablet,145,b,0.5,200,0

    """

  private func data() throws -> Dataset {
    try Table(
      csv: Self.csv,
      schema: """
        name: t
        files: {all: t.csv}
        missing: ["", "?"]
        columns:
          device: {type: categorical, minimumCount: 1}
          hour: {type: categorical, divide: 100, minimumCount: 1}
          tags: {type: categorical, separator: "|", minimumCount: 1}
          price: {type: categorical, buckets: 2}
          wage: {type: numeric, log1p: true, indicator: true}
        tasks: {click: {column: click}}
        split: {column: day, validation: 2, test: 3}
        """
    ).load()
  }

  private func changed(_ column: String, _ text: String) throws -> (ChangedRow, Dataset) {
    let data = try data()
    return (try data.row(0, of: data.validation, changing: column, to: text), data)
  }

  /// The ids of a changed row by field, and its numbers.
  private func contents(_ row: ChangedRow, _ data: Dataset) -> ([[Int32]], [Float]) {
    (
      data.features.fields.indices.map { row.examples.ids(ofRow: 0, field: $0) },
      row.examples.dense.array
    )
  }

  @Test(arguments: [
    ("device", "tablet", 0, ["tablet"], "tablet", [String]()),
    ("device", "watch", 0, ["(rare or unseen)"], "(rare or unseen)", ["watch"]),
    ("hour", "999", 1, ["9"], "9", []),
    ("hour", "2300", 1, ["(rare or unseen)"], "(rare or unseen)", ["23"]),
    ("tags", "c|b", 2, ["c", "b"], "c | b", []),
    ("tags", "c|zz|b", 2, ["c", "(rare or unseen)", "b"], "c | (rare or unseen) | b", ["zz"]),
    ("price", "1.5", 3, ["<3"], "<3", []), ("price", "3", 3, [">=3"], ">=3", []),
  ])
  func categories(
    column: String, text: String, field: Int, names: [String], value: String, unknown: [String]
  ) throws {
    let (row, data) = try changed(column, text)
    let (ids, numbers) = contents(row, data)
    #expect(ids[field].map { data.features.fields[field].name(of: Int($0)) } == names)
    #expect(row.value == value && row.unknown == unknown)
    for other in ids.indices where other != field {
      #expect(ids[other] == data.validation.ids(ofRow: 0, field: other), "field \(other)")
    }
    #expect(numbers == data.validation.dense.array)
    #expect(row.examples.count == 1 && row.examples.labels.array == [1])
  }

  /// Every feature that is made of a number follows it; a missing one counts as the mean.
  @Test func numbers() throws {
    let (row, data) = try changed("wage", "300")
    let (ids, numbers) = contents(row, data)
    #expect(numbers == data.features.dense.map { $0.form.apply(300) } && numbers.count == 3)
    #expect(numbers != data.validation.dense.array && row.value == "300")
    #expect(ids == data.features.fields.indices.map { data.validation.ids(ofRow: 0, field: $0) })
    let (missing, _) = try changed("wage", "?")
    #expect(missing.examples.dense.array == [0, 0, 0])
  }

  @Test(arguments: [
    ("wage", "much", InputChangeError.notANumber(column: "wage", found: "much")),
    ("price", "inf", .notANumber(column: "price", found: "inf")),
    ("hour", "noon", .notANumber(column: "hour", found: "noon")),
    (
      "devise", "x",
      .noInput("devise", known: ["device", "hour", "tags", "price", "wage", "wage", "wage"])
    ),
  ])
  func refusals(column: String, text: String, expected: InputChangeError) throws {
    let data = try data()
    let found = #expect(throws: InputChangeError.self) {
      try data.row(0, of: data.validation, changing: column, to: text)
    }
    #expect(found == expected)
  }

  @Test func words() {
    #expect(
      "\(InputChangeError.noInput("devise", known: ["device", "hour"]))"
        == "no input 'devise'; did you mean 'device'?")
    #expect(
      "\(InputChangeError.notANumber(column: "wage", found: "a\u{1B}"))"
        == "wage holds numbers, found 'a\\u{1B}'; give a number, as in 0.5")
  }

  @Test func sortKeysOfColumns() throws {
    let data = try data()
    #expect(
      data.sortKeys(of: "device", in: data.training) == [
        .text("phone"), .text("phone"), .text("tablet"), .text("tablet"),
      ])
    #expect(data.sortKeys(of: "hour", in: data.training)?.last == .number(13))
    #expect(data.sortKeys(of: "nothing", in: data.training) == nil)
    let wages = try #require(data.sortKeys(of: "wage", in: data.training))
    #expect(wages[0] == wages[2] && wages[0] < wages[1])
    let keys: [SortKey] = [.unknown, .text("b"), .number(10), .text("a"), .number(9)]
    #expect(keys.sorted() == [.number(9), .number(10), .text("a"), .text("b"), .unknown])
  }
}
