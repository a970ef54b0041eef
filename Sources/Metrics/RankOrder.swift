/// Rows from the smallest number to the largest; rows of equal numbers keep their order.
///
/// The upper half of each number's bits is sorted together with its place, by ``RadixSort``; the few
/// neighbours that are alike there are put in order afterwards. No number may be NaN. Time O(n) but
/// for numbers that differ in their lower halves only.
struct RankOrder {
  /// The places of the rows in ``LabelledRows``, smallest number first.
  private(set) var rows: [Int32] = []
  private var keys: [UInt64] = []
  private var radix = RadixSort()

  init() {}

  /// Sorts the places of some numbers.
  mutating func sort(_ numbers: [Double]) {
    keys.removeAll(keepingCapacity: true)
    for (place, number) in numbers.enumerated() {
      let bits = (number + 0).bitPattern
      let key = bits >> 63 == 0 ? bits | 1 << 63 : ~bits
      keys.append(key & 0xFFFF_FFFF_0000_0000 | UInt64(place))
    }
    radix.sort(&keys, fromByte: 4)
    rows.removeAll(keepingCapacity: true)
    for key in keys { rows.append(Int32(truncatingIfNeeded: key)) }
    var start = 0
    for place in 1..<max(1, keys.count) where keys[place] >> 32 != keys[start] >> 32 {
      settle(start..<place, numbers)
      start = place
    }
    settle(start..<keys.count, numbers)
  }

  /// Sorts rows whose numbers are alike in their upper halves.
  private mutating func settle(_ range: Range<Int>, _ numbers: [Double]) {
    guard range.count > 1 else { return }
    let isSettled = range.dropFirst().allSatisfy {
      numbers[Int(rows[$0 - 1])] <= numbers[Int(rows[$0])]
    }
    guard !isSettled else { return }
    rows[range].sort { (numbers[Int($0)], $0) < (numbers[Int($1)], $1) }
  }
}
