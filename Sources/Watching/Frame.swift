/// A message between a run and a watcher: its length, its kind, its contents.
///
///     length of kind and contents (4 bytes, little end first) · kind (1 byte) · contents
struct Frame: Equatable {
  /// What a message is.
  enum Kind: UInt8 {
    /// Watcher: who it is, as ``Hello``; the first message.
    case hello = 1
    /// Run: ``Welcome``, the answer to it.
    case welcome = 2
    /// Run: no, for a reason; the last message.
    case refused = 3
    /// Run: an event.
    case event = 4
    /// Run: loss bins, as ``LossBinCoding`` writes them.
    case losses = 5
    /// Run: the newest snapshot.
    case snapshot = 6
    /// Watcher: what it shows.
    case views = 7
    /// Watcher: a command, as a ticket of its own number.
    case command = 8
    /// Run: the number of a command, as ``Receipt``.
    case receipt = 9
    /// Run: nothing more comes, for a reason; the last message.
    case farewell = 10
  }

  var kind: Kind
  var contents: [UInt8]

  init(_ kind: Kind, _ contents: [UInt8] = []) {
    self.kind = kind
    self.contents = contents
  }

  /// The frame as it is sent.
  var bytes: [UInt8] {
    let length = UInt32(contents.count + 1)
    return (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + [kind.rawValue]
      + contents
  }
}

/// Puts frames together from whatever pieces come.
struct FrameReader {
  /// What is no frame.
  enum Fault: Error, Equatable {
    /// Its length is 0 or above what is taken.
    case length(Int)
    /// No message has this number.
    case kind(UInt8)
  }

  private let mostBytes: Int
  private var bytes: [UInt8] = []
  private var start = 0

  /// A reader of frames of so many bytes at most.
  init(mostBytes: Int) { self.mostBytes = mostBytes }

  /// Takes in what came.
  mutating func append(_ piece: some Collection<UInt8>) {
    if start > 0, start == bytes.count || start > 1 << 16 {
      bytes.removeFirst(start)
      start = 0
    }
    bytes += piece
  }

  /// The next whole frame; nil until the rest of it has come.
  ///
  /// - Throws: ``Fault``, behind which nothing can be read any more.
  mutating func next() throws(Fault) -> Frame? {
    guard bytes.count - start >= 4 else { return nil }
    let length = (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    guard 1...mostBytes ~= length else { throw .length(length) }
    // A kind that there is not is said before its contents are waited for.
    guard bytes.count - start >= 5 else { return nil }
    guard let kind = Frame.Kind(rawValue: bytes[start + 4]) else { throw .kind(bytes[start + 4]) }
    guard bytes.count - start >= 4 + length else { return nil }
    let frame = Frame(kind, Array(bytes[(start + 5)..<(start + 4 + length)]))
    start += 4 + length
    return frame
  }
}
