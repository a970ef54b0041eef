/// The AUC within groups (users, sessions), averaged over the groups by their rows.
///
///     GAUC = Σ_g n_g · AUC_g / Σ_g n_g
///
/// Groups with one class have no AUC and are left out of both sums; NaN if none is left, or if a
/// score is NaN. (Zhu et al. "Optimized Cost per Click in Taobao Display Advertising." KDD 2017.
/// doi:10.1145/3097983.3098134)
public enum GroupedAUC {
  /// The average over groups; `groups` names the group of each row.
  public static func of(_ rows: LabelledRows, groups: [Int]) -> Double {
    precondition(groups.count == rows.count, "gauc: \(groups.count) groups, \(rows.count) rows")
    guard !rows.predictions.contains(where: \.isNaN) else { return .nan }
    var auc = AUC()
    var sum = 0.0
    var weight = 0.0
    forEachGroup(groups) { members in
      let area = auc(rows, at: members)
      guard !area.isNaN else { return }
      sum += Double(members.count) * area
      weight += Double(members.count)
    }
    return sum / weight
  }

  /// Hands over the rows of each group, groups in rising order.
  private static func forEachGroup(_ groups: [Int], _ body: (ArraySlice<Int>) -> Void) {
    let order = groups.indices.sorted { (groups[$0], $0) < (groups[$1], $1) }
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, groups[order[end]] == groups[order[start]] { end += 1 }
      body(order[start..<end])
      start = end
    }
  }
}
