import Foundation

/// How many tokens a model wavers between on average: the exponential of the mean negative log
/// likelihood of a token.
///
///     exp(−Σ ln p(y_t | y_<t) / tokens)
///
/// The end of a text is one of its tokens, padding is none. All tokens count alike, so that long texts
/// count more; texts in different tokens cannot be compared. NaN without tokens.
public struct Perplexity: Sendable, Equatable {
  /// −Σ ln p, in nats.
  public private(set) var negativeLogLikelihood = 0.0
  /// Tokens so far.
  public private(set) var tokens = 0

  /// No tokens yet.
  public init() {}

  /// Adds tokens whose −Σ ln p is known.
  public mutating func add(negativeLogLikelihood: Double, tokens: Int) {
    self.negativeLogLikelihood += negativeLogLikelihood
    self.tokens += tokens
  }

  /// Adds a token by the logits of the whole vocabulary where it stands.
  ///
  ///     −ln p = ln Σ_w e^(z_w − m) + (m − z_y),   m = max z
  public mutating func add<Scalar: BinaryFloatingPoint>(logits: [Scalar], token: Int) {
    precondition(logits.indices.contains(token), "token \(token) of \(logits.count)")
    let greatest = logits.reduce(-Double.infinity) { max($0, Double($1)) }
    let sum = logits.reduce(0.0) { $0 + exp(Double($1) - greatest) }
    add(negativeLogLikelihood: log(sum) + (greatest - Double(logits[token])), tokens: 1)
  }

  /// The perplexity, from 1 for one who always knows.
  public var value: Double {
    tokens > 0 ? exp(negativeLogLikelihood / Double(tokens)) : .nan
  }
}
