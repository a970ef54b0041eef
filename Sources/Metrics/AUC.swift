/// The area under the ROC curve: how often a positive row is ranked above a negative one.
///
///     AUC = P(s⁺ > s⁻) + ½ · P(s⁺ = s⁻)
///
/// Ties count half, which is the rank-sum statistic (Hanley and McNeil 1982,
/// doi:10.1148/radiology.143.1.7063747). The counts are whole numbers, so the answer does not
/// depend on the order of rows. A label above ½ is positive. Undefined, NaN, without a row of each
/// class and when a score is NaN. Time O(n), by radix sort in buffers that are kept between calls.
public struct AUC: Sendable {
  private(set) var positives: [UInt64] = []
  private(set) var negatives: [UInt64] = []
  private var radix = RadixSort()

  /// Starts with empty buffers.
  public init() {}

  /// The area of one task's rows; any increasing function of the probability serves as prediction.
  public mutating func callAsFunction(_ rows: LabelledRows) -> Double {
    self(rows, at: rows.labels.indices)
  }

  /// The area of some of the rows.
  mutating func callAsFunction(_ rows: LabelledRows, at indices: some Sequence<Int>) -> Double {
    guard separate(rows, at: indices) else { return .nan }
    return areaOfAdded()
  }

  /// The area of what was added, which is sorted; more can be added.
  mutating func areaOfAdded() -> Double {
    guard !positives.isEmpty, !negatives.isEmpty else { return .nan }
    radix.sort(&positives)
    radix.sort(&negatives)
    let pairs = 2 * Double(positives.count) * Double(negatives.count)
    return Double(Self.halfWins(of: positives, over: negatives)) / pairs
  }

  /// The area of whole columns, for a single use.
  public static func of(_ predictions: [Double], labels: [Double], space: [Double]? = nil) -> Double
  {
    var auc = AUC()
    return auc(LabelledRows(predictions: predictions, labels: labels, space: space))
  }
}

// MARK: - Keys and counting

extension AUC {
  /// Fills the two buffers with the scores of the two classes; false if a score is NaN.
  private mutating func separate(_ rows: LabelledRows, at indices: some Sequence<Int>) -> Bool {
    positives.removeAll(keepingCapacity: true)
    negatives.removeAll(keepingCapacity: true)
    for row in indices {
      guard let key = Self.key(rows.predictions[row]) else { return false }
      add(key, isPositive: rows.labels[row] > 0.5)
    }
    return true
  }

  /// Adds the score of a row, as a key.
  mutating func add(_ key: UInt64, isPositive: Bool) {
    if isPositive {
      positives.append(key)
    } else {
      negatives.append(key)
    }
  }

  /// Keys that sorting has room for besides those that were added.
  var spareCount: Int { radix.spareCount }

  /// Lets go of what sorting took.
  mutating func releaseSpare() { radix.releaseSpare() }

  /// A whole number that sorts as the score does, −0 with 0; nil for NaN.
  static func key(_ score: Double) -> UInt64? {
    guard !score.isNaN else { return nil }
    let bits = (score + 0).bitPattern
    return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
  }

  /// The score of a key.
  static func score(_ key: UInt64) -> Double {
    Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
  }

  /// Twice the pairs won plus the pairs tied, of sorted scores.
  private static func halfWins(of positives: [UInt64], over negatives: [UInt64]) -> Int {
    var below = 0
    var notAbove = 0
    var halves = 0
    for score in positives {
      while below < negatives.count, negatives[below] < score { below += 1 }
      while notAbove < negatives.count, negatives[notAbove] <= score { notAbove += 1 }
      halves += below + notAbove
    }
    return halves
  }
}
