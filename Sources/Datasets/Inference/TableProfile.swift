import Foundation

/// A file, looked at from its first row to its last.
struct TableProfile {
  /// The path as a person gave it.
  let path: String
  /// How it is written.
  let dialect: Dialect
  /// Where its columns' names come from, if it has no header and its form is known.
  let known: KnownTable?
  /// Its columns.
  var columns: [ColumnSummary]
  /// Rows, a header aside.
  let rows: Int

  /// Looks at a file.
  ///
  /// - Throws: ``ReaderError`` for a file that cannot be read or holds no table.
  init(path: String) throws(ReaderError) {
    let bytes = try InferenceBytes(path)
    self.path = path
    guard let dialect = Dialect(bytes.beginning, path: path) else {
      throw .emptyFile(path: path)
    }
    self.dialect = dialect
    known = dialect.hasHeader ? nil : KnownTable(path: path, first: dialect.first)
    let names =
      dialect.hasHeader
      ? dialect.first.map(\.trimmingBlanks)
      : known?.names ?? dialect.first.indices.map { "column\($0 + 1)" }
    if let repeated = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw .repeatedColumn(path: path, column: repeated)
    }
    var format = TableFormat()
    format.set(dialect, names)
    var profiles = names.map(ColumnProfile.init)
    try bytes.forEachRow(format, columns: names.count) { profiles[$0].add($1) }
    // A column without a name, such as the row numbers of pandas, cannot be named in a schema.
    columns = profiles.filter { !$0.name.isEmpty }.map(ColumnSummary.init)
    rows = profiles.first?.rows ?? 0
    guard rows > 0 else { throw .headerOnly(path: path) }
  }

  /// The columns' names.
  var names: [String] { columns.map(\.name) }

  /// The file's name without its folder and its endings.
  var base: String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.split(separator: ".").first.map(String.init) ?? name
  }

  func column(_ name: String) -> ColumnSummary? { columns.first { $0.name == name } }
}

extension TableFormat {
  /// As a dialect says.
  mutating func set(_ dialect: Dialect, _ names: [String]) {
    delimiter = dialect.delimiter
    isQuoted = true
    trimsBlanks = dialect.hasBlanks
    hasHeader = dialect.hasHeader
    if !hasHeader { columnNames = names }
  }
}

/// The rows of a file that inference looks at, of which memory holds a block at a time.
struct InferenceBytes {
  private let path: String
  private let source: PeekedSource
  /// The first bytes, which tell how a file is written.
  private let head: [UInt8]

  private static let headBytes = 1 << 18
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  init(_ path: String) throws(ReaderError) {
    self.path = path
    source = try PeekedSource.text(of: FileSource(path, hint: nil), path: path)
    var head = [UInt8](repeating: 0, count: Self.headBytes)
    var count = 0
    while count < head.count {
      let got = try head.fill(from: source, at: count)
      if got == 0 { break }
      count += got
    }
    head.removeLast(head.count - count)
    self.head = head.starts(with: Self.byteOrderMark) ? Array(head.dropFirst(3)) : head
  }

  /// The first bytes as text, up to the end of a line where there is one.
  var beginning: String {
    let end = head.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? head.count
    let isWhole = head.count < Self.headBytes - Self.byteOrderMark.count
    return String(decoding: isWhole ? head[...] : head[..<end], as: UTF8.self)
  }

  /// Calls `body` with the place and the bytes of each field of each row but the header; once only.
  ///
  /// - Throws: ``ReaderError`` for a row of another number of fields, or one that cannot be read.
  func forEachRow(
    _ format: TableFormat, columns: Int, _ body: (Int, UnsafeBufferPointer<UInt8>) -> Void
  ) throws(ReaderError) {
    let fields = FieldScanner(format, path: path)
    let blocks = RowBlocks(
      source, path: path, fields: fields, blockBytes: TableReader.usualPartBytes)
    blocks.giveBack(head[...])
    var isHeader = format.hasHeader
    var line = 1
    while let block = try blocks.next() {
      let failure: ReaderError? = block.withUnsafeBufferPointer { all in
        var at = 0
        var buffer: [UInt8] = []
        while at < all.count {
          if let end = TableParser.emptyLine(all, at) {
            at = end
            line += 1
            continue
          }
          let start = at
          var column = 0
          let broken = fields.scan(all, &at, &buffer) { field in
            if !isHeader, column < columns { body(column, field) }
            column += 1
          }
          isHeader = false
          if let broken { return error(broken, line) }
          guard column == columns else {
            return .shortRow(path: path, line: line, found: column, expected: columns)
          }
          line += TableParser.lines(all[start..<at])
        }
        return nil
      }
      if let failure { throw failure }
    }
  }

  private func error(_ broken: ParsedChunk.RowError, _ line: Int) -> ReaderError {
    guard case .textAfterQuote(let next) = broken else { return .openQuote(path: path, line: line) }
    return .textAfterQuote(path: path, line: line, delimiter: TableHeader.delimiter(next))
  }
}
