import Tensors

/// Numbers texts by first appearance, without making a String of each.
///
/// Open addressing over a power of two, at most half full; names lie one after another in a pool.
struct ByteInterner {
  private var slots: [Int32]
  private var hashes: [UInt64] = []
  private var starts: [Int] = [0]
  private var pool: [UInt8] = []
  private var last: (id: Int32, count: Int) = (-1, -1)

  init() { slots = [Int32](repeating: -1, count: 64) }

  /// How many texts.
  var count: Int { hashes.count }

  /// About how much memory it takes.
  var bytes: Int {
    pool.capacity + 4 * slots.capacity + 8 * (hashes.capacity + starts.capacity)
  }

  /// The number of a text.
  mutating func id(of bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
    // Neighbouring rows often repeat a value.
    if last.id >= 0, last.count == bytes.count, isEqual(bytes, last.id) { return last.id }
    let hash = Self.hash(bytes)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let id = slots[slot]
      if hashes[Int(id)] == hash, isEqual(bytes, id) {
        last = (id, bytes.count)
        return id
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return append(bytes, hash: hash, slot: slot)
  }

  /// The number of a text; nil if it has none.
  func find(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32? {
    let hash = Self.hash(bytes)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let id = slots[slot]
      if hashes[Int(id)] == hash, isEqual(bytes, id) { return id }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// The text of a number.
  func name(_ id: Int) -> String {
    String(decoding: pool[starts[id]..<starts[id + 1]], as: UTF8.self)
  }

  /// Calls `body` with the bytes of a number's text.
  func withBytes<Result>(_ id: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    pool.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[starts[id]..<starts[id + 1]]))
    }
  }

  private mutating func append(
    _ bytes: UnsafeBufferPointer<UInt8>, hash: UInt64, slot: Int
  ) -> Int32 {
    let id = Int32(hashes.count)
    slots[slot] = id
    hashes.append(hash)
    pool.append(contentsOf: bytes)
    starts.append(pool.count)
    last = (id, bytes.count)
    if hashes.count * 2 > slots.count { grow() }
    return id
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for id in hashes.indices {
      var slot = Int(truncatingIfNeeded: hashes[id]) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(id)
    }
  }

  private func isEqual(_ bytes: UnsafeBufferPointer<UInt8>, _ id: Int32) -> Bool {
    let start = starts[Int(id)]
    guard starts[Int(id) + 1] - start == bytes.count else { return false }
    return pool.withUnsafeBufferPointer { pool in
      for index in 0..<bytes.count where pool[start + index] != bytes[index] { return false }
      return true
    }
  }

  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash = fnvOffset
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return RandomSource.mix(hash)
  }
}
