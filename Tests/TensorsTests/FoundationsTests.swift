import Tensors
import Testing

@Suite struct StorageTests {
  @Test(arguments: [0, 1, 15, 16, 17, 1_000]) func liesOnACacheLine(count: Int) {
    let floats = Storage<Float>(count: count, filling: 2.5)
    let bytes = Storage<UInt8>(count: count, filling: 3)
    #expect(UInt(bitPattern: floats.base) % 64 == 0)
    #expect(UInt(bitPattern: bytes.base) % 64 == 0)
    #expect(floats.count == count && floats.array == [Float](repeating: 2.5, count: count))
    #expect(bytes.array == [UInt8](repeating: 3, count: count))
  }

  @Test func copiesAnArray() {
    let storage = Storage([Int32(3), 1, 2])
    storage[1] = 7
    #expect(storage.array == [3, 7, 2])
    #expect(Array(storage.elements) == [3, 7, 2])
  }
}

@Suite struct RandomSourceTests {
  /// Fixed numbers: a change of the generator would change every run that is on record.
  @Test func sameNumbersForever() {
    let source = RandomSource(seed: 1, .shuffle)
    #expect(RandomSource.mix(0) == 0xE220_A839_7B1D_CDAF)
    #expect(RandomSource.mix(0x9E37_79B9_7F4A_7C15) == 0x6E78_9E6A_A1B9_65F4)
    #expect(source.bits(3, 4) == RandomSource(seed: 1, .shuffle).bits(3, 4))
  }

  @Test func drawsDependOnSeedPurposeAndPlaceAlone() {
    let one = RandomSource(seed: 5, .data)
    let later = (0..<100).map { one.bits($0, 2) }
    let backwards = (0..<100).reversed().map { RandomSource(seed: 5, .data).bits($0, 2) }
    #expect(later == backwards.reversed())
    let others = [
      RandomSource(seed: 6, .data), RandomSource(seed: 5, .split),
      RandomSource(seed: 5, stream: 99),
    ]
    for other in others { #expect((0..<100).allSatisfy { other.bits($0, 2) != later[Int($0)] }) }
  }

  @Test(arguments: [1, 2, 7, 1_000_000]) func indexStaysBelow(bound: Int) {
    let source = RandomSource(seed: 2, .test)
    let drawn = (0..<2_000).map { source.index(below: bound, $0) }
    #expect(drawn.allSatisfy { (0..<bound).contains($0) })
    #expect(bound > 7 || Set(drawn).count == bound)
  }

  @Test func uniformAndNormalMoments() {
    let source = RandomSource(seed: 3, .test)
    let count = 20_000
    let uniform = (0..<UInt64(count)).map { source.uniform($0) }
    let normal = (0..<UInt64(count)).map { source.normal($0) }
    #expect(uniform.allSatisfy { (0..<1).contains($0) })
    #expect(abs(uniform.reduce(0, +) / Double(count) - 0.5) < 0.01)
    #expect(abs(normal.reduce(0, +) / Double(count)) < 0.03)
    #expect(abs(normal.reduce(0) { $0 + $1 * $1 } / Double(count) - 1) < 0.05)
  }
}

@Suite struct CPULevelTests {
  @Test func onlyLevelsOfThisMachineCanBeUsed() {
    let current = CPULevel.current
    #expect(current.isAvailable && CPULevel.baseline.isAvailable)
    #expect(CPULevel.use(current) && CPULevel.current == current)
    for level in CPULevel.allCases where !level.isAvailable { #expect(!CPULevel.use(level)) }
    #expect(CPULevel.current == current)
    #expect(CPULevel.allCases.map(\.description) == ["baseline", "avx2", "avx512"])
  }
}

@Suite struct HashingTests {
  /// Test vectors of the FNV draft.
  @Test func fnvVectors() {
    #expect(fnv1a([]) == 0xCBF2_9CE4_8422_2325)
    #expect(fnv1a("a".utf8) == 0xAF63_DC4C_8601_EC8C)
    // 1 is 3F800000, −2.5 is C0200000, and the least number 00000001.
    let bytes: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0, 1, 0, 0, 0]
    #expect(fnv1a(littleEndian: [1, -2.5, .leastNonzeroMagnitude]) == fnv1a(bytes))
    #expect(fnv1a(littleEndian: [-2.5], from: fnv1a(littleEndian: [1])) == fnv1a(bytes.prefix(8)))
    #expect(fnv1a("foobar".utf8) == 0x8594_4171_F739_67E8)
    #expect(fnv1a(littleEndian: [1]) == fnv1a([0, 0, 0x80, 0x3F]))
  }
}
