import Foundation
import Tensors
import Testing

@Suite("Numbers in a mapped file") struct MappedStorageTests {
  @Test("pages that are given back are read again, and memory keeps what it has") func letGo()
    throws
  {
    let path = NSTemporaryDirectory() + "mapped-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let count = 5_000
    let made = Storage<Int32>(
      mapping: try MappedBytes(making: path, count: 4 * count), count: count)
    for index in 0..<count { made[index] = Int32(index * 7) }
    let read = Storage<Int32>(mapping: try MappedBytes(reading: path), count: count)
    let own = Storage(read.array)
    for storage in [made, read, own] {
      storage.letGo()
      #expect((0..<count).allSatisfy { storage[$0] == Int32($0 * 7) })
    }
  }
}
