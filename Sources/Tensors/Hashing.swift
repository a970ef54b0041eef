/// Where FNV-1a 64 starts.
public let fnvOffset: UInt64 = 0xCBF2_9CE4_8422_2325

/// FNV-1a 64 of a sequence of bytes (Fowler, Noll, Vo; draft-eastlake-fnv).
public func fnv1a(_ bytes: some Sequence<UInt8>, from start: UInt64 = fnvOffset) -> UInt64 {
  bytes.reduce(start) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
}

/// FNV-1a 64 of bytes in memory, a file's for example.
public func fnv1a(_ bytes: UnsafeRawBufferPointer, from start: UInt64 = fnvOffset) -> UInt64 {
  var hash = start
  for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
  return hash
}

/// FNV-1a 64 of numbers as little-endian float32; a number's four bytes are spelled out, since all
/// parameters of a run are hashed with it, in debug builds as well.
public func fnv1a(littleEndian numbers: [Float], from start: UInt64 = fnvOffset) -> UInt64 {
  let prime: UInt64 = 0x0000_0100_0000_01B3
  return numbers.withUnsafeBufferPointer { numbers in
    var hash = start
    for number in numbers {
      let bits = UInt64(number.bitPattern)
      hash = (hash ^ (bits & 0xFF)) &* prime
      hash = (hash ^ (bits >> 8 & 0xFF)) &* prime
      hash = (hash ^ (bits >> 16 & 0xFF)) &* prime
      hash = (hash ^ (bits >> 24)) &* prime
    }
    return hash
  }
}
