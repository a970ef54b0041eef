import CKernels
import Tensors
import Testing

/// Numbers in fewer bytes, and back.
@Suite struct NarrowTests {
  @Test(arguments: Level.all) func areThoseOfALoop(_ level: Level) {
    for extent in awkwardExtents.filter({ $0 > 0 }) + [511, 512, 513, 1500] {
      for seed in UInt64(1)...6 {
        let random = RandomSource(seed: seed, .test)
        let power = [1.0, 10, 100, 1_000_000][random.index(below: 4, 0, 1)]
        let numbers = (0..<extent).map { row -> Double in
          guard random.index(below: 9, UInt64(row), 2) > 0 else { return .nan }
          return Double(random.index(below: 60_000, UInt64(row), 3) - 30_000) / power
        }
        let note = "\(level), \(extent) numbers, seed \(seed)"
        var (to, found) = ([Int32](repeating: 7, count: extent + 1), ck_narrowed())
        level.kernels.narrow(numbers, Int64(extent), power, &to, &found)
        let expected = numbers.map { $0.isNaN ? Int32.min : Int32(($0 * power).rounded()) }
        let inside = numbers.map { $0.isNaN ? 0 : Int32(($0 * power).rounded()) }
        #expect(found.is_exact && to.dropLast() == expected[...] && to.last == 7, "\(note)")
        #expect(found.least == inside.min() && found.greatest == inside.max(), "\(note)")
        let narrow = expected.map { $0 == .min ? Int16.min : Int16($0) }
        for (bytes, from) in [(4, Self.bytes(expected)), (2, Self.bytes(narrow))] {
          var back = [Double](repeating: 7, count: extent + 1)
          level.kernels.widen(from, Int64(bytes), Int64(extent), power, &back)
          #expect(
            back.dropLast().map(\.bitPattern) == numbers.map(\.bitPattern) && back.last == 7,
            "\(note), \(bytes) bytes")
        }
      }
    }
  }

  /// Every place is looked at, and what would not come back is told.
  @Test(arguments: Level.all) func tellsWhatDoesNotComeBack(_ level: Level) {
    for wrong in [-0.0, 0.125, 1e10, -.infinity, 21_474_836.48] {
      for extent in [1, 9, 600] {
        for place in [0, extent / 2, extent - 1] {
          var numbers = [Double](repeating: 0.25, count: extent)
          numbers[place] = wrong
          var (to, found) = ([Int32](repeating: 0, count: extent), ck_narrowed())
          level.kernels.narrow(numbers, Int64(extent), 100, &to, &found)
          #expect(!found.is_exact, "\(level), \(wrong) at \(place) of \(extent)")
        }
      }
    }
  }

  private static func bytes<Number>(_ numbers: [Number]) -> [UInt8] {
    numbers.withUnsafeBytes { Array($0) }
  }
}
