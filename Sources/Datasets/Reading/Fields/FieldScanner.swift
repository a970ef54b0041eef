import Foundation

/// Finds the fields of a row, and where rows end: the only place that knows quotes, delimiters and
/// line breaks.
///
/// A quote opens a quoted field only where a field begins (behind blanks, if blanks are dropped);
/// elsewhere it is a character as any other.
struct FieldScanner {
  /// The first byte of the delimiter.
  let delimiter: UInt8
  /// What is between fields, as text.
  let text: String
  /// The bytes of the delimiter behind the first.
  private let moreDelimiter: [UInt8]
  /// Whether a field may be quoted.
  private(set) var isQuoted: Bool
  /// Whether blanks around a field are no part of it.
  let trimsBlanks: Bool

  /// A scanner for the file at a path, whose name may say what the delimiter is.
  init(_ format: TableFormat, path: String) {
    text = format.delimiter(of: path)
    let bytes = Array(text.utf8)
    delimiter = bytes.first ?? UInt8(ascii: ",")
    moreDelimiter = Array(bytes.dropFirst())
    isQuoted = format.isQuoted
    trimsBlanks = format.trimsBlanks
  }

  /// A scanner that knows where rows end in a file whose every line is one.
  init(lines path: String) {
    var format = TableFormat()
    format.isQuoted = false
    self.init(format, path: path)
  }

  /// The scanner for these bytes alone: where there is no quote, nothing is quoted, and no byte need
  /// be looked at for that.
  func knowing(_ bytes: UnsafeBufferPointer<UInt8>) -> Self {
    guard isQuoted, let base = bytes.baseAddress else { return self }
    var scanner = self
    scanner.isQuoted = memchr(base, Int32(TableParser.quote), bytes.count) != nil
    return scanner
  }

  /// Whether every delimiter, and every line break, ends a field that holds all bytes before it: one
  /// byte between fields, no quotes, and blanks that count.
  var isPlain: Bool { !isQuoted && !trimsBlanks && moreDelimiter.isEmpty }

  /// Calls `body` with each field of the row at `at` and moves `at` behind the row.
  ///
  /// `buffer` holds a quoted field while `body` looks at it.
  @inline(__always)
  func scan(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, _ buffer: inout [UInt8],
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) -> ParsedChunk.RowError? {
    while true {
      if isQuoted, let open = openingQuote(bytes, at) {
        at = open
        if let error = unquote(bytes, &at, &buffer) { return error }
        buffer.withUnsafeBufferPointer { body(trimsBlanks ? trimmed($0) : $0) }
      } else {
        let start = at
        skipField(bytes, &at)
        var field = UnsafeBufferPointer(rebasing: bytes[start..<at])
        let isLast = at == bytes.count || bytes[at] == TableParser.newline
        if isLast, field.last == TableParser.carriage { field = .init(rebasing: field.dropLast()) }
        body(trimsBlanks ? trimmed(field) : field)
      }
      guard at < bytes.count, bytes[at] != TableParser.newline else { break }
      at += 1 + moreDelimiter.count
    }
    if at < bytes.count { at += 1 }
    return nil
  }

  /// Moves to the delimiter or the line break that ends a field without quotes, or to the end.
  @inline(__always)
  private func skipField(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) {
    while at < bytes.count, bytes[at] != TableParser.newline, !isDelimiter(bytes, at) { at += 1 }
  }

  /// Bytes of the delimiter.
  var delimiterCount: Int { 1 + moreDelimiter.count }

  /// Whether a delimiter begins at a byte.
  @inline(__always)
  func isDelimiter(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
    bytes[at] == delimiter
      && (moreDelimiter.isEmpty || bytes[(at + 1)...].starts(with: moreDelimiter))
  }

  /// The byte behind the last row that ends in these bytes; 0 if none does.
  ///
  /// Without quotes any line break ends a row; with quotes rows must be followed from the first.
  func lastRowEnd(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    guard isQuoted else {
      return bytes.lastIndex(of: TableParser.newline).map { $0 + 1 } ?? 0
    }
    var marks = MarkStream(bytes, delimiter: delimiter, isQuoted: true)
    var last = 0
    var start = 0
    while start < bytes.count {
      if let open = openingQuote(bytes, start) { _ = marks.skipQuoted(open) }
      while !isEnd(bytes, marks.offset) { marks.advance() }
      guard marks.offset < bytes.count else { return last }
      let isRow = bytes[marks.offset] == TableParser.newline
      start = marks.offset + (isRow ? 1 : delimiterCount)
      if isRow { last = start }
      marks.skip(to: start)
    }
    return last
  }

  /// Whether a field without quotes ends at a byte.
  @inline(__always)
  func isEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
    at == bytes.count || bytes[at] == TableParser.newline || isDelimiter(bytes, at)
  }

  /// The quote that opens the field at a byte, if one does.
  func openingQuote(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
    var at = start
    if trimsBlanks {
      while at < bytes.count, isBlank(bytes[at]), !isDelimiter(bytes, at) { at += 1 }
    }
    return at < bytes.count && bytes[at] == TableParser.quote ? at : nil
  }

  /// The byte behind the quote that closes the field which a quote opens; the end if none does.
  private func closingQuote(_ bytes: UnsafeBufferPointer<UInt8>, _ open: Int) -> Int {
    var at = open + 1
    while at < bytes.count {
      if bytes[at] == TableParser.quote {
        guard at + 1 < bytes.count, bytes[at + 1] == TableParser.quote else { return at + 1 }
        at += 1
      }
      at += 1
    }
    return at
  }

  /// Reads the field that a quote opens, and moves to the delimiter or the line break behind it.
  private func unquote(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, _ field: inout [UInt8]
  ) -> ParsedChunk.RowError? {
    field.removeAll(keepingCapacity: true)
    let end = closingQuote(bytes, at)
    guard end - at >= 2, isClosed(bytes, at, end) else { return .openQuote }
    var from = at + 1
    while from < end - 1 {
      field.append(bytes[from])
      from += bytes[from] == TableParser.quote ? 2 : 1
    }
    at = behind(bytes, quote: end - 1)
    let isEnd =
      at == bytes.count || bytes[at] == TableParser.newline || isDelimiter(bytes, at)
    return isEnd ? nil : .textAfterQuote(bytes[at])
  }

  /// The byte behind a closing quote, and behind what may stand between it and the end of its field.
  func behind(_ bytes: UnsafeBufferPointer<UInt8>, quote: Int) -> Int {
    var at = quote + 1
    if trimsBlanks {
      while at < bytes.count, isBlank(bytes[at]), !isDelimiter(bytes, at) { at += 1 }
    }
    if at < bytes.count, bytes[at] == TableParser.carriage { at += 1 }
    return at
  }

  /// Whether the quotes from `open` to `end` pair up: only the last of the file may not.
  private func isClosed(
    _ bytes: UnsafeBufferPointer<UInt8>, _ open: Int, _ end: Int
  ) -> Bool {
    guard end == bytes.count else { return true }
    return bytes[open..<end].count { $0 == TableParser.quote } % 2 == 0
  }

  private func trimmed(_ field: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: field[trimmed(field.indices, of: field)])
  }

  /// A field without the blanks around it.
  func trimmed(_ field: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
    var start = field.lowerBound
    var end = field.upperBound
    while start < end, isBlank(bytes[start]) { start += 1 }
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    return start..<end
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
