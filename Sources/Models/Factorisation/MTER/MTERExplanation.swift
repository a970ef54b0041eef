/// Why MTER recommends an item to a user: the features that it expects the user to like, and the
/// words in which it would be said.
///
/// Features go by x̂(u, i, f), of those that somebody mentions of the item if there are more of them
/// than are shown, else of all; the words of a feature by ŷU(u, f, o) · ŷI(i, f, o), of those that
/// somebody says of it. Wang et al., SIGIR 2018 (doi 10.1145/3209978.3210010) and their code.
public struct MTERExplanation: Sendable, Equatable {
  /// A feature with its words, the best first.
  public struct Reason: Sendable, Equatable {
    /// The feature.
    public let feature: Int
    /// x̂ of it.
    public let score: Double
    /// The words.
    public let opinions: [Int]
    /// ŷU · ŷI of each of them.
    public let opinionScores: [Double]
  }

  /// How many features and words of each are told.
  public struct Length: Sendable, Hashable {
    let features: Int
    let opinions: Int

    /// So many at most.
    public init(features: Int, opinions: Int) {
      (self.features, self.opinions) = (features, opinions)
    }
  }

  /// The reasons, the best first.
  public let reasons: [Reason]

  /// Chooses features and words by their scores; of equal ones the first.
  ///
  /// - Parameters:
  ///   - features: how many features there are, the overall slice not counted.
  ///   - mentioned: the features that somebody mentions of the item.
  ///   - seen: the words that somebody says of a feature.
  ///   - length: how many are told.
  ///   - quality: x̂ of a feature for the user and the item.
  ///   - agreement: ŷU · ŷI of a feature and a word.
  public init(
    features: Int, mentioned: [Int], seen: (Int) -> [Int], length: Length,
    quality: (Int) -> Double, agreement: (_ feature: Int, _ opinion: Int) -> Double
  ) {
    let pool = mentioned.count > length.features ? mentioned : Array(0..<features)
    reasons = Self.best(length.features, of: pool, by: quality).map { feature in
      let words = Self.best(length.opinions, of: seen(feature.index)) {
        agreement(feature.index, $0)
      }
      return Reason(
        feature: feature.index, score: feature.score, opinions: words.map(\.index),
        opinionScores: words.map(\.score))
    }
  }

  private static func best(
    _ count: Int, of pool: [Int], by score: (Int) -> Double
  ) -> [(index: Int, score: Double)] {
    Array(
      pool.map { (index: $0, score: score($0)) }
        .sorted { $0.score == $1.score ? $0.index < $1.index : $0.score > $1.score }
        .prefix(count))
  }
}
