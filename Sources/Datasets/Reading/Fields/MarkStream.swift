import CKernels

/// Where delimiters, line breaks and quotes stand in a block, one after another.
///
/// They are looked for a few thousand ahead, as one pass over the bytes is much quicker than a look at
/// each when its turn comes.
struct MarkStream: ~Copyable {
  /// The offset of the mark that is next; the number of bytes behind the last.
  private(set) var offset = 0
  private let bytes: UnsafeBufferPointer<UInt8>
  private let marks: [UInt8]
  private let offsets: UnsafeMutablePointer<UInt32>
  private var index = 0
  private var found = ck_marks(count: 0, next: 0)

  /// Offsets that are looked for at once: they stay in the first-level cache.
  private static let ahead = 2048
  /// The most bytes that a block may have, so that 31 bits count them.
  static let mostBytes = 1 << 31

  /// The marks of a block of rows.
  init(_ bytes: UnsafeBufferPointer<UInt8>, delimiter: UInt8, isQuoted: Bool) {
    precondition(bytes.count <= Self.mostBytes)
    self.bytes = bytes
    marks = [TableParser.newline, delimiter, isQuoted ? TableParser.quote : delimiter]
    offsets = .allocate(capacity: Self.ahead)
    find()
  }

  deinit { offsets.deallocate() }

  /// Moves on to the mark behind this one.
  @inline(__always)
  mutating func advance() {
    index += 1
    if index < found.count { offset = Int(offsets[index]) } else { find() }
  }

  /// Moves on to the first mark that is not before a byte; to the end if none is.
  @inline(__always)
  mutating func skip(to byte: Int) {
    let byte = min(byte, bytes.count)
    while offset < byte { advance() }
  }

  /// A field in quotes.
  struct Quoted {
    /// The offset of the quote that closes it.
    let close: Int
    /// Line breaks in it.
    let breaks: Int
    /// Whether two quotes stand in it for one.
    let hasQuotes: Bool
  }

  /// Moves on to the mark behind the field that a quote opens; nil, and the end, if nothing closes it.
  mutating func skipQuoted(_ open: Int) -> Quoted? {
    skip(to: open + 1)
    var breaks = 0
    var hasQuotes = false
    while offset < bytes.count {
      let at = offset
      advance()
      if bytes[at] == TableParser.quote {
        guard at + 1 < bytes.count, bytes[at + 1] == TableParser.quote else {
          return Quoted(close: at, breaks: breaks, hasQuotes: hasQuotes)
        }
        hasQuotes = true
        advance()
      } else if bytes[at] == TableParser.newline {
        breaks += 1
      }
    }
    return nil
  }

  private mutating func find() {
    index = 0
    repeat {
      guard found.next < bytes.count, let base = bytes.baseAddress else {
        found.count = 0
        offset = bytes.count
        return
      }
      ck_find_marks(base, Int64(bytes.count), marks, offsets, Int64(Self.ahead), &found)
    } while found.count == 0
    offset = Int(offsets[0])
  }
}
