/// Finds the fields of a row, and where rows end: the only place that knows quotes, delimiters and
/// line breaks.
///
/// A quote opens a quoted field only where a field begins (behind blanks, if blanks are dropped);
/// elsewhere it is a character as any other.
struct FieldScanner {
  private let delimiter: UInt8
  private let isQuoted: Bool
  private let trimsBlanks: Bool

  init(_ format: TableFormat) {
    delimiter = format.delimiter
    isQuoted = format.isQuoted
    trimsBlanks = format.trimsBlanks
  }

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
        while at < bytes.count, bytes[at] != delimiter, bytes[at] != TableParser.newline { at += 1 }
        var field = UnsafeBufferPointer(rebasing: bytes[start..<at])
        let isLast = at == bytes.count || bytes[at] == TableParser.newline
        if isLast, field.last == TableParser.carriage { field = .init(rebasing: field.dropLast()) }
        body(trimsBlanks ? trimmed(field) : field)
      }
      guard at < bytes.count, bytes[at] == delimiter else { break }
      at += 1
    }
    if at < bytes.count { at += 1 }
    return nil
  }

  /// The byte behind the row at a byte, found without reading its fields.
  func rowEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var at = start
    guard isQuoted else {
      while at < bytes.count, bytes[at] != TableParser.newline { at += 1 }
      return min(at + 1, bytes.count)
    }
    while at < bytes.count {
      if let open = openingQuote(bytes, at) { at = closingQuote(bytes, open) }
      while at < bytes.count, bytes[at] != delimiter, bytes[at] != TableParser.newline { at += 1 }
      guard at < bytes.count else { break }
      at += 1
      if bytes[at - 1] == TableParser.newline { break }
    }
    return at
  }

  /// The quote that opens the field at a byte, if one does.
  private func openingQuote(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
    var at = start
    if trimsBlanks {
      while at < bytes.count, isBlank(bytes[at]), bytes[at] != delimiter { at += 1 }
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
    at = end
    if trimsBlanks {
      while at < bytes.count, isBlank(bytes[at]), bytes[at] != delimiter { at += 1 }
    }
    if at < bytes.count, bytes[at] == TableParser.carriage { at += 1 }
    let isEnd = at == bytes.count || bytes[at] == TableParser.newline || bytes[at] == delimiter
    return isEnd ? nil : .textAfterQuote
  }

  /// Whether the quotes from `open` to `end` pair up: only the last of the file may not.
  private func isClosed(
    _ bytes: UnsafeBufferPointer<UInt8>, _ open: Int, _ end: Int
  ) -> Bool {
    guard end == bytes.count else { return true }
    return bytes[open..<end].count { $0 == TableParser.quote } % 2 == 0
  }

  private func trimmed(_ field: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var start = 0
    var end = field.count
    while start < end, isBlank(field[start]) { start += 1 }
    while end > start, isBlank(field[end - 1]) { end -= 1 }
    return UnsafeBufferPointer(rebasing: field[start..<end])
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
