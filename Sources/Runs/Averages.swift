extension [Double] {
  /// The mean; NaN of none.
  public var mean: Double { reduce(0, +) / Double(count) }

  /// The middle number, or the mean of the two in the middle; NaN of none, and where one is NaN.
  public var median: Double {
    guard !isEmpty, allSatisfy({ !$0.isNaN }) else { return .nan }
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}
