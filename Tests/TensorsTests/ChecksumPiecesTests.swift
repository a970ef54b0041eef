import Tensors
import Testing

@Suite("A checksum of pieces") struct ChecksumPiecesTests {
  @Test("pieces of any length give the checksum of the whole") func pieces() {
    for seed in 1...UInt64(60) {
      let draw = RandomSource(seed: seed, .test)
      let bytes = (0..<UInt64(draw.index(below: 300, 0))).map {
        UInt8(draw.index(below: 256, 1, $0))
      }
      var digest = XXH64Digest()
      var (start, piece): (Int, UInt64) = (0, 0)
      while start < bytes.count {
        let end = min(bytes.count, start + draw.index(below: 70, 2, piece))
        bytes[start..<end].withUnsafeBytes { digest.add($0) }
        (start, piece) = (end, piece + 1)
      }
      let whole = bytes.withUnsafeBytes { xxh64($0) }
      #expect(digest.value == whole, "seed \(seed)")
    }
    #expect(XXH64Digest().value == 0xEF46_DB37_51D8_E999)
  }
}
