import Foundation
import Testing

@testable import Datasets

/// Forms in which people have tables.
@Suite struct TableFormTests {
  @Test(arguments: ["::", "|", ";", "\t", "||", "\u{1}", " ", "~^~"])
  func delimitersOfAnyLength(delimiter: String) throws {
    for partBytes in [1, 9, 1 << 20] {
      var table = Table(csv: Table.rows.replacing(",", with: delimiter), partBytes: partBytes)
      let escaped = delimiter.replacing("\t", with: "\\t").replacing("\u{1}", with: "\\u0001")
      table.schema += "\ndelimiter: \"\(escaped)\""
      #expect(try table.load().contents == Table(csv: Table.rows).load().contents)
    }
  }

  /// Half a delimiter is text, and one in quotes too.
  @Test func partsOfADelimiterAreText() throws {
    let csv =
      "user::price::click::split\na:b::1::0::x\n\"a::b\"::2::1::x\n\"c\"\"::\"::3::1::v\n"
      + "a:b::4::0::t"
    var table = Table(csv: csv)
    table.schema += "\ndelimiter: \"::\""
    let data = try table.load()
    #expect(data.features.fields[0].categories == ["", "a::b", "a:b"])
    #expect(data.test.ids.array == [2])
  }

  @Test(arguments: ["ab", "tab", "'\\t'", "a,", "comma", "\"\\r\\n\"", "\"\\\"\""])
  func refusesDelimitersThatAreNone(text: String) {
    #expect(throws: SchemaError.self) {
      try DatasetSchema(yaml: Table().schema + "\ndelimiter: \(text)", path: "s.yaml")
    }
  }

  @Test(arguments: [
    ("t.tsv", "\t"), ("T.TSV.gz", "\t"), ("t.tab", "\t"), ("a/b.tsv.gz", "\t"), ("t.csv", ","),
    ("tsv", ","), ("t.gz", ","), ("-", ","),
  ])
  func theNameTellsTheDelimiter(path: String, delimiter: String) {
    var format = TableFormat()
    #expect(format.delimiter(of: path) == delimiter)
    format.delimiter = ";"
    #expect(format.delimiter(of: path) == ";")
  }

  @Test func quotesMayHoldLineBreaksInAnyBlock() throws {
    let rows = (0..<40).map {
      "\"u\($0 % 3)\nx\",\($0),\($0 % 2),\(["x", "x", "v", "t"][$0 % 4])\r\n"
    }
    let csv = "user,\"pri\nce\",click,split\r\n" + rows.joined()
    var contents: Dataset.Contents?
    for partBytes in [1, 13, 64, 1 << 20] {
      var table = Table(csv: csv, partBytes: partBytes)
      table.schema.replace(
        "price: {type: numeric}", with: "price: {type: numeric, from: \"pri\\nce\"}")
      let data = try table.load()
      contents = contents ?? data.contents
      #expect(data.contents == contents)
      // The lines of a row with a break inside are counted.
      table.csv += "\"u\n\",zero,1,x\n"
      #expect(
        throws: ReaderError.notANumber(path: "t.csv", line: 83, column: "pri\nce", found: "zero")
      ) { try table.load() }
    }
  }

  @Test func blankLinesAreNoRows() throws {
    let csv = "\n\r\n" + Table.rows.replacing("\n", with: "\n\n") + "\n\r\n\n"
    #expect(try Table(csv: csv).load().contents == Table(csv: Table.rows).load().contents)
    #expect(throws: ReaderError.notANumber(path: "t.csv", line: 9, column: "price", found: "x")) {
      try Table(csv: csv.replacing("a,3", with: "a,x")).load()
    }
  }

  /// Memory does not grow with what gzip makes of nothing.
  @Test func aGreatManyBlankLinesTakeNoMemory() throws {
    let blank = gzip(Data(repeating: 0x0A, count: 4 << 20))
    let bytes = gzip(Data("user,price,click,split\n".utf8)) + blank
    #expect(throws: ReaderError.headerOnly(path: "t.csv")) { try Table(bytes: bytes).load() }
    let rows = gzip(Data(Table.rows.utf8)) + blank
    #expect(try Table(bytes: rows).load().contents == Table(csv: Table.rows).load().contents)
  }

  @Test func memoryIsCountedBeforeItEnds() throws {
    var chunk = ParsedChunk(
      rows: 1000, texts: [], interners: [], numbers: [[Double](repeating: 0, count: 1000)])
    chunk.path = "t.csv"
    var budget = MemoryBudget(available: 100_000)
    #expect(budget.available == 90_000)
    try budget.add(chunk, rowBytes: 12, path: "t.csv")
    try budget.add(chunk, rowBytes: 12, path: "t.csv")
    for _ in 0..<2 { try budget.add(chunk, rowBytes: 12, path: "t.csv") }
    let error = #expect(throws: ReaderError.self) {
      try budget.add(chunk, rowBytes: 12, path: "t.csv")
    }
    guard case .file(.tooLarge("t.csv", 5000, let needed, 90_000)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(needed >= 100_000)
  }

  @Test func aRowWithoutEndIsRefused() throws {
    let source = MemorySource(Data(repeating: 0x61, count: RowBlocks.rowLimit + 100))
    let blocks = RowBlocks(
      source, path: "t", fields: FieldScanner(TableFormat(), path: "t"), blockBytes: 1 << 20)
    #expect(throws: ReaderError.file(.rowTooLong(path: "t", bytes: RowBlocks.rowLimit))) {
      _ = try blocks.next()
    }
  }

  @Test(arguments: [false, true]) func pipesAreReadToTheirEnd(isPacked: Bool) throws {
    try withFolder { folder in
      let path = "\(folder)/pipe"
      #expect(mkfifo(path, 0o600) == 0)
      let text = Data(Table.rows.utf8)
      let bytes = isPacked ? gzip(text) : text
      let writer = Thread {
        guard let handle = FileHandle(forWritingAtPath: path) else { return }
        for byte in bytes { handle.write(Data([byte])) }
        try? handle.close()
      }
      writer.start()
      let schema = Table().schema.replacing("t.csv", with: path)
      let data = try DatasetLoader(
        DatasetSchema(yaml: schema, path: "s.yaml"), from: .folder(""), threads: 2
      ).load()
      #expect(data.contents == (try Table(csv: Table.rows).load().contents))
    }
  }

  @Test func anEmptyPipeIsAnEmptyFile() throws {
    #expect(throws: ReaderError.emptyFile(path: "/dev/null")) {
      try DatasetLoader(
        DatasetSchema(
          yaml: Table().schema.replacing("t.csv", with: "/dev/null"), path: "s.yaml"),
        from: .folder(""), threads: 1
      ).load()
    }
  }
}
