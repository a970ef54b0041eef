/// Where a lane adds up what the running means of a store follow.
struct RunningAverages: Sendable {
  /// Where each parameter's sums start; −1 for others.
  let offsets: [Int]
  /// Floats a lane, whole cache lines.
  let stride: Int

  init(_ specifications: [ParameterSpecification]) {
    var end = 0
    offsets = specifications.map { one in
      guard case .average(let count, _) = one.kind else { return -1 }
      defer { end += count }
      return end
    }
    stride = (end + 15) & ~15
  }
}

extension ParameterStore {
  /// Moves running means towards the mean over the rows of what the lanes have added up.
  ///
  ///     a ← a + rate · (Σ_lanes s / rows − a)
  ///
  /// Lanes are added in order: they depend on the batch's size alone, so any number of threads
  /// comes to the same numbers.
  func update(
    _ average: Parameter, from sums: UnsafePointer<Float>, lanes: Int, rows: Int
  ) {
    guard case .average(let count, let rate) = specifications[average.index].kind, rows > 0 else {
      return
    }
    let first = averages.offsets[average.index]
    change(average) { values in
      for place in 0..<count {
        var sum: Float = 0
        for lane in 0..<lanes { sum += sums[lane * averages.stride + first + place] }
        values[place] += Float(rate) * (sum / Float(rows) - values[place])
      }
    }
  }
}
