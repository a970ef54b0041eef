import Foundation
import Testing

@testable import Datasets

/// What a file may look like.
@Suite struct ReaderTests {
  private static let plain = Table.rows

  @Test func readsATable() throws {
    let data = try Table(csv: Self.plain).load()
    #expect(data.name == "table")
    #expect(data.tasks == [TaskDefinition(name: "click", kind: .binary)])
    #expect(data.features.fields == [CategoricalField(name: "user", categories: ["", "a", "b"])])
    #expect(
      data.features.dense == [
        DenseFeature(column: "price", form: .value(mean: 1.5, deviation: 0.5))
      ])
    #expect(data.training.ids.array == [1, 2])
    #expect(data.training.dense.array == [-1, 1])
    #expect(data.training.labels.array == [0, 1])
    #expect(data.training.spaces == nil)
    // 'c' was not seen in training.
    #expect(data.validation.ids.array == [1])
    #expect(data.test.ids.array == [0])
    #expect(data.test.dense.array == [7])
  }

  /// Forms of the same table.
  @Test(arguments: [
    ("no line break at the end", String(plain.dropLast())),
    ("CRLF", plain.replacing("\n", with: "\r\n")),
    ("CRLF, none at the end", String(plain.dropLast()).replacing("\n", with: "\r\n")),
    ("byte order mark", "\u{FEFF}" + plain),
    ("empty lines", plain.replacing("\n", with: "\n\n\r\n")),
  ])
  func readsOtherForms(name: String, csv: String) throws {
    #expect(try Table(csv: csv).load().contents == Table(csv: Self.plain).load().contents)
  }

  @Test func readsQuotedFields() throws {
    let csv = """
      "user","price",click,split\r
      "x ""y"", z
      second line","1",0,x\r
      5" disk,2,"1",x
      "",3,1,"v"
      "x ""y"", z
      second line",5,0,t
      """
    let table = Table(csv: csv)
    let data = try table.load()
    #expect(
      data.features.fields[0].categories == ["", "5\" disk", "x \"y\", z\nsecond line"])
    #expect(data.training.ids.array == [2, 1])
    #expect(data.test.ids.array == [2])
    #expect(data.inputs(ofRow: 0, in: data.training)[0].value == "x \"y\", z\nsecond line")
  }

  @Test func quotesAreCharactersUnlessTheSchemaSaysSo() throws {
    var table = Table(csv: Self.plain.replacing("a,", with: "\"a,"))
    #expect(throws: ReaderError.textAfterQuote(path: "t.csv", line: 2)) { try table.load() }
    table.schema += "\nquoted: false"
    #expect(try table.load().features.fields[0].categories == ["", "\"a", "b"])
  }

  @Test func dropsBlanksAroundFields() throws {
    let csv = Self.plain.replacing(",", with: " ,\t ").replacing("b", with: " \"b\" ")
    var table = Table(csv: csv)
    table.schema += "\ntrim: true"
    #expect(try table.load().contents == Table(csv: Self.plain).load().contents)
  }

  @Test func readsNamesFromTheSchemaWhereThereIsNoHeader() throws {
    var table = Table(
      csv: "\u{FEFF}" + Self.plain.split(separator: "\n").dropFirst().joined(separator: "\n"))
    table.schema += "\ncolumnNames: [user, price, click, split]"
    #expect(try table.load().contents == Table(csv: Self.plain).load().contents)
  }

  @Test func missingNumbersCountAsTheMean() throws {
    var table = Table(csv: Self.plain.replacing("c,5", with: "c,NA") + "a,NA,0,x\n")
    table.schema += "\nmissing: NA"
    let data = try table.load()
    #expect(data.training.dense.array == [-1, 1, 0])
    #expect(data.test.dense.array == [0])
  }

  @Test func bytesThatAreNotUTF8AreCategoriesLikeOthers() throws {
    var bytes = Data("user,price,click,split\n".utf8)
    for (name, rest) in [(0xE9, "1,0,x"), (0xE8, "2,1,x"), (0xE9, "3,1,v"), (0xE8, "5,0,t")] {
      bytes += [UInt8(name)] + Data(",\(rest)\n".utf8)
    }
    let data = try Table(bytes: bytes).load()
    #expect(data.features.fields[0].categories == ["", "\u{FFFD}", "\u{FFFD}"])
    #expect(data.notices.count == 1)
    #expect(data.notices[0].hasPrefix("user: 2 categories are not UTF-8, such as '\u{FFFD}'"))
    #expect(data.training.ids.array == [1, 2])
    #expect(data.validation.ids.array == [1])
    #expect(data.test.ids.array == [2])
  }

  @Test func readsHugeFields() throws {
    let huge = String(repeating: "x", count: 3 << 20)
    let data = try Table(csv: Self.plain.replacing("a,", with: huge + ","), partBytes: 1000).load()
    #expect(data.features.fields[0].categories.map(\.utf8.count) == [0, 1, 3 << 20])
  }

  @Test func readsOneRowASplit() throws {
    var table = Table(csv: "user,price,click,split\na,1,4,x\na,2,5,v\na,3,6,t")
    table.schema.replace("{column: click}", with: "{column: click, kind: regression}")
    let data = try table.load()
    #expect([data.training, data.validation, data.test].map(\.count) == [1, 1, 1])
    // A number that does not vary is shifted only.
    #expect(data.training.dense.array == [0])
    #expect(data.test.dense.array == [2])
    #expect(data.test.labels.array == [2] && data.labels(data.test) == [[6]])
  }

  @Test(arguments: [
    ("", ReaderError.emptyFile(path: "t.csv")),
    ("\u{FEFF}", .emptyFile(path: "t.csv")),
    ("user,price,click,split", .headerOnly(path: "t.csv")),
    ("user,price,click,split\n", .headerOnly(path: "t.csv")),
    ("user,price,click,split\n\r\n\n", .headerOnly(path: "t.csv")),
    (
      "user,prize,click,split\na,1,0,x\n",
      .missingColumn(
        path: "t.csv", column: "price",
        header: HeaderFacts(
          count: 4, names: ["user", "prize", "click", "split"], cause: .near("prize")))
    ),
    ("user,price,click,split,price\na,1,0,x,1\n", .repeatedColumn(path: "t.csv", column: "price")),
    (plain + "d,4,0\n", .shortRow(path: "t.csv", line: 6, found: 3, expected: 4)),
    (
      plain + "\n\nd,4,0,x,\n",
      .shortRow(path: "t.csv", line: 8, found: 5, expected: 4, cause: .trailingDelimiter)
    ),
    (plain + "d,0,x", .shortRow(path: "t.csv", line: 6, found: 3, expected: 4)),
    (plain + "d,x,0", .shortRow(path: "t.csv", line: 6, found: 3, expected: 4)),
    (
      plain.replacing("b,2", with: "b,two"),
      .notANumber(path: "t.csv", line: 3, column: "price", found: "two")
    ),
    (
      plain.replacing("2,1", with: "2,yes"),
      .label(
        .text(
          .label(task: "click"), rule: .value, column: "click", found: "yes",
          first: RowLocation("t.csv", 3)))
    ),
  ])
  func refusesBadFiles(csv: String, error: ReaderError) {
    for partBytes in [1, 7, TableReader.usualPartBytes] {
      #expect(throws: error) { try Table(csv: csv, partBytes: partBytes).load() }
    }
  }

  @Test(arguments: [
    ("\"a\nb\",1,0,x\n\"c,1,0,x\n", ReaderError.openQuote(path: "t.csv", line: 4)),
    ("\"a\",1,0,\"x", .openQuote(path: "t.csv", line: 2)),
    ("\"a\",1,0,\"x\"\"", .openQuote(path: "t.csv", line: 2)),
    ("\"a\",1,0,\"", .openQuote(path: "t.csv", line: 2)),
    ("\"a\nb\",1,0,x\n\"c\"d,1,0,x\n", .textAfterQuote(path: "t.csv", line: 4)),
    ("a,1,0,\"x\"y\n", .textAfterQuote(path: "t.csv", line: 2)),
    ("\"a\n\nb\",1,0,x\nc,1,0\n", .shortRow(path: "t.csv", line: 5, found: 3, expected: 4)),
  ])
  func refusesBadQuotes(rows: String, error: ReaderError) {
    for partBytes in [1, 7, TableReader.usualPartBytes] {
      var table = Table(csv: "user,price,click,split\n" + rows, partBytes: partBytes)
      table.schema += "\nquoted: true"
      #expect(throws: error) { try table.load() }
    }
  }

  @Test func refusesUTF16() {
    let bytes = Data([0xFF, 0xFE]) + Data("user".utf8)
    #expect(
      throws: ReaderError.file(.notText(path: "t.csv", kind: .utf16))
    ) { try Table(bytes: bytes).load() }
  }

  @Test(arguments: [
    ("1", 1), ("-2.5", -2.5), ("+3", 3), (".5", 0.5), ("7.", 7), ("1e3", 1000), ("-1.5E-2", -0.015),
    ("0.1234567890123456789", 0.123456789012345678),
    ("1700000300", 1_700_000_300), ("9007199254740993", 9_007_199_254_740_992),
    ("1672531200.123456", 1_672_531_200.123456), ("12345678901234567890123", 1.2345678901234568e22),
    ("007", 7), ("-0", -0.0),
  ])
  func readsNumbers(text: String, number: Double) {
    #expect(Array(text.utf8).withUnsafeBufferPointer { NumberText.parse($0) } == number)
  }

  @Test(arguments: [
    "", "-", "+", ".", "e5", "1e", "1,5", "1 ", " 1", "0x10", "nan", "inf", "1e39", "1e999",
    "1.2.3",
    "--1", "1_000", "١",
  ])
  func refusesWhatIsNoNumber(text: String) {
    #expect(Array(text.utf8).withUnsafeBufferPointer { NumberText.parse($0) } == nil)
  }
}
