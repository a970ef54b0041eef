/// How well a score ranks rows of several ordered classes: the AUC of every two of them, averaged.
///
///     Σ_{j<k} w_jk AUC(k above j) / Σ_{j<k} w_jk
///
/// Pairs of classes of which one has no row are left out, so that a random score has 0.5, a perfect
/// one 1, and two classes give their AUC. NaN without two classes, and when a score is NaN.
///
/// Of two tasks' labels the classes are 2 · own + other, ``cell(own:other:)``, 3 the best.
///
/// Yang et al. "Cross-Task Knowledge Distillation in Multi-Task Recommendation." AAAI 2022.
/// arXiv:2202.09852
public struct MultiAUC: Sendable {
  /// What a pair of classes counts.
  public enum Weighting: Sendable, CaseIterable {
    /// All the same, w = 1.
    case uniform
    /// As many as there are rows in both, w = n_j + n_k.
    case prevalence
  }

  /// The class of a row by two binary labels, from 0, −−, to 3, ++.
  public static func cell(own: Bool, other: Bool) -> Int { (own ? 2 : 0) + (other ? 1 : 0) }

  /// The average of whole columns; a larger class ought to have larger scores.
  public static func of(
    _ scores: [Double], classes: [Int], _ weighting: Weighting = .uniform
  ) -> Double {
    precondition(
      scores.count == classes.count,
      "metrics: \(scores.count) scores of \(classes.count) classes")
    let rows = Dictionary(grouping: classes.indices) { classes[$0] }
    let known = rows.keys.sorted()
    var (sum, weights, auc) = (0.0, 0.0, AUC())
    for (place, low) in known.enumerated() {
      for high in known[(place + 1)...] {
        let (below, above) = (rows[low] ?? [], rows[high] ?? [])
        let pair = LabelledRows(
          predictions: (below + above).map { scores[$0] },
          labels: below.map { _ in 0 } + above.map { _ in 1 })
        let weight = weighting == .uniform ? 1 : Double(pair.count)
        sum += weight * auc(pair)
        weights += weight
      }
    }
    return weights == 0 ? .nan : sum / weights
  }
}
