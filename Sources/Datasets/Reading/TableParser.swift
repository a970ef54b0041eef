import Foundation
import Tensors

/// Which columns of a file are wanted, as text or as numbers.
struct WantedColumns {
  /// Places of the columns that are numbered by their texts.
  var texts: [Int]
  /// Places of the columns that are read as numbers.
  var numbers: [Int]
  /// The names of all columns, for messages.
  var names: [String]
}

/// The rows of one part of a file, column by column.
struct ParsedChunk {
  /// Rows.
  var rows = 0
  /// By text column: each row's number in ``interners``.
  var texts: [[Int32]]
  /// By text column: the texts.
  var interners: [ByteInterner]
  /// By number column: each row's number; NaN where it is missing.
  var numbers: [[Float]]
  /// What stopped the parser, with the byte where the row starts.
  var failure: (offset: Int, error: RowError)?

  /// What can be wrong with a row.
  enum RowError {
    case fields(found: Int)
    case notANumber(column: Int, found: String)
    case openQuote
    case textAfterQuote
  }
}

/// Parses a range of rows of a delimited file.
struct TableParser {
  let format: TableFormat
  let wanted: WantedColumns
  /// By place: 0 not wanted, 1 text, 2 number, 3 both.
  private let uses: [UInt8]
  private let textPlace: [Int]
  private let numberPlace: [Int]
  private let missing: [UInt8]
  private let fields: FieldScanner

  init(format: TableFormat, wanted: WantedColumns) {
    self.format = format
    self.wanted = wanted
    let count = wanted.names.count
    var uses = [UInt8](repeating: 0, count: count)
    var textPlace = [Int](repeating: -1, count: count)
    var numberPlace = textPlace
    for (place, column) in wanted.texts.enumerated() {
      uses[column] |= 1
      textPlace[column] = place
    }
    for (place, column) in wanted.numbers.enumerated() {
      uses[column] |= 2
      numberPlace[column] = place
    }
    self.uses = uses
    self.textPlace = textPlace
    self.numberPlace = numberPlace
    missing = Array(format.missing.utf8)
    fields = FieldScanner(format)
  }

  /// Parses the rows that start in a range of bytes.
  func parse(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> ParsedChunk {
    var chunk = ParsedChunk(
      texts: wanted.texts.map { _ in [] }, interners: wanted.texts.map { _ in ByteInterner() },
      numbers: wanted.numbers.map { _ in [] })
    var at = range.lowerBound
    var unquoted: [UInt8] = []
    while at < range.upperBound {
      if let end = emptyLine(bytes, at) {
        at = end
        continue
      }
      let start = at
      if let error = parseRow(bytes, &at, into: &chunk, &unquoted) {
        chunk.failure = (start, error)
        return chunk
      }
      chunk.rows += 1
    }
    return chunk
  }

  /// The byte behind an empty line that starts here; nil if the line is not empty.
  private func emptyLine(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int? {
    if bytes[at] == Self.newline { return at + 1 }
    if bytes[at] == Self.carriage, at + 1 == bytes.count || bytes[at + 1] == Self.newline {
      return min(at + 2, bytes.count)
    }
    return nil
  }

  /// Reads the row that starts at a byte.
  ///
  /// A wrong number of fields shifts the columns, so it counts before a text that is no number.
  private func parseRow(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, into chunk: inout ParsedChunk,
    _ unquoted: inout [UInt8]
  ) -> ParsedChunk.RowError? {
    var column = 0
    var noNumber: ParsedChunk.RowError?
    let broken = fields.scan(bytes, &at, &unquoted) { field in
      if let error = take(field, column, &chunk), noNumber == nil { noNumber = error }
      column += 1
    }
    if let broken { return broken }
    return column == wanted.names.count ? noNumber : .fields(found: column)
  }

  private func take(
    _ field: UnsafeBufferPointer<UInt8>, _ column: Int, _ chunk: inout ParsedChunk
  ) -> ParsedChunk.RowError? {
    guard column < uses.count, uses[column] != 0 else { return nil }
    if uses[column] & 1 != 0 {
      let place = textPlace[column]
      let id = chunk.interners[place].id(of: field)
      chunk.texts[place].append(id)
    }
    guard uses[column] & 2 != 0 else { return nil }
    if field.elementsEqual(missing) {
      chunk.numbers[numberPlace[column]].append(.nan)
      return nil
    }
    guard let number = NumberText.parse(field) else {
      return .notANumber(column: column, found: String(decoding: field, as: UTF8.self))
    }
    chunk.numbers[numberPlace[column]].append(number)
    return nil
  }

  static let newline = UInt8(ascii: "\n")
  static let carriage = UInt8(ascii: "\r")
  static let quote = UInt8(ascii: "\"")
}
