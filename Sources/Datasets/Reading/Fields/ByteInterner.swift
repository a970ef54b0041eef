import Tensors

/// Numbers texts by first appearance, without making a String of each.
///
/// Open addressing over a power of two, at most half full, or three quarters where that is beyond all
/// caches; names lie one after another in a pool.
struct ByteInterner {
  /// What is known of a text where it is looked up.
  private struct Slot {
    var hash: UInt64 = 0
    /// The text's number; −1 where there is none.
    var id: Int32 = -1
    /// Its bytes.
    var count: UInt32 = 0
  }

  /// Empty where nothing more is looked up.
  private var slots: [Slot]
  private var hashes: [UInt64] = []
  private var starts: [Int] = [0]
  private var pool: [UInt8] = []

  init() { slots = [Slot](repeating: Slot(), count: 64) }

  /// How many texts.
  var count: Int { hashes.count }

  /// About how much memory it takes.
  var bytes: Int {
    pool.capacity + MemoryLayout<Slot>.stride * slots.capacity
      + 8 * (hashes.capacity + starts.capacity)
  }

  /// The number of a text.
  mutating func id(of bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
    id(of: bytes, hash: Self.hash(bytes))
  }

  private mutating func id(of bytes: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int32 {
    if slots.isEmpty { makeSlots(2 * count + 2) }
    let slot = slots.withUnsafeBufferPointer { self.slot(of: bytes, hash, in: $0) }
    let id = slots[slot].id
    return id >= 0 ? id : append(bytes, hash: hash, slot: slot)
  }

  /// The number here of a text that another table numbers, without hashing it again.
  mutating func id(ofText number: Int, in other: ByteInterner) -> Int32 {
    other.withBytes(number) { id(of: $0, hash: other.hashes[number]) }
  }

  /// The number of a text; nil if it has none.
  func find(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32? {
    guard count > 0 else { return nil }
    let hash = Self.hash(bytes)
    guard !slots.isEmpty else {
      return hashes.indices.first { hashes[$0] == hash && isEqual(bytes, Int32($0)) }.map(
        Int32.init)
    }
    let id = slots.withUnsafeBufferPointer { $0[slot(of: bytes, hash, in: $0)].id }
    return id >= 0 ? id : nil
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

  /// Frees the memory that only looking up takes; a text that is looked up none the less takes long.
  mutating func close() { slots = [] }
}

// MARK: - A column at a time

extension ByteInterner {
  /// The numbers of a column's texts.
  mutating func ids(
    of batch: FieldBatch, _ column: Int, into ids: UnsafeMutablePointer<Int32>
  ) {
    var row = 0
    while true {
      row = known(batch, column, from: row, into: ids)
      guard row < batch.rows else { return }
      ids[row] = id(of: batch.field(row, column))
      row += 1
    }
  }

  /// Numbers texts from a row on, up to one that has no number yet; that row.
  private func known(
    _ batch: FieldBatch, _ column: Int, from first: Int, into ids: UnsafeMutablePointer<Int32>
  ) -> Int {
    slots.withUnsafeBufferPointer { slots in
      guard !slots.isEmpty else { return first }
      for row in first..<batch.rows {
        let id: Int32
        if let word = batch.word(row, column) {
          id = slots[slot(of: Self.hash(word), count: batch.count(row, column), in: slots)].id
        } else {
          let field = batch.field(row, column)
          id = slots[slot(of: field, Self.hash(field), in: slots)].id
        }
        guard id >= 0 else { return row }
        ids[row] = id
      }
      return batch.rows
    }
  }
}

// MARK: - Looking up

extension ByteInterner {
  /// Where a text is, or would be.
  @inline(__always)
  private func slot(
    of bytes: UnsafeBufferPointer<UInt8>, _ hash: UInt64, in slots: UnsafeBufferPointer<Slot>
  ) -> Int {
    guard bytes.count > 8 else { return slot(of: hash, count: bytes.count, in: slots) }
    var slot = Self.firstSlot(of: hash, among: slots.count)
    while slots[slot].id >= 0, slots[slot].hash != hash || !isEqual(bytes, slots[slot].id) {
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    return slot
  }

  /// Where a text of eight bytes at most is, or would be: its hash and its length tell it.
  @inline(__always)
  private func slot(of hash: UInt64, count: Int, in slots: UnsafeBufferPointer<Slot>) -> Int {
    var slot = Self.firstSlot(of: hash, among: slots.count)
    while slots[slot].id >= 0, slots[slot].hash != hash || Int(slots[slot].count) != count {
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    return slot
  }

  /// Where the search for a hash begins among so many slots, a power of two.
  ///
  /// Its upper bits say it: a product's lower bits know nothing of the last characters of a text.
  @inline(__always)
  private static func firstSlot(of hash: UInt64, among count: Int) -> Int {
    Int(truncatingIfNeeded: hash &>> UInt64(count.leadingZeroBitCount &+ 1))
  }

  /// How many slots are looked at for a text that is there, on average.
  var meanProbes: Double {
    let sum = slots.indices.filter { slots[$0].id >= 0 }.reduce(0) { sum, slot in
      let first = Self.firstSlot(of: slots[slot].hash, among: slots.count)
      return sum + ((slot - first) & (slots.count - 1)) + 1
    }
    return Double(sum) / Double(max(1, count))
  }

  private func isEqual(_ bytes: UnsafeBufferPointer<UInt8>, _ id: Int32) -> Bool {
    let start = starts[Int(id)]
    guard starts[Int(id) + 1] - start == bytes.count else { return false }
    return pool[start..<start + bytes.count].elementsEqual(bytes)
  }

  private mutating func append(
    _ bytes: UnsafeBufferPointer<UInt8>, hash: UInt64, slot: Int
  ) -> Int32 {
    let id = Int32(hashes.count)
    slots[slot] = Slot(hash: hash, id: id, count: UInt32(truncatingIfNeeded: bytes.count))
    hashes.append(hash)
    pool.append(contentsOf: bytes)
    starts.append(pool.count)
    if hashes.count > Self.most(slots.count) { makeSlots(slots.count * 2) }
    return id
  }

  /// The most texts in so many slots.
  private static func most(_ slots: Int) -> Int { slots < 1 << 18 ? slots / 2 : slots / 4 * 3 }

  /// Makes so many slots at least, a power of two, and puts those texts in that there are.
  private mutating func makeSlots(_ least: Int) {
    var count = 64
    while count < least { count *= 2 }
    slots = [Slot](repeating: Slot(), count: count)
    for id in hashes.indices {
      var slot = Self.firstSlot(of: hashes[id], among: count)
      while slots[slot].id >= 0 { slot = (slot + 1) & (count - 1) }
      slots[slot] = Slot(
        hash: hashes[id], id: Int32(id),
        count: UInt32(truncatingIfNeeded: starts[id + 1] - starts[id]))
    }
  }
}

// MARK: - Hashes

extension ByteInterner {
  /// A text's hash; different texts of one length up to eight bytes have different ones.
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    guard bytes.count > 8, let base = bytes.baseAddress else { return hash(word(bytes)) }
    let raw = UnsafeRawPointer(base)
    var hash = UInt64(bytes.count)
    for at in stride(from: 0, to: bytes.count - 8, by: 8) { hash = folded(hash, raw, at) }
    // The last eight bytes, of which some may have been taken in before.
    return Self.hash(folded(hash, raw, bytes.count - 8))
  }

  /// Takes in eight bytes: both halves of a product, of which each bit has moved most others.
  @inline(__always)
  private static func folded(_ hash: UInt64, _ raw: UnsafeRawPointer, _ at: Int) -> UInt64 {
    let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    let product = (hash ^ word ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(
      by: 0xE703_7ED1_A0B4_28DB)
    return (product.high ^ product.low) &+ hash &* 0x9E37_79B9_7F4A_7C15
  }

  /// A one-to-one scramble of a word: an odd factor and a fold can both be undone.
  @inline(__always)
  fileprivate static func hash(_ word: UInt64) -> UInt64 {
    let product = word &* 0x9E37_79B9_7F4A_7C15
    return product ^ (product &>> 32)
  }

  /// Eight bytes at most as one number, the first lowest.
  @inline(__always)
  static func word(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return 0 }
    let raw = UnsafeRawPointer(base)
    let last = bytes.count &- 1
    if bytes.count >= 4 {
      // Two reads of four bytes, which may overlap: where they do, they agree.
      let low = UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self))
      let high = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: last &- 3, as: UInt32.self))
      return UInt64(low) | UInt64(high) &<< UInt64(8 &* (last &- 3))
    }
    let middle = bytes.count / 2
    return UInt64(bytes[0]) | UInt64(bytes[middle]) &<< UInt64(8 &* middle)
      | UInt64(bytes[last]) &<< UInt64(8 &* last)
  }
}
