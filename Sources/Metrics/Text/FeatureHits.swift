/// How often an explanation names a feature that the truth names.
///
/// The features named are those with the best scores, or those that a generated text has. Rows whose
/// truth names none say nothing and are left out; all is NaN without rows.
public struct FeatureHits: Sendable, Equatable {
  /// Rows that count.
  public private(set) var rows = 0
  private var hits = 0
  private var chances = 0.0
  private let features: Int

  /// No rows yet; there are so many features to choose from.
  public init(features: Int) {
    precondition(features > 0, "feature hits among \(features) features")
    self.features = features
  }

  /// Adds a row: the features that were named, and those of the truth.
  public mutating func add(named: Set<Int>, truth: Set<Int>) {
    let range = 0..<features
    precondition(
      named.allSatisfy(range.contains) && truth.allSatisfy(range.contains),
      "a feature that is none of \(features)")
    guard !truth.isEmpty else { return }
    rows += 1
    hits += named.isDisjoint(with: truth) ? 0 : 1
    chances += 1 - chanceOfNone(named: named.count, truth: truth.count)
  }

  /// The share of rows of which a feature was named that is true.
  public var ratio: Double { Double(hits) / Double(rows) }

  /// What the ratio would be on average if as many features were named by lot.
  ///
  ///     mean over rows of 1 − C(F − t, k) / C(F, k)      k named, t true, of F
  public var chance: Double { chances / Double(rows) }

  /// C(F − t, k) / C(F, k), a product of k shares.
  private func chanceOfNone(named: Int, truth: Int) -> Double {
    (0..<named).reduce(1) { $0 * Double(max(0, features - truth - $1)) / Double(features - $1) }
  }
}
