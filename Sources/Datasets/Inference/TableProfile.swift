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
    let bytes = try InferenceBytes.read(path)
    self.path = path
    guard let dialect = Dialect(InferenceBytes.beginning(bytes), path: path) else {
      throw .emptyFile(path: path)
    }
    self.dialect = dialect
    known = dialect.hasHeader ? nil : KnownTable(path: path, first: dialect.first)
    let names =
      dialect.hasHeader
      ? dialect.first.map(\.trimmingBlanks)
      : known?.names ?? dialect.first.indices.map { "column\($0 + 1)" }
    var format = TableFormat()
    format.set(dialect, names)
    var profiles = names.map(ColumnProfile.init)
    try InferenceBytes.forEachRow(bytes, format, path: path, columns: names.count) {
      profiles[$0].add($1)
    }
    columns = profiles.map(ColumnSummary.init)
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
    delimiter = dialect.delimiter.utf8.first ?? delimiter
    isQuoted = true
    trimsBlanks = dialect.hasBlanks
    hasHeader = dialect.hasHeader
    if !hasHeader { columnNames = names }
  }
}

/// Reads what inference looks at.
enum InferenceBytes {
  /// Bytes of the beginning that tell how a file is written.
  private static let beginning = 1 << 18

  static func read(_ path: String) throws(ReaderError) -> Data {
    try FileBytes.read(path, hint: nil)
  }

  /// The first bytes as text, up to the end of a line where there is one.
  static func beginning(_ bytes: Data) -> String {
    var start = bytes.prefix(beginning)
    if start.starts(with: [0xEF, 0xBB, 0xBF]) { start = start.dropFirst(3) }
    let end = start.lastIndex(of: UInt8(ascii: "\n")).map { start.index(after: $0) }
    let whole = bytes.count > beginning ? start[..<(end ?? start.endIndex)] : start
    return String(decoding: whole, as: UTF8.self)
  }

  /// Calls `body` with the place and the bytes of each field of each row but the header.
  ///
  /// - Throws: ``ReaderError`` for a row of another number of fields, or one that cannot be read.
  static func forEachRow(
    _ bytes: Data, _ format: TableFormat, path: String, columns: Int,
    _ body: (Int, UnsafeBufferPointer<UInt8>) -> Void
  ) throws(ReaderError) {
    let fields = FieldScanner(format)
    let failure: ReaderError? = bytes.withUnsafeBytes { raw in
      let all = raw.bindMemory(to: UInt8.self)
      var at = all.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      var buffer: [UInt8] = []
      var isHeader = format.hasHeader
      while at < all.count {
        if let end = TableParser.emptyLine(all, at) {
          at = end
          continue
        }
        let start = at
        var column = 0
        let skips = isHeader
        let broken = fields.scan(all, &at, &buffer) { field in
          if !skips, column < columns { body(column, field) }
          column += 1
        }
        isHeader = false
        let line = { 1 + all[..<start].count { $0 == TableParser.newline } }
        if case .openQuote? = broken { return .openQuote(path: path, line: line()) }
        if broken != nil { return .textAfterQuote(path: path, line: line()) }
        guard column == columns else {
          return .shortRow(path: path, line: line(), found: column, expected: columns)
        }
      }
      return nil
    }
    if let failure { throw failure }
  }
}
