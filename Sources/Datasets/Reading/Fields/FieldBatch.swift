/// Where the bytes of a field are: in its block, or among the fields whose quotes were taken off.
struct FieldSpan {
  private let start: UInt32
  private let end: UInt32
  private static let mark: UInt32 = 1 << 31

  /// Bytes of the block.
  init(_ bytes: Range<Int>) { self.init(from: bytes.lowerBound, to: bytes.upperBound) }

  /// Bytes of the block from one on, up to another.
  @inline(__always)
  init(from start: Int, to end: Int) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
  }

  /// Bytes of the fields without their quotes.
  init(unquoted bytes: Range<Int>) {
    start = UInt32(truncatingIfNeeded: bytes.lowerBound) | Self.mark
    end = UInt32(truncatingIfNeeded: bytes.upperBound) | Self.mark
  }

  var isUnquoted: Bool { start & Self.mark != 0 }
  var lower: Int { Int(start & ~Self.mark) }
  var count: Int { Int(end &- start) }
}

/// Some rows of a block, cut into fields.
struct FieldBatch {
  let bytes: UnsafeBufferPointer<UInt8>
  /// Fields that differ from what stands in the block, as two quotes are one.
  let unquoted: UnsafeBufferPointer<UInt8>
  /// Row by row, all columns.
  let spans: UnsafePointer<FieldSpan>
  let columns: Int
  let rows: Int
  /// About how many rows the block has, as long as the rest is like these.
  let likelyRows: Int

  /// The bytes of a field.
  @inline(__always)
  func field(_ row: Int, _ column: Int) -> UnsafeBufferPointer<UInt8> {
    let span = spans[row &* columns &+ column]
    let source = span.isUnquoted ? unquoted : bytes
    return UnsafeBufferPointer(start: source.baseAddress.map { $0 + span.lower }, count: span.count)
  }

  /// The bytes of a field of eight at most as one number, the first lowest, zeros behind the last; nil
  /// for a longer one.
  @inline(__always)
  func word(_ row: Int, _ column: Int) -> UInt64? {
    let span = spans[row &* columns &+ column]
    guard span.count <= 8 else { return nil }
    guard !span.isUnquoted, span.lower &+ 8 <= bytes.count, let base = bytes.baseAddress else {
      return ByteInterner.word(field(row, column))
    }
    // Bytes of the fields behind it are read too, and cut off.
    let all = UnsafeRawPointer(base + span.lower).loadUnaligned(as: UInt64.self)
    return span.count == 0
      ? 0 : UInt64(littleEndian: all) & (.max &>> UInt64(64 &- 8 &* span.count))
  }

  /// Bytes of a field.
  @inline(__always)
  func count(_ row: Int, _ column: Int) -> Int { spans[row &* columns &+ column].count }
}
