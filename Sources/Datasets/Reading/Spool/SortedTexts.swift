import Tensors

/// Texts with their counts in a temporary file, in the order of their bytes as they read: a run of a
/// vocabulary that does not fit in memory.
///
///     text: [count: Int32][code: Int32][bytes: Int32] bytes …
struct SortedTexts: Sendable {
  let file: ScratchFile
  let start: Int
  let bytes: Int
  /// How many.
  let count: Int

  /// Sorts texts and writes them behind what a file has, about so many bytes at once.
  ///
  /// `counts` says by code how many training rows have it; texts of none are written too, since rows
  /// that do not train may have them.
  init(
    _ texts: RunTexts, counts: [Int32], to file: ScratchFile, at start: Int,
    atOnce: Int = 1 << 20
  ) throws(SystemRefusal) {
    (self.file, self.start) = (file, start)
    count = texts.count
    var (at, buffer) = (start, [UInt8]())
    for code in texts.sorted() {
      let text = texts[code]
      for number in [counts[code], Int32(code), Int32(text.count)] {
        withUnsafeBytes(of: number.littleEndian) { buffer.append(contentsOf: $0) }
      }
      buffer.append(contentsOf: text)
      guard buffer.count >= atOnce else { continue }
      try file.system.write(buffer, at: at)
      at += buffer.count
      buffer.removeAll(keepingCapacity: true)
    }
    try file.system.write(buffer, at: at)
    bytes = at + buffer.count - start
  }
}

/// The texts of a run by their codes.
struct RunTexts {
  private let bytes: [UInt8]
  private let starts: [Int]

  /// Copies the texts of a dictionary.
  init(_ texts: ByteInterner) {
    var (bytes, starts) = ([UInt8](), [0])
    starts.reserveCapacity(texts.count + 1)
    for code in 0..<texts.count {
      texts.withBytes(code) { bytes.append(contentsOf: $0) }
      starts.append(bytes.count)
    }
    (self.bytes, self.starts) = (bytes, starts)
  }

  /// Reads what ``write(to:at:)`` has written.
  init(_ file: ScratchFile, at start: Int, count: Int, bytes total: Int) throws(SystemRefusal) {
    let lengths: [Int32] = try file.numbers(at: start, count: count)
    starts = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int($1)) }
    bytes = try file.numbers(at: start + 4 * count, count: total)
  }

  var count: Int { starts.count - 1 }
  /// Bytes of all texts.
  var total: Int { bytes.count }

  subscript(code: Int) -> ArraySlice<UInt8> { bytes[starts[code]..<starts[code + 1]] }

  /// Writes lengths and bytes; how many bytes that are.
  func write(to file: ScratchFile, at start: Int) throws(SystemRefusal) -> Int {
    let lengths = (0..<count).map { Int32(starts[$0 + 1] - starts[$0]) }
    try file.system.write(lengths.withUnsafeBytes { Array($0) }, at: start)
    try file.system.write(bytes, at: start + 4 * count)
    return 4 * count + bytes.count
  }

  /// The codes in the order of the texts as they read, then of their bytes.
  fileprivate func sorted() -> [Int] {
    let keyed = (0..<count).map { (key: TextKey(self[$0]), code: $0) }
    return keyed.sorted { left, right in
      guard left.key == right.key else { return left.key < right.key }
      return isInOrder(self[left.code], self[right.code])
    }.map(\.code)
  }
}

/// The first sixteen bytes of a text as it reads, which tell most texts apart: two keys that differ are in
/// the order of their texts.
private struct TextKey: Equatable {
  private var high: UInt64 = 0
  private var low: UInt64 = 0

  init(_ text: ArraySlice<UInt8>) {
    var start = text.prefix(16)
    if start.contains(where: { $0 >= 0x80 }) { start = readableBytes(text).prefix(16) }
    // Behind the end stand zeros: the shorter of two texts that begin alike comes first, or is not told.
    var at: UInt64 = 0
    for byte in start {
      if at < 8 {
        high |= UInt64(byte) << (56 - 8 * at)
      } else {
        low |= UInt64(byte) << (120 - 8 * at)
      }
      at += 1
    }
  }

  static func < (left: Self, right: Self) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }
}

/// Whether one text comes before another: by the bytes of what can be read, then by their own.
func isInOrder(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
  let (own, other) = (readableBytes(left), readableBytes(right))
  if own.lexicographicallyPrecedes(other) { return true }
  return own == other && left.lexicographicallyPrecedes(right)
}

/// The bytes of the text that stands for some bytes: the same, unless they are not UTF-8.
func readableBytes(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  if bytes.allSatisfy({ $0 < 0x80 }) { return bytes }
  return ArraySlice(Array(String(decoding: bytes, as: UTF8.self).utf8))
}

extension ScratchFile {
  /// Numbers from an offset on.
  func numbers<Number: BitwiseCopyable>(
    at offset: Int, count: Int
  ) throws(SystemRefusal) -> [Number] {
    var refusal: SystemRefusal?
    let found = [Number](unsafeUninitializedCapacity: count) { buffer, filled in
      let bytes = UnsafeMutableRawBufferPointer(
        start: buffer.baseAddress, count: count * MemoryLayout<Number>.stride)
      do throws(SystemRefusal) {
        guard try system.read(into: bytes, at: offset) == bytes.count else {
          throw SystemRefusal(reason: "a temporary file has lost its end")
        }
        filled = count
      } catch {
        refusal = error
      }
    }
    if let refusal { throw refusal }
    return found
  }
}

// MARK: - Merging

/// A text of a vocabulary with all its codes.
struct MergedText {
  /// Its bytes in the files.
  let bytes: ArraySlice<UInt8>
  /// How many training rows have it.
  var count = 0
  /// By run that has it, rising, its code there.
  var codes: [(run: Int, code: Int)] = []
}

/// Goes through several sorted runs at once.
struct TextMerge {
  private var readers: [RunReader] = []
  /// By reader, that of its text.
  private var keys: [TextKey] = []
  /// A heap: the reader whose text comes first is the first.
  private var heap: [Int] = []

  /// Begins with the first text; of each run about so many bytes are read at once.
  init(_ runs: [SortedTexts], atOnce: Int = 1 << 16) throws(SystemRefusal) {
    for run in runs {
      let reader = try RunReader(run, atOnce: atOnce)
      readers.append(reader)
      keys.append(TextKey(reader.text ?? []))
    }
    for index in readers.indices where readers[index].text != nil {
      heap.append(index)
      rise(heap.count - 1)
    }
  }

  /// The next text; nil at the end.
  mutating func next() throws(SystemRefusal) -> MergedText? {
    guard let first = heap.first, let text = readers[first].text else { return nil }
    let key = keys[first]
    var merged = MergedText(bytes: text)
    while let run = heap.first, keys[run] == key, readers[run].text == text {
      merged.count += Int(readers[run].count)
      merged.codes.append((run, Int(readers[run].code)))
      try readers[run].advance()
      if let next = readers[run].text {
        keys[run] = TextKey(next)
      } else {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
      }
      sink()
    }
    return merged
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    guard keys[left] == keys[right] else { return keys[left] < keys[right] }
    guard let own = readers[left].text, let other = readers[right].text else { return false }
    return own == other ? left < right : isInOrder(own, other)
  }

  private mutating func rise(_ start: Int) {
    var at = start
    while at > 0, isBefore(heap[at], heap[(at - 1) / 2]) {
      heap.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  private mutating func sink() {
    var at = 0
    while true {
      var least = at
      for child in [2 * at + 1, 2 * at + 2] where child < heap.count {
        if isBefore(heap[child], heap[least]) { least = child }
      }
      guard least != at else { return }
      heap.swapAt(at, least)
      at = least
    }
  }
}

/// Reads a sorted run, a piece at a time.
private struct RunReader {
  private let run: SortedTexts
  private let atOnce: Int
  private var left: Int
  private var offset: Int
  private var buffer: [UInt8] = []
  /// Where in the buffer the next text begins.
  private var next = 0
  /// The text; nil behind the last one.
  private(set) var text: ArraySlice<UInt8>?
  private(set) var count: Int32 = 0
  private(set) var code: Int32 = 0

  init(_ run: SortedTexts, atOnce: Int) throws(SystemRefusal) {
    (self.run, self.atOnce) = (run, atOnce)
    left = run.count
    offset = run.start
    try advance()
  }

  mutating func advance() throws(SystemRefusal) {
    guard left > 0 else {
      text = nil
      return
    }
    left -= 1
    try fill(12)
    count = number(0)
    code = number(4)
    let length = Int(number(8))
    next += 12
    try fill(length)
    text = buffer[next..<next + length]
    next += length
  }

  private func number(_ at: Int) -> Int32 {
    buffer.withUnsafeBytes {
      Int32(littleEndian: $0.loadUnaligned(fromByteOffset: next + at, as: Int32.self))
    }
  }

  /// Sees to it that so many bytes are there.
  private mutating func fill(_ wanted: Int) throws(SystemRefusal) {
    guard buffer.count - next < wanted else { return }
    let more = min(max(wanted, atOnce), run.start + run.bytes - offset)
    let bytes: [UInt8] = try run.file.numbers(at: offset, count: more)
    offset += more
    (buffer, next) = (Array(buffer[next...]) + bytes, 0)
    guard buffer.count >= wanted else {
      throw SystemRefusal(reason: "a run of texts has lost its end")
    }
  }
}
