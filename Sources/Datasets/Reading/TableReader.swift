import Foundation
import Runs
import Tensors

/// A file, parsed in parallel: parts of it in the order of its rows.
struct TableReader {
  let path: String
  let format: TableFormat
  private let bytes: Data
  /// The names of the columns.
  let names: [String]
  private let bodyStart: Int
  private let partBytes: Int

  /// Bytes in a part: enough to keep threads busy, and the same for any number of threads.
  static let usualPartBytes = 4 << 20

  init(
    path: String, bytes: Data, format: TableFormat, partBytes: Int = Self.usualPartBytes
  ) throws(ReaderError) {
    self.path = path
    self.bytes = bytes
    self.format = format
    self.partBytes = partBytes
    guard !Self.isUTF16(bytes) else {
      throw .unreadable(path: path, reason: "UTF-16 text where UTF-8 is needed")
    }
    let start = bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
    guard start < bytes.count else { throw .emptyFile(path: path) }
    guard format.hasHeader else {
      names = format.columnNames
      bodyStart = start
      return
    }
    let header = bytes.withUnsafeBytes { raw in
      Self.header(raw.bindMemory(to: UInt8.self), start, FieldScanner(format))
    }
    if let error = header.error { throw Self.error(error, path: path, line: 1, names: []) }
    names = header.names
    bodyStart = header.end
    guard bodyStart < bytes.count else { throw .headerOnly(path: path) }
  }

  /// The place of a column.
  func place(of column: String) throws(ReaderError) -> Int {
    if let place = names.firstIndex(of: column) {
      guard place == names.lastIndex(of: column) else {
        throw .repeatedColumn(path: path, column: column)
      }
      return place
    }
    throw .missingColumn(
      path: path, column: column, found: names, near: nearest(to: column, in: names))
  }

  /// Parses all rows; `progress` is called with the share of bytes done.
  func parse(
    _ columns: UsedColumns, pool: WorkerPool, progress: @escaping (Double) -> Void
  ) throws(ReaderError) -> [ParsedChunk] {
    let parser = TableParser(format: format, wanted: try wanted(columns))
    let chunks = bytes.withUnsafeBytes { raw -> [ParsedChunk] in
      let all = raw.bindMemory(to: UInt8.self)
      let ranges = parts(of: all)
      let found = ParallelMap<ParsedChunk>(count: ranges.count) { parser.parse(all, ranges[$0]) }
      found.run(on: pool) { progress(Double($0) / Double(ranges.count)) }
      return found.results
    }
    for chunk in chunks {
      guard let failure = chunk.failure else { continue }
      let line = self.line(of: failure.offset)
      throw Self.error(failure.error, path: path, line: line, names: names)
    }
    guard chunks.contains(where: { $0.rows > 0 }) else {
      throw format.hasHeader ? .headerOnly(path: path) : .emptyFile(path: path)
    }
    return chunks
  }

  private func wanted(_ columns: UsedColumns) throws(ReaderError) -> WantedColumns {
    var wanted = WantedColumns(names: names, missing: columns.missing)
    for column in columns.texts {
      wanted.texts.append((try place(of: column.name), column.grouping))
    }
    for column in columns.numbers { wanted.numbers.append(try place(of: column)) }
    if let column = columns.time { wanted.time = try place(of: column) }
    return wanted
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private static func isUTF16(_ bytes: Data) -> Bool {
    bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
  }

  /// The names in the first row, and the byte behind it.
  private static func header(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ fields: FieldScanner
  ) -> (names: [String], end: Int, error: ParsedChunk.RowError?) {
    var names: [String] = []
    var end = start
    var buffer: [UInt8] = []
    let error = fields.scan(bytes, &end, &buffer) {
      names.append(String(decoding: $0, as: UTF8.self))
    }
    return (names, end, error)
  }

  /// Cuts the body into parts that begin with a row.
  ///
  /// Without quotes any line break ends a row; with quotes rows must be followed from the first.
  private func parts(of bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    let fields = FieldScanner(format)
    var starts = [bodyStart]
    var at = bodyStart
    while at < bytes.count {
      let nominal = (starts.last ?? 0) + partBytes
      if !format.isQuoted { at = max(at, min(nominal, bytes.count) - 1) }
      at = fields.rowEnd(bytes, from: at)
      if at >= nominal, at < bytes.count { starts.append(at) }
    }
    return zip(starts, starts.dropFirst() + [bytes.count]).map { $0..<$1 }
  }

  /// The line that a row starts in, rows counted from 0 and lines from 1; found by going through
  /// the file.
  func line(ofRow row: Int) -> Int {
    bytes.withUnsafeBytes { raw in
      let all = raw.bindMemory(to: UInt8.self)
      let fields = FieldScanner(format)
      var at = bodyStart
      var left = row
      while at < all.count {
        if let end = TableParser.emptyLine(all, at) {
          at = end
          continue
        }
        if left == 0 { break }
        left -= 1
        at = fields.rowEnd(all, from: at)
      }
      return line(of: at)
    }
  }

  /// The line that a byte is in, counted from 1 through the whole file.
  private func line(of offset: Int) -> Int {
    1 + bytes[..<offset].count { $0 == TableParser.newline }
  }

  private static func error(
    _ error: ParsedChunk.RowError, path: String, line: Int, names: [String]
  ) -> ReaderError {
    switch error {
    case .fields(let found):
      .shortRow(path: path, line: line, found: found, expected: names.count)
    case .notANumber(let column, let found):
      .notANumber(path: path, line: line, column: names[column], found: found)
    case .notATime(let column, let found):
      .notATime(path: path, line: line, column: names[column], found: found)
    case .openQuote: .openQuote(path: path, line: line)
    case .textAfterQuote: .textAfterQuote(path: path, line: line)
    }
  }
}
