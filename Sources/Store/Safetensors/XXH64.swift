/// A fast checksum of bytes: XXH64 with seed 0 (Collet, xxHash specification 0.1.1).
///
/// It finds damage, not malice.
public func xxh64(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  var rest = bytes[...]
  var hash: UInt64
  if bytes.count >= 32 {
    var lanes = SIMD4<UInt64>(
      XXH64.first &+ XXH64.second, XXH64.second, 0, 0 &- XXH64.first)
    let stripes = bytes.count / 32
    for stripe in 0..<stripes {
      let next = bytes.loadUnaligned(fromByteOffset: stripe * 32, as: SIMD4<UInt64>.self)
      lanes = XXH64.rotated(lanes &+ next &* XXH64.second, by: 31) &* XXH64.first
    }
    hash = XXH64.joined(lanes)
    rest = bytes[(stripes * 32)...]
  } else {
    hash = XXH64.fifth
  }
  hash &+= UInt64(bytes.count)
  return XXH64.finished(hash, with: UnsafeRawBufferPointer(rebasing: rest))
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

  static func rotated(_ value: UInt64, by count: UInt64) -> UInt64 {
    value &<< count | value &>> (64 - count)
  }

  static func rotated(_ value: SIMD4<UInt64>, by count: UInt64) -> SIMD4<UInt64> {
    value &<< SIMD4(repeating: count) | value &>> SIMD4(repeating: 64 - count)
  }

  static func round(_ lane: UInt64, _ next: UInt64) -> UInt64 {
    rotated(lane &+ next &* second, by: 31) &* first
  }

  static func joined(_ lanes: SIMD4<UInt64>) -> UInt64 {
    var hash = rotated(lanes[0], by: 1)
    for lane in 1..<4 { hash &+= rotated(lanes[lane], by: [1, 7, 12, 18][lane]) }
    for lane in 0..<4 { hash = (hash ^ round(0, lanes[lane])) &* first &+ fourth }
    return hash
  }

  /// The last bytes, fewer than 32, and the avalanche.
  static func finished(_ start: UInt64, with rest: UnsafeRawBufferPointer) -> UInt64 {
    var hash = start
    var at = 0
    while at + 8 <= rest.count {
      let next = UInt64(littleEndian: rest.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      hash = rotated(hash ^ round(0, next), by: 27) &* first &+ fourth
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
