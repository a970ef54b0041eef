/// How far chance alone carries a rank score, AUC or XAUC, away from ½ on some rows: its standard
/// deviation where scores have nothing to do with labels.
///
///     σ² = (n(n − 1)(2n + 5) − Σ u(u − 1)(2u + 5)) / (72 P²),  P = (n(n − 1) − Σ u(u − 1)) / 2
///
/// of n rows, u of them with each label; P counts the pairs of different labels. With labels of 0
/// and 1 that is (n + 1) / (12 n⁺ n⁻), the rank-sum statistic's. It follows from the labels alone,
/// so it is the same at every evaluation of the same rows. NaN where all labels are the same.
///
/// Kendall. "The Treatment of Ties in Ranking Problems." Biometrika 33, 1945.
/// doi:10.1093/biomet/33.3.239
public enum ChanceDeviation {
  /// σ of rows of which so many have each label.
  public static func of(counts: [Int]) -> Double {
    var ties = LabelTies()
    for count in counts { ties.add(count) }
    return ties.chanceDeviation
  }

  /// σ of the AUC of rows, whose labels above ½ are positive.
  public static func ofAUC(_ rows: LabelledRows) -> Double {
    let positives = rows.labels.count { $0 > 0.5 }
    return of(counts: [positives, rows.count - positives])
  }
}

/// The sums of ``ChanceDeviation`` over the rows of each label.
struct LabelTies {
  private var rows = 0.0
  private var pairs = 0.0
  private var sum = 0.0

  /// Takes in the rows of one label.
  mutating func add(_ count: Int) {
    let count = Double(count)
    rows += count
    pairs += count * (count - 1)
    sum += count * (count - 1) * (2 * count + 5)
  }

  /// σ of the rows so far.
  var chanceDeviation: Double {
    let all = rows * (rows - 1)
    let different = all - pairs
    guard different > 0 else { return .nan }
    return ((all * (2 * rows + 5) - sum) / 18).squareRoot() / different
  }
}
