/// A fast checksum of bytes: XXH64 with seed 0 (Collet, xxHash specification 0.1.1).
///
/// It finds damage, not malice.
public func xxh64(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  var lanes = XXH64.Lanes()
  let whole = lanes.add(bytes)
  let rest = UnsafeRawBufferPointer(rebasing: bytes[whole...])
  return XXH64.finished(lanes.hash(of: bytes.count), with: rest)
}

/// XXH64 of bytes that come in pieces: the same as that of all of them at once.
public struct XXH64Digest: Sendable {
  private var lanes = XXH64.Lanes()
  /// Fewer than 32 bytes that are still to be taken.
  private var rest: [UInt8] = []
  private var count = 0

  /// Of no bytes yet.
  public init() {}

  /// Takes the next bytes.
  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    count += bytes.count
    var bytes = bytes
    if !rest.isEmpty {
      let missing = min(32 - rest.count, bytes.count)
      rest += bytes[..<missing]
      bytes = UnsafeRawBufferPointer(rebasing: bytes[missing...])
      guard rest.count == 32 else { return }
      _ = rest.withUnsafeBytes { lanes.add($0) }
      rest.removeAll(keepingCapacity: true)
    }
    rest += bytes[lanes.add(bytes)...]
  }

  /// The checksum of all bytes so far.
  public var value: UInt64 {
    rest.withUnsafeBytes { XXH64.finished(lanes.hash(of: count), with: $0) }
  }
}

/// XXH64 of a text's bytes in UTF-8.
public func xxh64(_ text: String) -> UInt64 {
  Array(text.utf8).withUnsafeBytes { xxh64($0) }
}

private enum XXH64 {
  static let first: UInt64 = 0x9E37_79B1_85EB_CA87
  static let second: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  static let third: UInt64 = 0x1656_67B1_9E37_79F9
  static let fourth: UInt64 = 0x85EB_CA77_C2B2_AE63
  static let fifth: UInt64 = 0x27D4_EB2F_1656_67C5

  @inline(__always) static func rotated(_ value: UInt64, by count: UInt64) -> UInt64 {
    value &<< count | value &>> (64 - count)
  }

  /// Eight bytes as a number, lowest first.
  @inline(__always) static func word(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }

  @inline(__always) static func round(_ lane: UInt64, _ next: UInt64) -> UInt64 {
    rotated(lane &+ next &* second, by: 31) &* first
  }

  /// What is kept of whole stripes of 32 bytes.
  struct Lanes {
    // Four numbers and not a vector of four: most processors multiply 64 bits only one at a time.
    private var (a, b) = (first &+ second, second)
    private var (c, d): (UInt64, UInt64) = (0, 0 &- first)

    /// Takes the whole stripes of bytes; how many bytes these are.
    mutating func add(_ bytes: UnsafeRawBufferPointer) -> Int {
      var (a, b, c, d) = (a, b, c, d)
      let whole = bytes.count / 32 * 32
      for at in stride(from: 0, to: whole, by: 32) {
        a = XXH64.round(a, XXH64.word(bytes, at))
        b = XXH64.round(b, XXH64.word(bytes, at + 8))
        c = XXH64.round(c, XXH64.word(bytes, at + 16))
        d = XXH64.round(d, XXH64.word(bytes, at + 24))
      }
      (self.a, self.b, self.c, self.d) = (a, b, c, d)
      return whole
    }

    /// Where the last bytes go on from, of so many altogether.
    func hash(of count: Int) -> UInt64 {
      (count >= 32 ? XXH64.joined(a, b, c, d) : XXH64.fifth) &+ UInt64(count)
    }
  }

  static func joined(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) -> UInt64 {
    let sum =
      rotated(a, by: 1) &+ rotated(b, by: 7) &+ rotated(c, by: 12) &+ rotated(d, by: 18)
    return [a, b, c, d].reduce(sum) { ($0 ^ round(0, $1)) &* first &+ fourth }
  }

  /// The last bytes, fewer than 32, and the avalanche.
  static func finished(_ start: UInt64, with rest: UnsafeRawBufferPointer) -> UInt64 {
    var hash = start
    var at = 0
    while at + 8 <= rest.count {
      hash = rotated(hash ^ round(0, word(rest, at)), by: 27) &* first &+ fourth
      at += 8
    }
    if at + 4 <= rest.count {
      let next = UInt32(littleEndian: rest.loadUnaligned(fromByteOffset: at, as: UInt32.self))
      hash = rotated(hash ^ UInt64(next) &* first, by: 23) &* second &+ third
      at += 4
    }
    for byte in rest[at...] {
      hash = rotated(hash ^ UInt64(byte) &* fifth, by: 11) &* first
    }
    hash = (hash ^ hash &>> 33) &* second
    hash = (hash ^ hash &>> 29) &* third
    return hash ^ hash &>> 32
  }
}
