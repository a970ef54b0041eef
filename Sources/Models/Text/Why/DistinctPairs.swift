import Tensors

/// Counts pairs of words that follow each other, and how many of them differ, in fixed memory.
final class DistinctPairs {
  /// Pairs that were met plus 1, where their hash has put them; 0 where there is none.
  private let met: Storage<UInt64>
  private let mask: Int
  /// How many pairs.
  private(set) var count = 0
  /// How many that differ.
  private(set) var distinct = 0

  /// Room for so many pairs.
  init(most: Int) {
    var size = 16
    while size < 2 * most { size *= 2 }
    mask = size - 1
    met = Storage(count: size, filling: 0)
  }

  /// The share that differs; nil without a pair.
  var share: Double? { count == 0 ? nil : Double(distinct) / Double(count) }

  /// Forgets all.
  func clear() {
    (count, distinct) = (0, 0)
    met.elements.update(repeating: 0)
  }

  /// Counts a pair.
  func add(_ first: Int32, _ second: Int32) {
    let pair =
      (UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))) &+ 1
    var at = Int(truncatingIfNeeded: RandomSource.mix(pair)) & mask
    while met[at] != 0, met[at] != pair { at = (at + 1) & mask }
    count += 1
    guard met[at] == 0 else { return }
    met[at] = pair
    distinct += 1
  }
}
