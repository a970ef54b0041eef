import Tensors
import Testing

@testable import Datasets

@Suite("Columns of a spool") struct SpoolColumnTests {
  /// Numbers, in how many bytes each lies, and with how many decimals.
  private static let numbers: [(values: [Double], bytes: Int, decimals: Int)] = [
    ([0, 1, .nan], 1, 0), ([127, -127, 3], 1, 0), ([128], 2, 0), ([-128], 2, 0),
    ([.nan, .nan], 1, 0), ([32_767, -32_767, .nan], 2, 0), ([32_768], 4, 0), ([-32_768], 4, 0),
    ([2_147_483_647, -2_147_483_647, .nan], 4, 0), ([2_147_483_648], 8, 0),
    ([-2_147_483_648], 8, 0), ([0.5, 1.25], 1, 2), ([1.28, -0.01], 2, 2), ([1_234_567.5], 4, 1),
    ([0.000_001, 12], 4, 6), ([0.000_000_1], 8, 0), ([0.1 + 0.2], 8, 0), ([-0.0, 1], 8, 0),
    ([1e300, .nan], 8, 0), ([5, 1 / 3], 8, 0),
  ]

  private static func chunk(_ rows: Int) -> ParsedChunk {
    var chunk = ParsedChunk(texts: [], interners: [], numbers: [])
    chunk.rows = rows
    return chunk
  }

  @Test("hold numbers in as few bytes as bring all of them back", arguments: numbers)
  func wholeNumbers(values: [Double], bytes: Int, decimals: Int) throws {
    var chunk = Self.chunk(values.count)
    chunk.numbers = [values]
    let found = NarrowedChunk(
      chunk, codes: [], SpoolShape(texts: 0, numbers: 1, hasTimes: false))
    #expect(found.columns == [SpoolColumn(start: 0, bytes: bytes, decimals: decimals)])
    let back = found.bytes.withUnsafeBytes { found.columns[0].numbers(in: $0, rows: values.count) }
    #expect(back.map(\.bitPattern) == values.map(\.bitPattern), "\(back)")
  }

  @Test("hold codes in as few bytes as the greatest takes", arguments: 1...30)
  func codes(seed: UInt64) throws {
    let random = RandomSource(seed: seed, .test)
    let rows = 1 + random.index(below: 40, 0, 0)
    var chunk = Self.chunk(rows)
    var codes: [[Int32]] = []
    let mosts = [0, 0xFF, 0x100, 0xFFFF, 0x1_0000, Int(Int32.max)]
    for (column, most) in mosts.enumerated() {
      let own = 1 + random.index(below: 9, UInt64(column), 1)
      codes.append((0..<own).map { Int32(random.index(below: most + 1, UInt64($0), 2)) })
      codes[column][0] = Int32(most)
      chunk.texts.append((0..<rows).map { Int32(random.index(below: own, UInt64($0), 3)) })
    }
    chunk.numbers = [(0..<rows).map { Double($0) / 4 }]
    chunk.times = (0..<rows).map { .max - Int64($0) }
    let found = NarrowedChunk(
      chunk, codes: codes, SpoolShape(texts: codes.count, numbers: 1, hasTimes: true))
    let widths = found.columns.map(\.bytes)
    #expect(widths.prefix(codes.count) == [1, 1, 2, 2, 4, 4] && widths.last == 8, "seed \(seed)")
    for (column, own) in codes.enumerated() {
      #expect(
        withColumn(found, column) { $0.codes(in: $1, rows: rows) }
          == chunk.texts[column].map { own[Int($0)] }, "seed \(seed), column \(column)")
    }
    #expect(withColumn(found, codes.count) { $0.numbers(in: $1, rows: rows) } == chunk.numbers[0])
    #expect(
      withColumn(found, codes.count + 1) { Array($1.bindMemory(to: Int64.self).prefix(rows)) }
        == chunk.times)
  }

  private func withColumn<Result>(
    _ chunk: NarrowedChunk, _ index: Int, _ body: (SpoolColumn, UnsafeRawBufferPointer) -> Result
  ) -> Result {
    let column = chunk.columns[index]
    // Bytes of its own, as they come from a file.
    return Array(chunk.bytes[column.start...]).withUnsafeBytes { body(column, $0) }
  }
}
