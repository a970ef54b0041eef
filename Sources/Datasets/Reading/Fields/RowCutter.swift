/// Cuts the rows of a block into fields, a batch of rows at a time.
///
/// It cuts what is as it should be: where a row has another number of fields than the header, or
/// quotes that are not in order, it says so and no more. ``FieldScanner`` then tells what is wrong.
struct RowCutter: ~Copyable {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let fields: FieldScanner
  private let columns: Int
  /// The most rows of a batch.
  let most: Int
  private var marks: MarkStream
  private let spans: UnsafeMutablePointer<FieldSpan>
  private var unquoted: [UInt8] = []
  /// The byte that the next row begins with.
  private var at = 0

  /// Fields of a batch: few enough for the second-level cache, with the rows that they lie in.
  private static let batchFields = 8192

  /// The rows of a block; `fields` knows whether there are quotes in it.
  init(_ bytes: UnsafeBufferPointer<UInt8>, _ fields: FieldScanner, columns: Int) {
    self.bytes = bytes
    self.fields = fields
    self.columns = columns
    most = max(8, Self.batchFields / max(columns, 1))
    marks = MarkStream(bytes, delimiter: fields.delimiter, isQuoted: fields.isQuoted)
    spans = .allocate(capacity: most * columns)
  }

  deinit { spans.deallocate() }

  /// Cuts the next rows, counts them and their lines in, and hands them over.
  ///
  /// - Returns: whether there were any; nil where one is not as it should be, or `body` says so.
  mutating func next(
    _ chunk: inout ParsedChunk, _ body: (FieldBatch, inout ParsedChunk) -> Bool
  ) -> Bool? {
    unquoted.removeAll(keepingCapacity: true)
    let (first, start) = (chunk.rows, at)
    var rows = 0
    while rows < most, at < bytes.count {
      if let end = TableParser.emptyLine(bytes, at) {
        at = end
        marks.skip(to: end)
        chunk.lines += 1
        continue
      }
      chunk.noteLine()
      let own = spans + rows * columns
      guard let lines = fields.isPlain ? cutPlain(own) : cut(own) else { return nil }
      rows += 1
      chunk.rows += 1
      chunk.lines += lines
    }
    guard rows > 0 else { return false }
    chunk.rows = first
    let likely = Int(Double(rows) * Double(bytes.count) / Double(at - start))
    let isRight = unquoted.withUnsafeBufferPointer {
      body(
        FieldBatch(
          bytes: bytes, unquoted: $0, spans: spans, columns: columns, rows: rows,
          likelyRows: likely), &chunk)
    }
    chunk.rows = first + rows
    return isRight ? true : nil
  }

  /// Cuts one row of fields that end at every mark; its one line, nil if it is not as it should be.
  @inline(__always)
  private mutating func cutPlain(_ spans: UnsafeMutablePointer<FieldSpan>) -> Int? {
    var start = at
    for column in 0..<(columns &- 1) {
      let end = marks.offset
      guard end < bytes.count, bytes[end] == fields.delimiter else { return nil }
      spans[column] = FieldSpan(from: start, to: end)
      start = end &+ 1
      marks.advance()
    }
    let end = marks.offset
    guard end == bytes.count || bytes[end] == TableParser.newline else { return nil }
    let hasCarriage = end > start && bytes[end &- 1] == TableParser.carriage
    spans[columns &- 1] = FieldSpan(from: start, to: hasCarriage ? end &- 1 : end)
    at = min(end &+ 1, bytes.count)
    marks.skip(to: at)
    return 1
  }

  /// Cuts one row; how many lines it has, nil if it is not as it should be.
  private mutating func cut(_ spans: UnsafeMutablePointer<FieldSpan>) -> Int? {
    var start = at
    var lines = 1
    for column in 0..<columns {
      if fields.isQuoted, let open = fields.openingQuote(bytes, start) {
        guard let field = quoted(open, &lines) else { return nil }
        spans[column] = field
      } else {
        while !fields.isEnd(bytes, marks.offset) { marks.advance() }
        spans[column] = FieldSpan(plain(start..<marks.offset))
      }
      let end = marks.offset
      let isLast = end == bytes.count || bytes[end] == TableParser.newline
      guard isLast == (column == columns - 1) else { return nil }
      start = end + (isLast ? 1 : fields.delimiterCount)
      marks.skip(to: start)
    }
    at = min(start, bytes.count)
    return lines
  }

  /// A field without quotes, without what is not of its text.
  @inline(__always)
  private func plain(_ field: Range<Int>) -> Range<Int> {
    var end = field.upperBound
    let isLast = end == bytes.count || bytes[end] == TableParser.newline
    if isLast, end > field.lowerBound, bytes[end - 1] == TableParser.carriage { end -= 1 }
    let found = field.lowerBound..<end
    return fields.trimsBlanks ? fields.trimmed(found, of: bytes) : found
  }

  /// The field that a quote opens; afterwards the next mark is the end behind it.
  private mutating func quoted(_ open: Int, _ lines: inout Int) -> FieldSpan? {
    guard let found = marks.skipQuoted(open) else { return nil }
    lines += found.breaks
    let behind = fields.behind(bytes, quote: found.close)
    guard fields.isEnd(bytes, behind) else { return nil }
    marks.skip(to: behind)
    let field = open + 1..<found.close
    guard found.hasQuotes else {
      return FieldSpan(fields.trimsBlanks ? fields.trimmed(field, of: bytes) : field)
    }
    return withoutQuotes(field)
  }

  /// A field in which two quotes are one.
  private mutating func withoutQuotes(_ field: Range<Int>) -> FieldSpan {
    let first = unquoted.count
    var from = field.lowerBound
    while from < field.upperBound {
      unquoted.append(bytes[from])
      from += bytes[from] == TableParser.quote ? 2 : 1
    }
    let found = first..<unquoted.count
    guard fields.trimsBlanks else { return FieldSpan(unquoted: found) }
    return FieldSpan(
      unquoted: unquoted.withUnsafeBufferPointer { fields.trimmed(found, of: $0) })
  }
}
