import Foundation

/// How much of what texts say stands in their references: clipped precisions of n-grams, of one token
/// up to several, pooled over all texts.
///
///     p_n    = Σ_texts matches_n / Σ_texts n-grams of the candidate
///     BLEU-N = b · (Π_{n ≤ N} p_n)^(1/N),   b = min(1, e^(1 − r/c))
///
/// c and r are the tokens of all candidates and of all references; every text has one reference, and an
/// n-gram matches as often as the reference has it. 0 where no n-gram of some length matches, NaN
/// without texts. Tokens are compared as they are: casing and punctuation are the tokenizer's.
///
/// Papineni et al. "BLEU: a Method for Automatic Evaluation of Machine Translation." ACL 2002.
/// doi:10.3115/1073083.1073135
public struct BLEU: Sendable, Equatable {
  /// What is done about lengths of which no n-gram matches.
  public enum Smoothing: Sendable {
    /// Nothing: the score is 0.
    case none
    /// Matches and n-grams of two and more tokens count one more: for single sentences (Lin and Och,
    /// COLING 2004, doi:10.3115/1220355.1220427).
    case addOne
  }

  /// Texts that were added.
  public private(set) var texts = 0
  private var matches: [Int]
  private var totals: [Int]
  private var candidateTokens = 0
  private var referenceTokens = 0

  /// No texts yet; n-grams of up to so many tokens are counted.
  public init(order: Int = 4) {
    precondition(order > 0, "BLEU-\(order)")
    matches = [Int](repeating: 0, count: order)
    totals = matches
  }

  /// Adds a text and its reference.
  public mutating func add<Token: Hashable & Sendable>(candidate: [Token], reference: [Token]) {
    texts += 1
    candidateTokens += candidate.count
    referenceTokens += reference.count
    for n in 1...matches.count {
      let own = NGramCounts(candidate, of: n)
      matches[n - 1] += own.overlap(with: NGramCounts(reference, of: n))
      totals[n - 1] += own.total
    }
  }

  /// BLEU-N of the texts so far; N is at most the order that is counted.
  public func score(order: Int, smoothing: Smoothing = .none) -> Double {
    precondition((1...matches.count).contains(order), "BLEU-\(order) of \(matches.count) lengths")
    guard texts > 0 else { return .nan }
    var logarithms = 0.0
    for n in 1...order {
      let more = smoothing == .addOne && n > 1 ? 1 : 0
      let matched = matches[n - 1] + more
      guard matched > 0 else { return 0 }
      logarithms += log(Double(matched) / Double(totals[n - 1] + more)) / Double(order)
    }
    let lengths = Double(referenceTokens) / Double(candidateTokens)
    return exp(logarithms + min(0, 1 - lengths))
  }
}
