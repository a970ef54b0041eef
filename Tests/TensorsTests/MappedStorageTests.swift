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

  @Test("are refused in words where there is no room, and no file is left") func noRoom() throws {
    let path = NSTemporaryDirectory() + "mapped-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let error = #expect(throws: MappingRefusal.self) {
      try MappedBytes(making: path, count: 1 << 60)
    }
    #expect(error?.reason.isEmpty == false && error?.isMissing == false)
    #expect(!FileManager.default.fileExists(atPath: path))
    let missing = #expect(throws: MappingRefusal.self) {
      try MappedBytes(making: path + "/none", count: 4)
    }
    #expect(missing?.isMissing == true)
    #expect(try MappedBytes(making: path, count: 0).bytes.isEmpty)
    // What is there is refused and stays.
    #expect(throws: MappingRefusal.self) { try MappedBytes(making: path, count: 4) }
    #expect(FileManager.default.fileExists(atPath: path))
  }

  #if canImport(Glibc)
    @Test("have their room on the disk before they are written") func room() throws {
      let path = NSTemporaryDirectory() + "mapped-\(UUID().uuidString)"
      defer { try? FileManager.default.removeItem(atPath: path) }
      let mapped = try MappedBytes(making: path, count: 1 << 20)
      var status = stat()
      #expect(stat(path, &status) == 0 && Int(status.st_blocks) * 512 >= 1 << 20)
      #expect(mapped.bytes.allSatisfy { $0 == 0 })
    }
  #endif
}
