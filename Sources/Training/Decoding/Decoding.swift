/// How a sentence is chosen of what a model says word after word.
public enum Decoding: Sendable, Hashable {
  /// The likeliest word each time.
  case greedy
  /// Words at random by softmax(z / temperature).
  ///
  /// `top` keeps the most likely words alone, `mass` the fewest whose shares add up to it; nil keeps
  /// all. Draws depend on the seed, the row's place and the word's alone.
  case sampled(temperature: Double = 1, top: Int? = nil, mass: Double? = nil, seed: UInt64)
  /// The best of several sentences that grow side by side.
  case beam(width: Int, ranking: Ranking = .total)

  /// By what sentences of a beam are ranked.
  public enum Ranking: Sendable, Hashable {
    /// Their log-probability.
    case total
    /// Their log-probability a word, the end counted.
    case average
  }

  /// Sentences a row that grow side by side.
  public var width: Int {
    switch self {
    case .greedy, .sampled: 1
    case .beam(let width, _): max(1, width)
    }
  }
}
