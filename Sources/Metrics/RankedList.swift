import Foundation

/// A list of candidates in the order of falling scores, seen through its first k places.
///
/// Equal scores keep the order in which they came. Metrics are NaN for a list in which nothing is
/// relevant; leave such lists out of a mean.
public struct RankedList: Sendable {
  /// What a relevance is worth.
  public enum Gain: Sendable {
    /// 1 for any relevance above 0.
    case binary
    /// The relevance itself.
    case linear
    /// 2 to the relevance, less 1.
    case exponential
  }

  /// Relevances, best score first.
  private let ranked: [Double]
  private let k: Int

  /// Ranks relevances by their scores and keeps the first `k` places in view.
  public init(scores: [Double], relevances: [Double], first k: Int) {
    precondition(
      scores.count == relevances.count,
      "ranked list: \(scores.count) scores, \(relevances.count) relevances")
    ranked = Self.falling(relevances, by: scores)
    self.k = k
  }

  /// The normalised discounted cumulative gain: DCG@k of this order over that of the best order.
  ///
  ///     DCG@k = Σ_{r ≤ k} gain_r / log₂(r + 1)
  ///
  /// (Järvelin and Kekäläinen 2002, doi:10.1145/582415.582418)
  public func ndcg(_ gain: Gain) -> Double {
    let gains = ranked.map { Self.value($0, gain) }
    let best = discountedSum(Self.falling(gains, by: gains))
    return best == 0 ? .nan : discountedSum(gains) / best
  }

  /// The share of relevant candidates that is among the first k.
  public var recall: Double {
    let relevant = ranked.count { $0 > 0 }
    return relevant == 0 ? .nan : Double(ranked.prefix(k).count { $0 > 0 }) / Double(relevant)
  }

  /// 1 if any of the first k is relevant, else 0, also where nothing is relevant.
  public var hit: Double { ranked.prefix(k).contains { $0 > 0 } ? 1 : 0 }

  private func discountedSum(_ gains: [Double]) -> Double {
    gains.prefix(k).enumerated().reduce(0) { $0 + $1.element / log2(Double($1.offset) + 2) }
  }

  private static func falling(_ values: [Double], by scores: [Double]) -> [Double] {
    values.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }.map { values[$0] }
  }

  private static func value(_ relevance: Double, _ gain: Gain) -> Double {
    switch gain {
    case .binary: relevance > 0 ? 1 : 0
    case .linear: relevance
    case .exponential: exp2(relevance) - 1
    }
  }
}
