import Foundation
import Runs
import Tensors

/// A file, parsed in parallel block by block: parts of it in the order of its rows.
///
/// Memory holds the columns, and twice as many blocks as are parsed at once, never the whole file.
struct TableReader {
  let path: String
  let format: TableFormat
  /// What the first row says, or the schema in its place.
  private(set) var header: TableHeader
  /// Whether its lines are JSON objects.
  let isJSON: Bool
  private let blocks: RowBlocks
  /// Lines before the first row.
  private let skippedLines: Int

  /// Bytes in a block: enough to keep threads busy, and the same for any number of threads.
  static let usualPartBytes = 4 << 20

  /// How many blocks are parsed between two stops: several a thread where threads are few, since at a
  /// stop all wait for the last.
  static func blocksAtOnce(threads: Int) -> Int { max(threads, min(4 * threads, 8)) }

  /// Opens a file and reads its header.
  init(
    path: String, source: any ByteSource, format: TableFormat,
    partBytes: Int = Self.usualPartBytes
  ) throws(ReaderError) {
    self.path = path
    self.format = format
    isJSON = format.isJSON(path)
    let fields = isJSON ? FieldScanner(lines: path) : FieldScanner(format, path: path)
    blocks = RowBlocks(
      try PeekedSource.text(of: source, path: path, isJSON: isJSON), path: path, fields: fields,
      blockBytes: partBytes)
    (header, skippedLines) =
      isJSON
      ? (try TableHeader(keysOf: blocks, path: path), 0)
      : try Self.header(blocks, format, fields, path)
  }

  /// Reads the header and leaves the rows; behind empty lines, of which there may be many blocks.
  private static func header(
    _ blocks: RowBlocks, _ format: TableFormat, _ fields: FieldScanner, _ path: String
  ) throws(ReaderError) -> (TableHeader, lines: Int) {
    var lines = 0
    var mark: [UInt8] = byteOrderMark
    while let block = try blocks.next() {
      let start = block.starts(with: mark) ? mark.count : 0
      mark = []
      guard start < block.count else { continue }
      guard format.hasHeader else {
        let names = block.withUnsafeBufferPointer { TableHeader.read($0, from: start, fields) }
        guard names.header?.names != format.columnNames else { throw .headerIsThere(path: path) }
        blocks.giveBack(block[start...])
        return (TableHeader(schema: format), 0)
      }
      let found = block.withUnsafeBufferPointer { TableHeader.read($0, from: start, fields) }
      lines += found.lines
      guard let header = found.header else { continue }
      if let error = found.error {
        throw Self.error(
          error, path: path, line: lines, header: header, MissingTexts(format, []))
      }
      blocks.giveBack(block[found.end...])
      return (header, lines)
    }
    throw .emptyFile(path: path)
  }

  /// The index of a column.
  func index(of column: String, among wanted: [String]) throws(ReaderError) -> Int {
    guard let index = header.names.firstIndex(of: column) else {
      throw .missingColumn(
        path: path, column: column, header: header.facts(format, path, wanted: wanted))
    }
    guard index == header.names.lastIndex(of: column) else {
      throw .repeatedColumn(path: path, column: column)
    }
    return index
  }

  /// As a later file of a list is read, whose first file has all wanted columns: a wanted key that
  /// none of its first objects has is one that is absent, and so the missing value.
  ///
  /// Nothing is added to a file of fields, nor to one that has none of the wanted keys: that is
  /// another table.
  func lacking(_ columns: UsedColumns) -> Self {
    let lacking = columns.names.filter { !header.names.contains($0) }
    guard isJSON, lacking.count < columns.names.count else { return self }
    var reader = self
    reader.header = TableHeader(keys: header.names + lacking)
    return reader
  }

  /// Refuses a file without a wanted column.
  func check(_ columns: UsedColumns) throws(ReaderError) { _ = try wanted(columns) }

  /// Parses all rows.
  ///
  /// `progress` is called with the share of bytes done. A row takes `rowBytes` in the data set,
  /// besides its columns here.
  func parse(
    _ columns: UsedColumns, pool: WorkerPool, memory: inout MemoryBudget, rowBytes: Int,
    progress: (Double) -> Void
  ) throws(ReaderError) -> [ParsedChunk] {
    var cursor = try begin(columns)
    var chunks: [ParsedChunk] = []
    while let found = try next(&cursor, pool: pool) {
      for chunk in found {
        try memory.add(chunk, rowBytes: rowBytes, path: path)
        if chunk.rows > 0 { chunks.append(chunk) }
      }
      progress(share)
    }
    guard !chunks.isEmpty else {
      throw format.hasHeader && !isJSON ? .headerOnly(path: path) : .emptyFile(path: path)
    }
    return chunks
  }

  /// Where the reading of a file stands.
  struct Cursor {
    fileprivate let parser: any RowParser
    fileprivate var line: Int
    /// The share of the file that is parsed; what is read ahead is no part of it.
    fileprivate(set) var share = 0.0
    /// The blocks that are parsed next, once they are read.
    fileprivate var ahead: Result<[[UInt8]], ReaderError>?
  }

  /// The share of the file that is read.
  var share: Double { blocks.share }

  /// Begins with the first row.
  func begin(_ columns: UsedColumns) throws(ReaderError) -> Cursor {
    let wanted = try wanted(columns)
    return Cursor(
      parser: isJSON
        ? JSONLinesParser(wanted, trimsBlanks: format.trimsBlanks)
        : TableParser(format: format, path: path, wanted: wanted),
      line: skippedLines + 1)
  }

  /// The next blocks of rows, ``blocksAtOnce(threads:)`` at most; nil at the end.
  ///
  /// While they are parsed, the blocks behind them are read.
  func next(_ cursor: inout Cursor, pool: WorkerPool) throws(ReaderError) -> [ParsedChunk]? {
    let most = Self.blocksAtOnce(threads: pool.threads)
    let found = try (cursor.ahead ?? blocks.next(atMost: most)).get()
    guard !found.isEmpty else { return nil }
    // Nothing is read ahead of these blocks yet.
    cursor.share = share
    let loop = ParallelLoop(
      BlockParsing(found, cursor.parser, ahead: blocks, atMost: most))
    pool.run(loop, chunks: found.count + 1)
    cursor.ahead = loop.body.ahead
    var chunks = loop.body.chunks
    for index in chunks.indices {
      chunks[index].path = path
      chunks[index].firstLine = cursor.line
      cursor.line += chunks[index].lines
      guard let failure = chunks[index].failure else { continue }
      throw Self.error(
        failure.error, path: path, line: chunks[index].firstLine + failure.line, header: header,
        cursor.parser.wanted.missing, cursor.parser.wanted.timePurpose)
    }
    return chunks
  }

  private func wanted(_ columns: UsedColumns) throws(ReaderError) -> WantedColumns {
    var wanted = WantedColumns(names: header.names, missing: columns.missing)
    let names =
      columns.texts.map(\.name) + columns.numbers
      + [columns.time, columns.words?.source].compactMap { $0 }
    for column in columns.texts {
      wanted.texts.append((try index(of: column.name, among: names), column.grouping))
    }
    for column in columns.numbers { wanted.numbers.append(try index(of: column, among: names)) }
    if let rule = columns.words {
      wanted.words = (try index(of: rule.source, among: names), rule)
    }
    if let column = columns.time { wanted.time = try index(of: column, among: names) }
    wanted.timeUnit = columns.timeUnit
    wanted.timePurpose = columns.timePurpose
    return wanted
  }

  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private static func error(
    _ error: ParsedChunk.RowError, path: String, line: Int, header: TableHeader,
    _ missing: MissingTexts, _ purpose: TimePurpose = .split
  ) -> ReaderError {
    switch error {
    case .fields(let found, let cause):
      .shortRow(
        path: path, line: line, found: found, expected: header.names.count, cause: cause)
    case .notANumber(let column, let found):
      .notANumber(
        path: path, line: line, column: header.names[column], found: header.shown(found),
        missing: missing[header.names[column]])
    case .notATime(let column, let found):
      .notATime(
        path: path, line: line, column: header.names[column], found: header.shown(found),
        purpose: purpose)
    case .json(let fault): .json(path: path, line: line, fault)
    case .openQuote: .openQuote(path: path, line: line)
    case .textAfterQuote(let next):
      .textAfterQuote(path: path, line: line, delimiter: TableHeader.delimiter(next))
    }
  }
}
