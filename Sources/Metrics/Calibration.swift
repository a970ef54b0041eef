/// Whether predicted probabilities are as large as what happens.
public enum Calibration {
  /// The ratio mean(p) / mean(y): 1 is calibrated on average, 2 promises twice as much as comes.
  ///
  /// Undefined, NaN, without rows and when mean(y) is 0.
  public static func ratio(_ rows: LabelledRows) -> Double {
    let label = rows.mean { _, label in label }
    return label == 0 ? .nan : rows.mean { probability, _ in probability } / label
  }

  /// How rows are put into bins.
  public enum Binning: Sendable {
    /// Bins of equal width: of p the bin min(⌊p · bins⌋, bins − 1).
    case width
    /// Bins of equal mass: of n rows by rising p, equal ones in their order, bin b has the places
    /// from ⌊b n / bins⌋ up to the next bin's.
    case mass
  }

  /// A bin of rows; means are NaN where it is empty.
  public struct Bin: Sendable, Equatable {
    /// Rows.
    public var count = 0
    /// Mean probability.
    public var meanProbability = Double.nan
    /// Mean label.
    public var meanLabel = Double.nan
  }

  /// Rows in bins; none if a probability lies outside [0, 1].
  public static func bins(_ rows: LabelledRows, _ count: Int, _ binning: Binning) -> [Bin] {
    var sums = BinSums(count: count)
    return sums.add(rows, binning) ? sums.bins : []
  }

  /// Bins of equal mass of any predictions, values as well as probabilities: ``Bin/meanProbability`` is
  /// their mean.
  public static func massBins(_ rows: LabelledRows, _ count: Int) -> [Bin] {
    var sums = BinSums(count: count)
    sums.addByMass(rows)
    return sums.bins
  }

  /// The expected calibration error.
  ///
  ///     Σ_b n_b / n · |mean_b(p) − mean_b(y)|
  ///
  /// The rows of a click model lie in one or two bins of equal width, which hides what happens inside
  /// of them; bins of equal mass show more. Undefined, NaN, without rows and when a probability lies
  /// outside [0, 1].
  public static func expectedError(
    _ rows: LabelledRows, bins: Int = 10, _ binning: Binning = .width
  ) -> Double {
    var sums = BinSums(count: bins)
    guard sums.add(rows, binning) else { return .nan }
    let gaps = zip(sums.probabilities, sums.labels).map { abs($0 - $1) }
    return gaps.reduce(0, +) / Double(rows.count)
  }
}

/// What lies in each bin.
private struct BinSums {
  var counts: [Int]
  var probabilities: [Double]
  var labels: [Double]

  init(count: Int) {
    precondition(count > 0, "expected calibration error: \(count) bins")
    counts = [Int](repeating: 0, count: count)
    probabilities = [Double](repeating: 0, count: count)
    labels = probabilities
  }

  /// Adds rows; false if one is no probability.
  mutating func add(_ rows: LabelledRows, _ binning: Calibration.Binning) -> Bool {
    guard rows.predictions.allSatisfy((0...1).contains) else { return false }
    let bins = counts.count
    switch binning {
    case .width:
      for row in rows.labels.indices {
        add(rows, row, to: min(Int(rows.predictions[row] * Double(bins)), bins - 1))
      }
    case .mass: addByMass(rows)
    }
    return true
  }

  /// Adds rows whatever their predictions, by rising ones.
  mutating func addByMass(_ rows: LabelledRows) {
    let bins = counts.count
    var order = RankOrder()
    order.sort(rows.predictions)
    for bin in 0..<bins {
      let end = (bin + 1) * rows.count / bins
      for place in (bin * rows.count / bins)..<end { add(rows, Int(order.rows[place]), to: bin) }
    }
  }

  /// The bins with their means.
  var bins: [Calibration.Bin] {
    counts.indices.map { bin in
      let own = Double(counts[bin])
      return Calibration.Bin(
        count: counts[bin], meanProbability: probabilities[bin] / own, meanLabel: labels[bin] / own)
    }
  }

  private mutating func add(_ rows: LabelledRows, _ row: Int, to bin: Int) {
    counts[bin] += 1
    probabilities[bin] += rows.predictions[row]
    labels[bin] += rows.labels[row]
  }
}
