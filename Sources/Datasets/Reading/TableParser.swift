import Foundation
import Tensors

/// Which columns of a file are wanted, as text or as numbers.
struct WantedColumns {
  /// Places of the columns that are numbered by their texts, or by groups of their numbers.
  var texts: [(column: Int, grouping: NumberGrouping?)] = []
  /// Places of the columns that are read as numbers.
  var numbers: [Int] = []
  /// The place of the column that is read as times.
  var time: Int?
  /// The names of all columns, for messages.
  var names: [String]
  /// Which texts mean a missing value.
  var missing: MissingTexts
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
  var numbers: [[Double]]
  /// Each row's time; none where no column is read as times.
  var times: [Double] = []
  /// What stopped the parser, with the byte where the row starts.
  var failure: (offset: Int, error: RowError)?

  /// What can be wrong with a row.
  enum RowError {
    case fields(found: Int)
    case notANumber(column: Int, found: String)
    case notATime(column: Int, found: String)
    case openQuote
    case textAfterQuote
  }
}

/// Parses a range of rows of a delimited file.
struct TableParser {
  let format: TableFormat
  let wanted: WantedColumns
  /// By place, what a column is read as.
  private let uses: [Uses]
  private let textPlace: [Int]
  private let numberPlace: [Int]
  private let groups: [[GroupedColumn]]
  private let missing: [MissingMarks]
  private let fields: FieldScanner

  init(format: TableFormat, wanted: WantedColumns) {
    self.format = format
    self.wanted = wanted
    let count = wanted.names.count
    var uses = [Uses](repeating: [], count: count)
    var textPlace = [Int](repeating: -1, count: count)
    var numberPlace = textPlace
    var groups = [[GroupedColumn]](repeating: [], count: count)
    for (place, (column, grouping)) in wanted.texts.enumerated() {
      uses[column].insert(grouping == nil ? .text : .groups)
      if let grouping {
        groups[column].append(GroupedColumn(grouping, place: place))
      } else {
        textPlace[column] = place
      }
    }
    for (place, column) in wanted.numbers.enumerated() {
      uses[column].insert(.number)
      numberPlace[column] = place
    }
    if let time = wanted.time { uses[time].insert(.time) }
    self.uses = uses
    self.groups = groups
    self.textPlace = textPlace
    self.numberPlace = numberPlace
    missing = wanted.names.map { MissingMarks(wanted.missing[$0]) }
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
      if let end = Self.emptyLine(bytes, at) {
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
  static func emptyLine(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int? {
    if bytes[at] == newline { return at + 1 }
    if bytes[at] == carriage, at + 1 == bytes.count || bytes[at + 1] == newline {
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
    guard column < uses.count, !uses[column].isEmpty else { return nil }
    let uses = uses[column]
    if uses.contains(.text) {
      let place = textPlace[column]
      let id = missing[column].withCanonical(field) { chunk.interners[place].id(of: $0) }
      chunk.texts[place].append(id)
    }
    if uses.contains(.groups), let error = takeGroups(field, column, &chunk) { return error }
    if uses.contains(.time) {
      guard let time = TimeText.parse(field) else {
        return .notATime(column: column, found: String(decoding: field, as: UTF8.self))
      }
      chunk.times.append(time)
    }
    return uses.contains(.number) ? takeNumber(field, column, &chunk) : nil
  }

  private func takeNumber(
    _ field: UnsafeBufferPointer<UInt8>, _ column: Int, _ chunk: inout ParsedChunk
  ) -> ParsedChunk.RowError? {
    if missing[column].contains(field) {
      chunk.numbers[numberPlace[column]].append(.nan)
      return nil
    }
    guard let number = NumberText.parse(field) else {
      return .notANumber(column: column, found: String(decoding: field, as: UTF8.self))
    }
    chunk.numbers[numberPlace[column]].append(number)
    return nil
  }

  /// A missing number stays the missing text.
  private func takeGroups(
    _ field: UnsafeBufferPointer<UInt8>, _ column: Int, _ chunk: inout ParsedChunk
  ) -> ParsedChunk.RowError? {
    let isMissing = missing[column].contains(field)
    let number = isMissing ? 0 : NumberText.exact(field)
    guard let number, number.isFinite else {
      return .notANumber(column: column, found: String(decoding: field, as: UTF8.self))
    }
    for group in groups[column] {
      let id =
        isMissing
        ? missing[column].withCanonical(field) { chunk.interners[group.place].id(of: $0) }
        : group.id(of: number, &chunk.interners[group.place])
      chunk.texts[group.place].append(id)
    }
    return nil
  }

  /// What a column is read as; several at once are possible.
  private struct Uses: OptionSet {
    let rawValue: UInt8
    static let text = Self(rawValue: 1)
    static let number = Self(rawValue: 2)
    static let groups = Self(rawValue: 4)
    static let time = Self(rawValue: 8)
  }

  static let newline = UInt8(ascii: "\n")
  static let carriage = UInt8(ascii: "\r")
  static let quote = UInt8(ascii: "\"")
}
