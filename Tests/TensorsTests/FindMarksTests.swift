import CKernels
import Tensors
import Testing

/// The places of the marks of a text.
@Suite struct FindMarksTests {
  /// What a level finds, with so many places at a time.
  private static func places(
    _ level: Level, _ text: [UInt8], _ marks: [UInt8], capacity: Int
  ) -> [Int] {
    var found = ck_marks(count: 0, next: 0)
    var all: [Int] = []
    let places = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity + 1)
    defer { places.deallocate() }
    while found.next < text.count {
      places[capacity] = 0xABCD
      text.withUnsafeBufferPointer {
        level.kernels.find_marks(
          $0.baseAddress, Int64(text.count), marks, places, Int64(capacity), &found)
      }
      #expect(places[capacity] == 0xABCD, "a place behind the last was written")
      all += (0..<Int(found.count)).map { Int(places[$0]) }
    }
    return all
  }

  @Test(arguments: Level.all) func areThoseOfALoop(_ level: Level) {
    for extent in awkwardExtents + [191, 192, 193, 1000] {
      for seed in UInt64(1)...20 {
        let random = RandomSource(seed: seed, .test)
        // All bytes may occur, and marks often: neighbours of a mark differ from it by one bit or carry.
        let marks = (0..<3).map { UInt8(random.index(below: 256, $0, 1)) }
        let near = marks.flatMap { [$0, $0 &+ 1, $0 &- 1, $0 ^ 0x80] }
        let text = (0..<extent).map { at -> UInt8 in
          random.index(below: 2, UInt64(at), 2) == 0
            ? near[random.index(below: near.count, UInt64(at), 3)]
            : UInt8(random.index(below: 256, UInt64(at), 4))
        }
        let expected = text.indices.filter { marks.contains(text[$0]) }
        for capacity in [64, 65, 128, 4096] {
          #expect(
            Self.places(level, text, marks, capacity: capacity) == expected,
            "\(level), \(extent) bytes, seed \(seed), \(capacity) places")
        }
      }
    }
  }

  /// Nothing behind the text counts, and a mark may be the byte 0.
  @Test(arguments: Level.all) func endsWithTheText(_ level: Level) {
    for extent in [1, 63, 64, 65] {
      let text = [UInt8](repeating: 0, count: extent)
      #expect(Self.places(level, text, [0, 0, 0], capacity: 64) == Array(0..<extent))
      #expect(Self.places(level, text, [1, 1, 1], capacity: 64).isEmpty)
    }
  }
}
