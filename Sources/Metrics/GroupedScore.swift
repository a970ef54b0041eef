/// A score within groups (users, sessions), averaged over the groups that have one.
///
///     Σ_g w_g · score_g / Σ_g w_g
///
/// AUC within users, weighed by their rows, is what the field calls GAUC (Zhu et al. "Optimized Cost
/// per Click in Taobao Display Advertising." KDD 2017. doi:10.1145/3097983.3098134); others weigh all
/// users alike, or by clicks. Groups whose labels are all the same have no score and are left out of
/// both sums; NaN if none is left, or if a prediction is NaN.
public struct GroupedScore: Sendable, Equatable {
  /// What a group counts for.
  public enum Weight: Sendable {
    /// 1.
    case group
    /// Its rows.
    case rows
    /// Its rows with a label above ½.
    case positives
  }

  /// One group's score.
  public struct Group: Sendable, Equatable {
    /// The number that names the group.
    public let group: Int
    /// Its rows.
    public let rows: Int
    /// Its rows with a label above ½.
    public let positives: Int
    /// Its score; NaN where its labels are all the same.
    public let score: Double
  }

  /// The groups that have rows, in rising order.
  public let groups: [Group]

  /// The AUC within each group; `groups` names the group of each row.
  public static func auc(_ rows: LabelledRows, groups: [Int]) -> Self {
    // Rows in the order of their predictions are in order within each group as well.
    guard !rows.predictions.contains(where: \.isNaN) else {
      return Self(rows, groups) { _ in .nan }
    }
    var order = RankOrder()
    order.sort(rows.predictions)
    let ranked = LabelledRows(
      predictions: order.rows.map { rows.predictions[Int($0)] },
      labels: order.rows.map { rows.labels[Int($0)] })
    return Self(ranked, order.rows.map { groups[Int($0)] }) { area(of: $0, ranked) }
  }

  /// The AUC of some rows that come in the order of their predictions; equal ones count half.
  private static func area(of members: ArraySlice<Int32>, _ rows: LabelledRows) -> Double {
    var (halves, negatives, positives) = (0, 0, 0)
    var start = members.startIndex
    while start < members.endIndex {
      let prediction = rows.predictions[Int(members[start])]
      var (own, end) = (0, start)
      while end < members.endIndex, rows.predictions[Int(members[end])] == prediction {
        own += rows.labels[Int(members[end])] > 0.5 ? 1 : 0
        end += 1
      }
      let others = end - start - own
      halves += own * (2 * negatives + others)
      (positives, negatives, start) = (positives + own, negatives + others, end)
    }
    guard positives > 0, negatives > 0 else { return .nan }
    return Double(halves) / (2 * Double(positives) * Double(negatives))
  }

  /// The XAUC within each group.
  public static func xauc(_ rows: LabelledRows, groups: [Int]) -> Self {
    var xauc = XAUC()
    return Self(rows, groups) { members in
      xauc(
        LabelledRows(
          predictions: members.map { rows.predictions[Int($0)] },
          labels: members.map { rows.labels[Int($0)] }))
    }
  }

  private init(_ rows: LabelledRows, _ groups: [Int], _ score: (ArraySlice<Int32>) -> Double) {
    precondition(groups.count == rows.count, "gauc: \(groups.count) groups, \(rows.count) rows")
    guard !rows.predictions.contains(where: \.isNaN) else {
      self.groups = []
      return
    }
    let members = RowGroups(groups)
    self.groups = (0..<members.count).map { place in
      let own = members[place]
      return Group(
        group: own.first.map { groups[Int($0)] } ?? 0, rows: own.count,
        positives: own.count { rows.labels[Int($0)] > 0.5 }, score: score(own))
    }
  }

  /// The mean over the groups that have a score.
  public func mean(_ weight: Weight = .rows) -> Double {
    var (sum, total) = (0.0, 0.0)
    for group in groups where !group.score.isNaN {
      let own =
        switch weight {
        case .group: 1.0
        case .rows: Double(group.rows)
        case .positives: Double(group.positives)
        }
      sum += own * group.score
      total += own
    }
    return sum / total
  }

  /// How many groups have a score.
  public var counted: Int { groups.count { !$0.score.isNaN } }
}

/// GAUC for a single use.
public enum GroupedAUC {
  /// The mean AUC of the groups, weighed by their rows; `groups` names the group of each row.
  public static func of(_ rows: LabelledRows, groups: [Int]) -> Double {
    GroupedScore.auc(rows, groups: groups).mean(.rows)
  }
}
