import Tensors
import Testing

@testable import Datasets

@Suite("Files of packed rows") struct RowFileTests {
  @Test("are the same however rows are cut and whoever writes first", arguments: 1...40)
  func pieces(seed: UInt64) throws {
    let random = RandomSource(seed: seed, .test)
    let rows = 1 + random.index(below: 60, 0, 0)
    let described = PackedFile(name: "r", itemBytes: 3, items: rows, blockItems: 7)
    let bytes = (0..<3 * rows).map { UInt8(random.index(below: 256, UInt64($0), 1)) }
    var cuts = [0]
    while let last = cuts.last, last < rows {
      cuts.append(min(rows, last + 1 + random.index(below: 20, UInt64(last), 2)))
    }
    try withFolder { folder in
      let file = RowFile(described, try SystemFile(scratchIn: folder), path: "")
      var sums: [BlockSums?] = cuts.dropLast().map { _ in nil }
      // The last rows are written first.
      for piece in sums.indices.reversed() {
        let own = Array(bytes[3 * cuts[piece]..<3 * cuts[piece + 1]])
        try own.withUnsafeBytes { sums[piece] = try file.target.write($0, at: cuts[piece]) }
      }
      for own in sums { file.take(try #require(own)) }
      try file.finish()
      let blocks = stride(from: 0, to: bytes.count, by: 21).map {
        Array(bytes[$0..<min(bytes.count, $0 + 21)])
      }
      #expect(file.checksums == blocks.map { $0.withUnsafeBytes { xxh64($0) } }, "seed \(seed)")
      #expect(file.file == described, "seed \(seed)")
      let written: [UInt8] = try file.target.system.numbers(at: 0, count: bytes.count)
      #expect(written == bytes, "seed \(seed)")
    }
  }
}
