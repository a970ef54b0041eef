import Foundation
import Tensors

/// Which columns of a file are wanted, as text or as numbers.
struct WantedColumns {
  /// The indices of the columns that are numbered by their texts, or by groups of their numbers.
  var texts: [(column: Int, grouping: NumberGrouping?)] = []
  /// The indices of the columns that are read as numbers.
  var numbers: [Int] = []
  /// The index of the column whose texts are cut into words, and how they are.
  var words: (column: Int, rule: DatasetSchema.Text)?
  /// The index of the column that is read as times.
  var time: Int?
  /// What its numbers count; nil: their size tells.
  var timeUnit: TimeUnit?
  /// What the times are read for, for messages.
  var timePurpose = TimePurpose.split
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
  /// Each row's text in words; nil where no column is read as words.
  var words: TokenColumn?
  /// Each row's time in nanoseconds since 1970; none where no column is read as times.
  var times: [Int64] = []
  /// The units of the times, each with the first row that has it.
  var timeUnits: [(unit: TimeUnit, row: Int, text: String)] = []
  /// The file.
  var path = ""
  /// The line of the file that the chunk begins in, counted from 1.
  var firstLine = 1
  /// Lines of the chunk.
  var lines = 0
  /// How many more lines than rows lie before a row, wherever that changes: at empty lines and at
  /// line breaks inside of quotes.
  var lineJumps: [(row: Int32, more: Int32)] = []
  /// Where the columns lie; nil of columns in memory.
  var stored: StoredChunk?
  /// What stopped the parser, with the line where the row starts, counted from 0.
  var failure: (line: Int, error: RowError)?

  /// What can be wrong with a row.
  enum RowError {
    case fields(found: Int, cause: RowCause?)
    case notANumber(column: Int, found: String)
    case notATime(column: Int, found: String)
    case openQuote
    case textAfterQuote(UInt8)
    case json(JSONFault)
  }
}

/// Why a row has another number of fields than the header.
public enum RowCause: Sendable, Hashable {
  /// It has quotes, which the schema says are none.
  case quotes
  /// It ends in a delimiter, and the header does not.
  case trailingDelimiter
  /// Another delimiter makes as many fields of it as there should be.
  case delimiter(String)
  /// The names are the schema's.
  case columnNames
}

extension ParsedChunk {
  /// No rows yet of the wanted columns.
  init(for wanted: WantedColumns) {
    self.init(
      texts: wanted.texts.map { _ in [] }, interners: wanted.texts.map { _ in ByteInterner() },
      numbers: wanted.numbers.map { _ in [] }, words: wanted.words.map { TokenColumn($0.rule) })
  }

  /// Makes room for about so many rows at once, as columns that grow are copied again and again.
  mutating func reserve(_ rows: Int) {
    let rows = rows + rows / 16
    for index in texts.indices { texts[index].reserveCapacity(rows) }
    for index in numbers.indices { numbers[index].reserveCapacity(rows) }
  }

  /// Remembers the line of the row that begins now, if it is not the one behind the last row's.
  mutating func noteLine() {
    let more = Int32(truncatingIfNeeded: lines - rows)
    if more != (lineJumps.last?.more ?? 0) { lineJumps.append((Int32(rows), more)) }
  }

  /// The line of the file that a row begins in, counted from 1.
  func line(ofRow row: Int) -> Int {
    firstLine + row + Int(lineJumps.last { $0.row <= row }?.more ?? 0)
  }
}

/// Parses whole rows of a file into columns.
protocol RowParser: Sendable {
  /// What is read of the file.
  var wanted: WantedColumns { get }
  /// Parses rows, up to the first one that is wrong.
  func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> ParsedChunk
}

/// Parses rows of a delimited file.
struct TableParser: RowParser {
  let format: TableFormat
  let wanted: WantedColumns
  private let columns: ColumnIntake
  private let fields: FieldScanner

  init(format: TableFormat, path: String, wanted: WantedColumns) {
    self.format = format
    self.wanted = wanted
    columns = ColumnIntake(wanted)
    fields = FieldScanner(format, path: path)
  }

  /// Parses rows.
  func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> ParsedChunk {
    columnwise(bytes) ?? rowwise(bytes)
  }

  /// Parses rows some hundreds at a time, column by column; nil where something is wrong with them,
  /// which ``rowwise(_:)`` knows to say.
  func columnwise(_ bytes: UnsafeBufferPointer<UInt8>) -> ParsedChunk? {
    guard bytes.count <= MarkStream.mostBytes else { return nil }
    var chunk = ParsedChunk(for: wanted)
    var rows = RowCutter(bytes, fields.knowing(bytes), columns: wanted.names.count)
    let room = ColumnRoom(rows: rows.most)
    while let isThere = rows.next(&chunk, { columns.take($0, &$1, room) }) {
      if isThere { continue }
      for index in chunk.interners.indices { chunk.interners[index].close() }
      return chunk
    }
    return nil
  }

  /// Parses rows one after another, up to the first one that is wrong.
  func rowwise(_ bytes: UnsafeBufferPointer<UInt8>) -> ParsedChunk {
    var chunk = ParsedChunk(for: wanted)
    let fields = fields.knowing(bytes)
    var at = 0
    var unquoted: [UInt8] = []
    while at < bytes.count {
      if let end = Self.emptyLine(bytes, at) {
        at = end
        chunk.lines += 1
        continue
      }
      chunk.noteLine()
      let start = at
      if let error = parseRow(bytes, &at, fields, into: &chunk, &unquoted) {
        chunk.failure = (chunk.lines, error)
        return chunk
      }
      chunk.rows += 1
      chunk.lines += fields.isQuoted ? Self.lines(bytes[start..<at]) : 1
    }
    return chunk
  }

  /// The lines of a row, of which quotes may hold several.
  static func lines(_ row: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
    let breaks = row.count { $0 == newline }
    return breaks + (row.last == newline ? 0 : 1)
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
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, _ fields: FieldScanner,
    into chunk: inout ParsedChunk, _ unquoted: inout [UInt8]
  ) -> ParsedChunk.RowError? {
    let start = at
    var column = 0
    var noNumber: ParsedChunk.RowError?
    let broken = fields.scan(bytes, &at, &unquoted) { field in
      if let error = columns.take(field, column, &chunk), noNumber == nil { noNumber = error }
      column += 1
    }
    if let broken { return broken }
    guard column != wanted.names.count else { return noNumber }
    return .fields(found: column, cause: cause(bytes[start..<at], found: column))
  }

  /// Why a row has too many or too few fields.
  private func cause(_ row: Slice<UnsafeBufferPointer<UInt8>>, found: Int) -> RowCause? {
    if !format.isQuoted, row.contains(Self.quote) { return .quotes }
    let text = String(decoding: row, as: UTF8.self).trimmingCharacters(in: .newlines)
    let expected = wanted.names.count
    if found == expected + 1, text.hasSuffix(fields.text) { return .trailingDelimiter }
    if found == 1 {
      let others = ["\t", ";", "|", "::", ","].filter { $0 != fields.text }
      let better = others.first { text.components(separatedBy: $0).count == expected }
      if let better { return .delimiter(better) }
    }
    if !format.hasHeader { return .columnNames }
    return nil
  }

  static let newline = UInt8(ascii: "\n")
  static let carriage = UInt8(ascii: "\r")
  static let quote = UInt8(ascii: "\"")
}
