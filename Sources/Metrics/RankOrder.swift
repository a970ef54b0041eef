/// Rows from the smallest number to the largest; rows of equal numbers keep their order.
///
/// Numbers that a 32-bit float holds, which all answers and labels of models are, are sorted with
/// their places in one pass of ``RadixSort``; others by comparison. No number may be NaN.
struct RankOrder {
  /// The places of the rows in ``LabelledRows``, smallest number first.
  private(set) var rows: [Int32] = []
  private var keys: [UInt64] = []
  private var radix = RadixSort()

  init() {}

  /// Sorts the places of some numbers.
  mutating func sort(_ numbers: [Double]) {
    rows.removeAll(keepingCapacity: true)
    guard pack(numbers) else {
      rows = numbers.indices.map(Int32.init)
      return rows.sort {
        (numbers[Int($0)], $0) < (numbers[Int($1)], $1)
      }
    }
    radix.sort(&keys, fromByte: 4)
    for key in keys { rows.append(Int32(truncatingIfNeeded: key)) }
  }

  /// Keys of number and place; false if a number is more than a float.
  private mutating func pack(_ numbers: [Double]) -> Bool {
    keys.removeAll(keepingCapacity: true)
    for (place, number) in numbers.enumerated() {
      let float = Float(number)
      guard Double(float) == number else { return false }
      let bits = (float + 0).bitPattern
      let key = bits >> 31 == 0 ? bits | 1 << 31 : ~bits
      keys.append(UInt64(key) << 32 | UInt64(place))
    }
    return true
  }
}
