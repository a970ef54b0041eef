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

  private func parseRow(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, into chunk: inout ParsedChunk,
    _ unquoted: inout [UInt8]
  ) -> ParsedChunk.RowError? {
    var column = 0
    while true {
      var field = UnsafeBufferPointer<UInt8>(rebasing: bytes[at..<at])
      if format.isQuoted, at < bytes.count, bytes[at] == Self.quote {
        guard unquote(bytes, &at, &unquoted) else { return .openQuote }
        if let error = unquoted.withUnsafeBufferPointer({ take($0, column, &chunk) }) {
          return error
        }
      } else {
        let start = at
        while at < bytes.count, bytes[at] != format.delimiter, bytes[at] != Self.newline { at += 1 }
        field = UnsafeBufferPointer(rebasing: bytes[start..<at])
        let isLast = at == bytes.count || bytes[at] == Self.newline
        if isLast, field.last == Self.carriage { field = .init(rebasing: field.dropLast()) }
        if let error = take(field, column, &chunk) { return error }
      }
      column += 1
      guard at < bytes.count, bytes[at] == format.delimiter else { break }
      at += 1
    }
    if at < bytes.count, bytes[at] == Self.carriage { at += 1 }
    if at < bytes.count, bytes[at] == Self.newline { at += 1 }
    return column == wanted.names.count ? nil : .fields(found: column)
  }

  /// Reads a quoted field; false if it does not end.
  private func unquote(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, _ field: inout [UInt8]
  ) -> Bool {
    field.removeAll(keepingCapacity: true)
    at += 1
    while at < bytes.count {
      if bytes[at] == Self.quote {
        guard at + 1 < bytes.count, bytes[at + 1] == Self.quote else {
          at += 1
          return true
        }
        at += 1
      }
      field.append(bytes[at])
      at += 1
    }
    return false
  }

  private func take(
    _ raw: UnsafeBufferPointer<UInt8>, _ column: Int, _ chunk: inout ParsedChunk
  ) -> ParsedChunk.RowError? {
    guard column < uses.count, uses[column] != 0 else { return nil }
    let field = format.trimsBlanks ? trimmed(raw) : raw
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
    chunk.numbers[numberPlace[column]].append(Float(number))
    return nil
  }

  private func trimmed(_ field: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var start = 0
    var end = field.count
    while start < end, field[start] == 0x20 || field[start] == 0x09 { start += 1 }
    while end > start, field[end - 1] == 0x20 || field[end - 1] == 0x09 { end -= 1 }
    return UnsafeBufferPointer(rebasing: field[start..<end])
  }

  static let newline = UInt8(ascii: "\n")
  static let carriage = UInt8(ascii: "\r")
  static let quote = UInt8(ascii: "\"")
}

/// Numbers from text.
enum NumberText {
  /// The number that a text spells in full; nil for anything else, infinities and NaN included.
  static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    var at = 0
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative || text.first == UInt8(ascii: "+") { at = 1 }
    var digits = 0.0
    var count = 0
    var scale = 1.0
    var hasPoint = false
    while at < text.count {
      let byte = text[at]
      if byte &- 0x30 < 10 {
        digits = digits * 10 + Double(byte &- 0x30)
        count += 1
        if hasPoint { scale *= 10 }
      } else if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        return slow(text)
      }
      at += 1
    }
    // Up to 15 digits both parts are exact, so the quotient is the nearest number.
    guard count > 0 else { return nil }
    guard count <= 15 else { return slow(text) }
    return (isNegative ? -digits : digits) / scale
  }

  private static func slow(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    guard let number = Double(String(decoding: text, as: UTF8.self)), number.isFinite else {
      return nil
    }
    return number
  }
}
