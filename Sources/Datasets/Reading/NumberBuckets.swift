/// Intervals of a number that hold equally many training rows, as far as equal numbers allow.
///
///     id 1 + the number of bounds ≤ v;  a missing number has the last id, or 0 if none trains
struct NumberBuckets {
  /// The bounds between intervals, rising.
  let bounds: [Double]
  /// Whether a training row has no number.
  let hasMissing: Bool

  /// Intervals of the numbers of training rows, each as often as it occurs.
  init(_ numbers: [(value: Double, count: Int)], buckets: Int) {
    hasMissing = numbers.contains { $0.value.isNaN && $0.count > 0 }
    let sorted = numbers.filter { !$0.value.isNaN && $0.count > 0 }.sorted { $0.value < $1.value }
    let total = sorted.reduce(0) { $0 + $1.count }
    var bounds: [Double] = []
    var (seen, next) = (0, 1)
    var before = sorted.first?.value
    for (value, count) in sorted {
      // The bound of bucket j is the first number that j/N of the rows lie below; rows of one number
      // stay together.
      while value != before, next < buckets, next * total <= seen * buckets {
        if bounds.last != value { bounds.append(value) }
        next += 1
      }
      seen += count
      before = value
    }
    self.bounds = bounds
  }

  /// Intervals that are known.
  init(bounds: [Double], hasMissing: Bool) {
    self.bounds = bounds
    self.hasMissing = hasMissing
  }

  /// The names of the ids.
  var categories: [String] {
    [""] + (bounds.isEmpty ? ["any"] : NumberGrouping.names(of: bounds)) + (hasMissing ? [""] : [])
  }

  /// The id of a number.
  func id(of value: Double) -> Int32 {
    guard !value.isNaN else { return hasMissing ? Int32(bounds.count + 2) : 0 }
    var (low, high) = (0, bounds.count)
    while low < high {
      let middle = (low + high) / 2
      if bounds[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return Int32(low + 1)
  }
}
