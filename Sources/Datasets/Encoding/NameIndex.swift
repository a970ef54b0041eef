import Tensors

/// Finds the ids of texts among names that lie in a file, which stay there: memory holds five bytes a
/// slot, which is 7 to 14 bytes a name.
///
/// A slot has an id, and eight bits of the hash of its text by which most others are passed over.
final class NameIndex: Sendable {
  private let table: NameTable
  /// The bytes of names that do not spell them.
  private let raw: [Int32: [UInt8]]
  /// 0: none.
  private let ids: Storage<Int32>
  private let marks: Storage<UInt8>

  /// Takes in all names but that of id 0; nil if two of them have the same bytes.
  init?(_ table: NameTable, _ rawNames: [RawName]) {
    self.table = table
    raw = Dictionary(rawNames.map { ($0.id, $0.bytes) }) { first, _ in first }
    // A quarter of the slots is free at least, and a search ends soon.
    var slots = 64
    while slots < table.count + table.count / 3 { slots *= 2 }
    ids = Storage(count: slots, filling: 0)
    marks = Storage(count: slots, filling: 0)
    for id in 1..<max(1, table.count) {
      let isNew = withBytes(of: Int32(id)) { bytes in
        let hash = ByteInterner.hash(bytes)
        let slot = slot(of: bytes, hash)
        guard ids.base[slot] == 0 else { return false }
        (ids.base[slot], marks.base[slot]) = (Int32(id), Self.mark(hash))
        return true
      }
      guard isNew else { return nil }
      // Pages that were looked at count as this program's until it lets them go.
      if id % (1 << 22) == 0 {
        table.starts.letGo()
        table.bytes.letGo()
      }
    }
  }

  /// The id of a text; nil if no name is the same.
  func find(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32? {
    let id = ids.base[slot(of: bytes, ByteInterner.hash(bytes))]
    return id == 0 ? nil : id
  }

  /// Where a text is, or would be.
  private func slot(of bytes: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
    let last = ids.count - 1
    // The upper bits, as a product's lower ones know nothing of the last characters of a text.
    var slot = Int(truncatingIfNeeded: hash >> UInt64(ids.count.leadingZeroBitCount + 1))
    while true {
      let id = ids.base[slot]
      if id == 0 { return slot }
      if marks.base[slot] == Self.mark(hash), withBytes(of: id, { areEqual($0, bytes) }) {
        return slot
      }
      slot = (slot + 1) & last
    }
  }

  private static func mark(_ hash: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: hash) }

  private func areEqual(
    _ own: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>
  ) -> Bool { own.count == other.count && own.elementsEqual(other) }

  private func withBytes<Result>(
    of id: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    if !raw.isEmpty, let bytes = raw[id] { return bytes.withUnsafeBufferPointer(body) }
    return table.withBytes(of: Int(id), body)
  }
}
