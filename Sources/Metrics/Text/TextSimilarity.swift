import Foundation

/// How alike two texts are by the words that tell texts apart: the cosine of their tf-idf vectors.
///
///     v_w   = count of w · idf_w,   idf_w = ln((1 + N) / (1 + df_w)) + 1
///     score = ⟨v, v'⟩ / (‖v‖ ‖v'‖)
///
/// N texts of a corpus have the word w in df_w of them. Words that the corpus does not have are left
/// out; a text without any of its words has 0 with every other.
public struct TextSimilarity<Token: Hashable & Sendable>: Sendable {
  private let weights: [Token: Double]

  /// Weighs words by how few texts of a corpus have them: for scores, the references.
  public init(corpus: some Sequence<[Token]>) {
    var (frequencies, count): ([Token: Int], Int) = ([:], 0)
    for text in corpus {
      count += 1
      for token in Set(text) { frequencies[token, default: 0] += 1 }
    }
    weights = frequencies.mapValues { log(Double(1 + count) / Double(1 + $0)) + 1 }
  }

  /// The cosine of two texts, from 0 to 1.
  public func cosine(_ text: [Token], _ other: [Token]) -> Double {
    // In the order of the texts, so that sums do not depend on how words are hashed.
    let (left, right) = (vector(of: text), vector(of: other))
    let places = Dictionary(
      uniqueKeysWithValues: right.enumerated().map { ($1.token, $0) })
    let product = left.reduce(0.0) { sum, entry in
      sum + (places[entry.token].map { right[$0].value * entry.value } ?? 0)
    }
    func square(_ vector: [(token: Token, value: Double)]) -> Double {
      vector.reduce(0) { $0 + $1.value * $1.value }
    }
    let norm = square(left).squareRoot() * square(right).squareRoot()
    return norm > 0 ? min(1, product / norm) : 0
  }

  /// The words that the corpus has, in the order in which they first occur.
  private func vector(of text: [Token]) -> [(token: Token, value: Double)] {
    var (counts, order): ([Token: Int], [Token]) = ([:], [])
    for token in text {
      if counts[token] == nil { order.append(token) }
      counts[token, default: 0] += 1
    }
    return order.compactMap { token in
      weights[token].map { (token, Double(counts[token] ?? 0) * $0) }
    }
  }
}
