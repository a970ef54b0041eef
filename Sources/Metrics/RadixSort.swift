/// Sorts 64-bit keys in place, byte by byte from the lowest; O(n).
///
/// A byte that is the same in every key costs no pass, so numbers widened from 32-bit floats need
/// five passes at most. The spare buffer is kept between calls.
struct RadixSort: Sendable {
  private static let smallest = 512
  private var spare: [UInt64] = []
  private var counts = [Int](repeating: 0, count: 8 * 256)

  /// Sorts the keys, smallest first.
  ///
  /// Keys whose bytes below `first` rise already need no pass over them: the sort is stable.
  mutating func sort(_ keys: inout [UInt64], fromByte first: Int = 0) {
    guard keys.count >= Self.smallest else { return keys.sort() }
    if spare.count < keys.count {
      spare = [UInt64](repeating: 0, count: keys.count)
    }
    let passes = keys.withUnsafeMutableBufferPointer { keys in
      spare.withUnsafeMutableBufferPointer { spare in
        counts.withUnsafeMutableBufferPointer { counts in
          Self.scatter(keys: keys, spare: spare, counts: counts, from: first)
        }
      }
    }
    guard passes % 2 == 1 else { return }
    for index in keys.indices { keys[index] = spare[index] }
  }

  /// Makes every needed pass; after an odd number of them the sorted keys lie in `spare`.
  private static func scatter(
    keys: UnsafeMutableBufferPointer<UInt64>, spare: UnsafeMutableBufferPointer<UInt64>,
    counts: UnsafeMutableBufferPointer<Int>, from first: Int
  ) -> Int {
    count(keys, into: counts)
    var from = keys
    var to = spare
    var passes = 0
    for byte in first..<8 {
      let places = UnsafeMutableBufferPointer(rebasing: counts[byte * 256..<(byte + 1) * 256])
      let shift = UInt64(byte * 8)
      guard places[Int(from[0] >> shift & 0xFF)] < keys.count else { continue }
      startPlaces(places)
      for index in 0..<keys.count {
        let digit = Int(from[index] >> shift & 0xFF)
        to[places[digit]] = from[index]
        places[digit] += 1
      }
      swap(&from, &to)
      passes += 1
    }
    return passes
  }

  /// How often each value of each byte occurs.
  private static func count(
    _ keys: UnsafeMutableBufferPointer<UInt64>, into counts: UnsafeMutableBufferPointer<Int>
  ) {
    counts.update(repeating: 0)
    for key in keys {
      for byte in 0..<8 { counts[byte * 256 + Int(key >> UInt64(byte * 8) & 0xFF)] += 1 }
    }
  }

  /// Keys that the spare buffer has room for.
  var spareCount: Int { spare.count }

  /// Lets go of the spare buffer.
  mutating func releaseSpare() { spare = [] }

  /// Turns counts into the first place of each value.
  private static func startPlaces(_ counts: UnsafeMutableBufferPointer<Int>) {
    var next = 0
    for value in counts.indices {
      let count = counts[value]
      counts[value] = next
      next += count
    }
  }
}
