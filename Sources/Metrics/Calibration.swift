/// Whether predicted probabilities are as large as what happens.
public enum Calibration {
  /// The ratio mean(p) / mean(y): 1 is calibrated on average, 2 promises twice as much as comes.
  ///
  /// Undefined, NaN, without rows and when mean(y) is 0.
  public static func ratio(_ rows: LabelledRows) -> Double {
    let label = rows.mean { _, label in label }
    return label == 0 ? .nan : rows.mean { probability, _ in probability } / label
  }

  /// The expected calibration error, over bins of equal width.
  ///
  ///     Σ_b n_b / n · |mean_b(p) − mean_b(y)|,  b = min(⌊p · bins⌋, bins − 1)
  ///
  /// Undefined, NaN, without rows and when a probability lies outside [0, 1].
  public static func expectedError(_ rows: LabelledRows, bins: Int = 10) -> Double {
    precondition(bins > 0, "expected calibration error: \(bins) bins")
    guard rows.predictions.allSatisfy((0...1).contains) else { return .nan }
    var gaps = [Double](repeating: 0, count: bins)
    for (probability, label) in zip(rows.predictions, rows.labels) {
      gaps[min(Int(probability * Double(bins)), bins - 1)] += probability - label
    }
    return gaps.reduce(0) { $0 + abs($1) } / Double(rows.count)
  }
}
