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
    let rows = Double(counts.reduce(0, +))
    var pairs = rows * (rows - 1)
    var sum = pairs * (2 * rows + 5)
    for count in counts.lazy.map(Double.init) {
      pairs -= count * (count - 1)
      sum -= count * (count - 1) * (2 * count + 5)
    }
    guard pairs > 0 else { return .nan }
    return (sum / 18).squareRoot() / pairs
  }

  /// σ of rows with these labels; O(n log n).
  public static func of(labels: [Double]) -> Double {
    var order = RankOrder()
    guard !labels.contains(where: \.isNaN) else { return .nan }
    order.sort(labels)
    var counts: [Int] = []
    var last = Double.nan
    for row in order.rows {
      if labels[Int(row)] == last { counts[counts.count - 1] += 1 } else { counts.append(1) }
      last = labels[Int(row)]
    }
    return of(counts: counts)
  }
}
