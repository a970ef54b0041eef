/// The AUC of rows that come one after another, in bounded memory.
///
/// Up to a budget of scores they are kept and sorted: the area is that of ``AUC``, to the bit. Beyond it
/// they are counted in bins by rising score,
///
///     AUC = (Σ_b p_b · (n_below(b) + ½ n_b) ± ½ Σ_b p_b · n_b) / (P · N)
///
/// for p_b positive and n_b negative rows in bin b: pairs of two bins are in order, and whatever the
/// order within a bin, it moves its pairs by half of them at most. Equal scores are in one bin and count
/// half there, so that the bound is large where scores are few.
public struct StreamedAUC: Sendable {
  /// An area, its standard error, and how far the area may be from the exact one.
  public struct Estimate: Sendable, Equatable {
    /// The area; NaN where it is undefined.
    public var area: Double
    /// The standard error over draws of the rows; NaN below two rows of either class.
    public var standardError: Double
    /// The exact area lies within the area ± the bound; 0 where it is the exact one.
    public var bound: Double
  }

  private let budget: Int
  private(set) var sorted = AUC()
  /// Rows of either class by bin; empty while scores are kept.
  private var positives: [Int] = []
  private var negatives: [Int] = []
  /// How many rows were added.
  public private(set) var count = 0

  /// Starts without rows; so many scores are kept at most, in 8 bytes each; a sort takes as many
  /// again for the larger class, and lets go of them.
  public init(budget: Int) { self.budget = budget }

  /// Whether all scores are kept.
  public var isExact: Bool { positives.isEmpty }

  /// Adds the score of a row; a label above ½ is positive.
  ///
  /// A score that is no finite number has no bin: it is refused, and the result is false.
  public mutating func add(_ score: Double, label: Double) -> Bool {
    guard score.isFinite, let key = AUC.key(score) else { return false }
    if isExact, count == budget { bin() }
    count += 1
    if isExact {
      sorted.add(key, isPositive: label > 0.5)
    } else if label > 0.5 {
      positives[ScoreBins.bin(of: score)] += 1
    } else {
      negatives[ScoreBins.bin(of: score)] += 1
    }
    return true
  }

  /// Puts what was kept into bins, and lets go of it.
  private mutating func bin() {
    positives = [Int](repeating: 0, count: ScoreBins.count)
    negatives = positives
    for key in sorted.positives { positives[ScoreBins.bin(of: AUC.score(key))] += 1 }
    for key in sorted.negatives { negatives[ScoreBins.bin(of: AUC.score(key))] += 1 }
    sorted = AUC()
  }

  /// The area of all rows so far.
  public mutating func estimate() -> Estimate {
    guard isExact else { return binned }
    let found = sorted.estimateOfAdded()
    // Other scores are sorted next.
    sorted.releaseSpare()
    return Estimate(area: found.area, standardError: found.standardError, bound: 0)
  }
}

// MARK: - From bins

extension StreamedAUC {
  private var binned: Estimate {
    var (halves, same, above, below) = (0.0, 0.0, 0, 0)
    for bin in 0..<ScoreBins.count where positives[bin] + negatives[bin] > 0 {
      let (p, n) = (Double(positives[bin]), Double(negatives[bin]))
      halves += p * (2 * Double(below) + n)
      same += p * n
      above += positives[bin]
      below += negatives[bin]
    }
    guard above > 0, below > 0 else {
      return Estimate(area: .nan, standardError: .nan, bound: 0)
    }
    let pairs = Double(above) * Double(below)
    let area = halves / (2 * pairs)
    // The last: what the rounding of sums of whole numbers above 2⁵³ can do.
    return Estimate(
      area: area,
      standardError: (variance(of: positives, against: negatives, mean: area)
        + variance(of: negatives, against: positives, mean: 1 - area)).squareRoot(),
      bound: same / (2 * pairs) + 0x1p-32)
  }

  /// As ``AUC`` has it, with all rows of a bin alike.
  private func variance(of own: [Int], against others: [Int], mean: Double) -> Double {
    let (count, all) = (Double(own.reduce(0, +)), Double(others.reduce(0, +)))
    guard count > 1 else { return .nan }
    var (squares, below) = (0.0, 0)
    for bin in own.indices {
      let share = (Double(below) + Double(others[bin]) / 2) / all
      squares += Double(own[bin]) * (share - mean) * (share - mean)
      below += others[bin]
    }
    return squares / (count * (count - 1))
  }
}
