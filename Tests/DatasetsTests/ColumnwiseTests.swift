import Foundation
import Tensors
import Testing

@testable import Datasets

/// Rows that are parsed column by column are those that are parsed one after another: the same
/// columns, lines and dictionaries, and where something is wrong with them, nothing.
@Suite struct ColumnwiseTests {
  /// A way to write tables, and bytes that its parser might stumble on.
  struct Form: CustomStringConvertible, Sendable {
    var delimiter = ","
    var isQuoted = true
    var trimsBlanks = false
    var missing = [""]
    let description: String

    var format: TableFormat {
      var format = TableFormat()
      format.delimiter = delimiter
      format.isQuoted = isQuoted
      format.trimsBlanks = trimsBlanks
      format.missing = missing
      return format
    }

    static let all = [
      Form(description: "quoted"),
      Form(isQuoted: false, description: "plain"),
      Form(trimsBlanks: true, missing: ["?", "", "7"], description: "trimmed"),
      Form(delimiter: "::", description: "two bytes"),
      Form(delimiter: " ", trimsBlanks: true, missing: ["NA", "-1", ""], description: "blanks"),
      Form(delimiter: "\t", isQuoted: false, trimsBlanks: true, description: "tabs"),
    ]
  }

  /// A text; one that is a number too; a number; what is not read; the whole part of a number.
  private static func parser(_ form: Form) -> TableParser {
    var wanted = WantedColumns(
      names: ["a", "b", "c", "d", "e"], missing: MissingTexts(form.format, []))
    wanted.texts = [(0, nil), (1, nil), (4, .wholePart(divisor: 10))]
    wanted.numbers = [1, 2]
    return TableParser(format: form.format, path: "t.csv", wanted: wanted)
  }

  /// Rows of five fields, some of them wrong in some tables.
  private static func table(_ form: Form, seed: UInt64) -> [UInt8] {
    let random = RandomSource(seed: seed, .test)
    var draws: UInt64 = 0
    func one(of texts: [String]) -> String {
      draws += 1
      return texts[random.index(below: texts.count, draws)]
    }
    let texts = ["a", "bc", "", "5\"", "longer than eight", "\u{FFFD}é", "a b", "\r"]
    let plain = texts.filter { !$0.contains(form.delimiter) }
    let inQuotes = [
      "\"a\"", "\"\"", "\"x\(form.delimiter)\ny\"", "\"\"\"\"", "\"5\"\"\"", "\"\r\n\"",
    ]
    let numbers = ["1", "-2.5", "", "12345678", "123456789", "1e3", "0.1", "007", "7", "-1"]
    let ends = ["\n", "\n", "\r\n", "\n\n", "\n\r\n"]
    let isWrong = seed % 3 == 0
    var text = ""
    for _ in 0..<random.index(below: 80, 0, 7) {
      var fields = [
        one(of: plain + (form.isQuoted ? inQuotes : [])), one(of: numbers),
        form.isQuoted ? one(of: numbers + ["\"4\"", "\"\""]) : one(of: numbers), one(of: plain),
        one(of: numbers),
      ]
      if form.trimsBlanks, form.delimiter != " " {
        fields[0] = one(of: [" ", ""]) + fields[0] + " "
      }
      if isWrong, one(of: (0..<60).map(String.init)) == "0" {
        fields = one(of: ["x", ""]).isEmpty ? fields.dropLast() : fields + ["\"", "x"]
      }
      text += fields.joined(separator: form.delimiter) + one(of: ends)
    }
    return Array(text.utf8)
  }

  /// Expects the same of both ways; whether the rows were in order.
  @discardableResult
  private static func check(_ bytes: [UInt8], _ parser: TableParser, _ note: String) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      let slow = parser.rowwise(bytes)
      let quick = parser.columnwise(bytes)
      guard slow.failure == nil else {
        #expect(quick == nil, "\(note): what is wrong was not seen")
        return false
      }
      guard let quick else {
        Issue.record("\(note): what is right was left to the slow way")
        return true
      }
      #expect(Contents(quick) == Contents(slow), "\(note)")
      return true
    }
  }

  @Test(arguments: Form.all) func rowsAreTheSame(_ form: Form) {
    let parser = Self.parser(form)
    var right = 0
    for seed in UInt64(1)...90 {
      let bytes = Self.table(form, seed: seed)
      if Self.check(bytes, parser, "\(form), seed \(seed)") { right += 1 }
    }
    #expect(right > 0 && right < 90, "\(right) of 90 tables are in order: neither none nor all")
  }

  /// Cut at any byte, in a field, in quotes or between the bytes of a delimiter.
  @Test(arguments: Form.all) func endsAnywhere(_ form: Form) {
    let parser = Self.parser(form)
    for seed in [2, 4] as [UInt64] {
      let bytes = Self.table(form, seed: seed)
      for end in 0...min(bytes.count, 600) {
        Self.check(Array(bytes[..<end]), parser, "\(form), seed \(seed), \(end) bytes")
      }
    }
  }

  /// Bytes without any order, of those that mean something.
  @Test(arguments: Form.all) func bytesMayBeAny(_ form: Form) {
    let parser = Self.parser(form)
    let alphabet = Array((form.delimiter + form.delimiter + "\"\"\n\r 12").utf8)
    for seed in UInt64(1)...1500 {
      let random = RandomSource(seed: seed, .test)
      let bytes = (0..<12).map { alphabet[random.index(below: alphabet.count, UInt64($0))] }
      Self.check(bytes, parser, "\(form), seed \(seed)")
    }
  }

  /// More rows than a batch holds, and more marks than are looked for at once.
  @Test(arguments: [true, false]) func batchesFollowOneAnother(isQuoted: Bool) {
    let rows = (0..<5000).map { row -> String in
      let first = isQuoted && row % 7 == 0 ? "\"\(row)\"\"\n\"" : "\(row % 300)"
      return "\(first),\(row % 50),\(Double(row) / 8),,\(row % 400)\n"
        + (row % 900 == 0 ? "\n" : "")
    }
    let parser = Self.parser(Form(description: ""))
    #expect(Self.check(Array(rows.joined().utf8), parser, "5000 rows"))
  }
}

/// All of a chunk that later steps see.
private struct Contents: Equatable {
  let rows: Int
  let lines: Int
  let texts: [[Int32]]
  let names: [[[UInt8]]]
  let numbers: [[UInt64]]
  let jumps: [[Int32]]

  init(_ chunk: ParsedChunk) {
    rows = chunk.rows
    lines = chunk.lines
    texts = chunk.texts
    names = chunk.interners.map { texts in
      (0..<texts.count).map { id in texts.withBytes(id) { Array($0) } }
    }
    numbers = chunk.numbers.map { $0.map(\.bitPattern) }
    jumps = chunk.lineJumps.map { [$0.row, $0.more] }
  }
}
