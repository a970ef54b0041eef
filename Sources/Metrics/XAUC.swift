/// How often two rows are ranked as their labels are: the AUC of a real label.
///
///     XAUC = share of the pairs with y_i < y_j that have s_i < s_j, equal scores counting ½
///
/// Pairs of equal labels say nothing and do not count, so that with labels of 0 and 1 it is the
/// AUC; it is (Somers' D + 1) / 2. Other definitions are in use that count all pairs. NaN where all
/// labels are the same, and when a score or a label is NaN. Time O(n log n).
///
/// Zhan et al. "Deconfounding Duration Bias in Watch-time Prediction for Video Recommendation."
/// KDD 2022. doi:10.1145/3534678.3539092
public struct XAUC: Sendable {
  private var order = RankOrder()
  private var ranks: [Int32] = []
  /// How far chance alone would have carried the newest share, see ``ChanceDeviation``.
  public private(set) var chanceDeviation = Double.nan

  /// Starts with empty buffers.
  public init() {}

  /// The share of one task's rows.
  public mutating func callAsFunction(_ rows: LabelledRows) -> Double {
    chanceDeviation = .nan
    guard !rows.predictions.contains(where: \.isNaN), !rows.labels.contains(where: \.isNaN) else {
      return .nan
    }
    order.sort(rows.predictions)
    let distinct = rank(rows.predictions)
    order.sort(rows.labels)
    return share(rows.labels, ranks: distinct)
  }

  /// The share of whole columns, for a single use.
  public static func of(_ predictions: [Double], labels: [Double]) -> Double {
    var xauc = XAUC()
    return xauc(LabelledRows(predictions: predictions, labels: labels))
  }

  /// Numbers the rows by their predictions, equal ones alike; returns how many numbers there are.
  private mutating func rank(_ predictions: [Double]) -> Int {
    ranks = [Int32](repeating: 0, count: predictions.count)
    var rank: Int32 = -1
    var last = Double.nan
    for row in order.rows {
      if predictions[Int(row)] != last { rank += 1 }
      last = predictions[Int(row)]
      ranks[Int(row)] = rank
    }
    return Int(rank) + 1
  }

  /// Goes up the labels: each row is held against all rows of smaller labels.
  private mutating func share(_ labels: [Double], ranks distinct: Int) -> Double {
    var counts = CountTree<Int32>(size: distinct)
    var (halves, pairs, start) = (0, 0, 0)
    var ties = LabelTies()
    while start < order.rows.count {
      let label = labels[Int(order.rows[start])]
      var end = start
      while end < order.rows.count, labels[Int(order.rows[end])] == label {
        let rank = Int(ranks[Int(order.rows[end])])
        halves += 2 * counts.below(rank) + counts.at(rank)
        end += 1
      }
      pairs += start * (end - start)
      ties.add(end - start)
      for place in start..<end { counts.add(Int(ranks[Int(order.rows[place])])) }
      start = end
    }
    chanceDeviation = ties.chanceDeviation
    return pairs == 0 ? .nan : Double(halves) / (2 * Double(pairs))
  }
}
