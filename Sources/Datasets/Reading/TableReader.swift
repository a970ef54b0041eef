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

  /// Bytes in a part: enough to keep threads busy, and the same for any number of threads.
  private static let partBytes = 4 << 20

  init(path: String, bytes: Data, format: TableFormat) throws(ReaderError) {
    self.path = path
    self.bytes = bytes
    self.format = format
    guard !bytes.isEmpty else { throw .emptyFile(path: path) }
    guard format.hasHeader else {
      names = format.columnNames
      bodyStart = 0
      return
    }
    let header = bytes.withUnsafeBytes { raw -> ([String], Int) in
      Self.header(raw.bindMemory(to: UInt8.self), format)
    }
    names = header.0
    bodyStart = header.1
    guard bodyStart < bytes.count else { throw .emptyFile(path: path) }
  }

  /// The place of a column.
  func place(of column: String) throws(ReaderError) -> Int {
    if let place = names.firstIndex(of: column) { return place }
    throw .missingColumn(
      path: path, column: column, found: names, near: nearest(to: column, in: names))
  }

  /// Parses all rows; `progress` is called with the share of bytes done.
  func parse(
    texts: [String], numbers: [String], pool: WorkerPool, progress: @escaping (Double) -> Void
  ) throws(ReaderError) -> [ParsedChunk] {
    var textPlaces: [Int] = []
    for column in texts { textPlaces.append(try place(of: column)) }
    var numberPlaces: [Int] = []
    for column in numbers { numberPlaces.append(try place(of: column)) }
    let parser = TableParser(
      format: format,
      wanted: WantedColumns(texts: textPlaces, numbers: numberPlaces, names: names))
    let chunks = bytes.withUnsafeBytes { raw -> [ParsedChunk] in
      let all = raw.bindMemory(to: UInt8.self)
      let ranges = parts(of: all)
      let found = ParallelMap<ParsedChunk>(count: ranges.count) { parser.parse(all, ranges[$0]) }
      found.run(on: pool) { progress(Double($0) / Double(ranges.count)) }
      return found.results
    }
    for chunk in chunks {
      if let failure = chunk.failure { throw error(failure.error, at: failure.offset) }
    }
    guard chunks.contains(where: { $0.rows > 0 }) else { throw .emptyFile(path: path) }
    return chunks
  }

  private static func header(
    _ bytes: UnsafeBufferPointer<UInt8>, _ format: TableFormat
  ) -> ([String], Int) {
    var inQuotes = false
    var end = 0
    while end < bytes.count, inQuotes || bytes[end] != TableParser.newline {
      if format.isQuoted, bytes[end] == TableParser.quote { inQuotes.toggle() }
      end += 1
    }
    var line = String(decoding: bytes[..<end], as: UTF8.self)
    if line.hasPrefix("\u{FEFF}") { line.removeFirst() }
    if line.hasSuffix("\r") { line.removeLast() }
    let delimiter = Character(UnicodeScalar(format.delimiter))
    let names = line.split(separator: delimiter, omittingEmptySubsequences: false).map { name in
      var name = format.trimsBlanks ? name.trimmingCharacters(in: .whitespaces) : String(name)
      if format.isQuoted, name.count >= 2, name.hasPrefix("\""), name.hasSuffix("\"") {
        name = name.dropFirst().dropLast().replacingOccurrences(of: "\"\"", with: "\"")
      }
      return name
    }
    return (names, min(end + 1, bytes.count))
  }

  /// Cuts the body into parts that begin with a row.
  private func parts(of bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    var starts = [bodyStart]
    var inQuotes = false
    var scanned = bodyStart
    for nominal in stride(from: bodyStart + Self.partBytes, to: bytes.count, by: Self.partBytes) {
      var at = max(nominal, scanned)
      if format.isQuoted {
        for byte in bytes[scanned..<at] where byte == TableParser.quote { inQuotes.toggle() }
      }
      while at < bytes.count, inQuotes || bytes[at] != TableParser.newline {
        if format.isQuoted, bytes[at] == TableParser.quote { inQuotes.toggle() }
        at += 1
      }
      scanned = min(at + 1, bytes.count)
      if scanned < bytes.count { starts.append(scanned) }
    }
    return zip(starts, starts.dropFirst() + [bytes.count]).map { $0..<$1 }
  }

  private func error(_ error: ParsedChunk.RowError, at offset: Int) -> ReaderError {
    let line = 1 + bytes[..<offset].reduce(0) { $0 + ($1 == TableParser.newline ? 1 : 0) }
    switch error {
    case .fields(let found):
      return .shortRow(path: path, line: line, found: found, expected: names.count)
    case .notANumber(let column, let found):
      return .notANumber(path: path, line: line, column: names[column], found: found)
    case .openQuote: return .openQuote(path: path)
    }
  }
}

/// A loop whose chunks each make a result.
final class ParallelMap<Result>: ParallelBody {
  private let slots: UnsafeMutableBufferPointer<Result?>
  private let make: (Int) -> Result
  private var offset = 0

  init(count: Int, _ make: @escaping (Int) -> Result) {
    self.make = make
    slots = .allocate(capacity: count)
    slots.initialize(repeating: nil)
  }

  deinit {
    slots.deinitialize()
    slots.deallocate()
  }

  override func run(chunk: Int, thread: Int) { slots[offset + chunk] = make(offset + chunk) }

  /// Makes all results, a few at a time; `done` hears how many there are.
  func run(on pool: WorkerPool, _ done: (Int) -> Void = { _ in }) {
    let step = pool.threads * 2
    for first in stride(from: 0, to: slots.count, by: step) {
      offset = first
      pool.run(self, chunks: min(step, slots.count - first))
      done(min(slots.count, first + step))
    }
  }

  /// The results in order.
  var results: [Result] { slots.compactMap { $0 } }
}
