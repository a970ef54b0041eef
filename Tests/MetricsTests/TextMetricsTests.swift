import Foundation
import Metrics
import Tensors
import Testing

/// Scores of texts, counted by hand.
@Suite struct TextMetricsTests {
  private static func tokens(_ text: String) -> [String] {
    text.split(separator: " ").map(String.init)
  }

  private static func isNear(_ found: Double, _ expected: Double) -> Bool {
    abs(found - expected) <= 1e-14 * max(1, abs(expected))
  }

  // MARK: - BLEU

  @Test func `runs match as often as the reference has them`() {
    var bleu = BLEU()
    // Of a, b, a, c all match; of ab, ba, ac one of three; of aba, bac none.
    bleu.add(candidate: Self.tokens("a b a c"), reference: Self.tokens("a a b c d"))
    let brevity = exp(1 - 5.0 / 4)
    #expect(Self.isNear(bleu.score(order: 1), brevity))
    #expect(Self.isNear(bleu.score(order: 2), brevity * (1 / 3.0).squareRoot()))
    #expect(bleu.score(order: 3) == 0)
    #expect(
      Self.isNear(bleu.score(order: 2, smoothing: .addOne), brevity * (2 / 4.0).squareRoot()))
    #expect(
      Self.isNear(
        bleu.score(order: 3, smoothing: .addOne), brevity * pow(2 / 4.0 * 1 / 3.0, 1 / 3.0)))
    var repeated = BLEU()
    repeated.add(candidate: Self.tokens("a a a"), reference: Self.tokens("a b"))
    #expect(Self.isNear(repeated.score(order: 1), 1 / 3.0))
  }

  @Test func `counts are pooled over texts, and so are lengths`() {
    var bleu = BLEU(order: 2)
    bleu.add(candidate: Self.tokens("a b"), reference: Self.tokens("a b"))
    bleu.add(candidate: Self.tokens("c"), reference: Self.tokens("d e"))
    #expect(bleu.texts == 2)
    #expect(Self.isNear(bleu.score(order: 1), exp(1 - 4.0 / 3) * 2 / 3))
    #expect(Self.isNear(bleu.score(order: 2), exp(1 - 4.0 / 3) * (2 / 3.0).squareRoot()))
  }

  @Test func `equal texts have one, empty ones zero, none at all nothing`() {
    var bleu = BLEU()
    #expect(bleu.score(order: 1).isNaN)
    bleu.add(candidate: [Int](), reference: [1, 2])
    #expect(bleu.score(order: 1) == 0)
    #expect(bleu.score(order: 1, smoothing: .addOne) == 0)
    var equal = BLEU()
    equal.add(candidate: [3, 1, 4, 1, 5], reference: [3, 1, 4, 1, 5])
    for order in 1...4 { #expect(equal.score(order: order) == 1) }
  }

  // MARK: - ROUGE

  @Test func `precision and recall are of the candidate and of the reference`() {
    let (candidate, reference) = (Self.tokens("a b a c"), Self.tokens("a a b c d"))
    let words = ROUGE.ofRuns(of: 1, candidate: candidate, reference: reference)
    #expect(words.precision == 1 && words.recall == 4 / 5.0)
    #expect(Self.isNear(words.f1, 8 / 9.0))
    let pairs = ROUGE.ofRuns(of: 2, candidate: candidate, reference: reference)
    #expect(pairs.precision == 1 / 3.0 && pairs.recall == 1 / 4.0)
    #expect(Self.isNear(pairs.f1, 2 / 7.0))
    // a b c.
    let longest = ROUGE.ofLongestSubsequence(candidate: candidate, reference: reference)
    #expect(longest.precision == 3 / 4.0 && longest.recall == 3 / 5.0)
    #expect(Self.isNear(longest.f1, 2 / 3.0))
  }

  @Test func `texts too short have nothing`() {
    let none = ROUGE.ofRuns(of: 2, candidate: [1], reference: [1, 2])
    #expect(none.precision == 0 && none.recall == 0 && none.f1 == 0)
    let empty = ROUGE.ofLongestSubsequence(candidate: [Int](), reference: [])
    #expect(empty.precision == 0 && empty.recall == 0 && empty.f1 == 0)
  }

  @Test(arguments: UInt64(1)...40)
  func `the longest subsequence is the longest of all`(seed: UInt64) {
    let random = RandomSource(seed: seed, .test)
    func text(_ stream: UInt64) -> [Int] {
      (0..<random.index(below: 8, stream, 99)).map { random.index(below: 3, stream, UInt64($0)) }
    }
    let (a, b) = (text(0), text(1))
    /// Whether a set of places of `a` says tokens that `b` has in order.
    func isWithin(_ places: Int) -> Bool {
      var rest = b[...]
      for (place, token) in a.enumerated() where places >> place & 1 == 1 {
        guard let found = rest.firstIndex(of: token) else { return false }
        rest = rest[(found + 1)...]
      }
      return true
    }
    let longest = (0..<(1 << a.count)).filter(isWithin).map(\.nonzeroBitCount).max() ?? 0
    let found = ROUGE.ofLongestSubsequence(candidate: a, reference: b)
    #expect(found.precision == (a.isEmpty ? 0 : Double(longest) / Double(a.count)), "\(a), \(b)")
    #expect(found.recall == (b.isEmpty ? 0 : Double(longest) / Double(b.count)), "\(a), \(b)")
  }

  // MARK: - Variety, likeness, perplexity

  @Test func `runs are different over all texts together`() {
    var (words, pairs, long) = (
      DistinctRuns<String>(of: 1), DistinctRuns<String>(of: 2), DistinctRuns<String>(of: 4)
    )
    #expect(words.share.isNaN)
    for text in ["a b a", "a b"] {
      words.add(Self.tokens(text))
      pairs.add(Self.tokens(text))
      long.add(Self.tokens(text))
    }
    #expect(words.share == 2 / 5.0)
    #expect(pairs.share == 2 / 3.0)
    #expect(long.share.isNaN)
  }

  @Test func `rare words tell texts apart`() {
    let similarity = TextSimilarity(corpus: ["a b", "a c c", "a d"].map(Self.tokens))
    func cosine(_ text: String, _ other: String) -> Double {
      similarity.cosine(Self.tokens(text), Self.tokens(other))
    }
    let rare = 1 + log(2.0)  // ln(4/2) + 1; a, which all have, weighs 1
    #expect(Self.isNear(cosine("a b", "a c"), 1 / (1 + rare * rare)))
    #expect(
      Self.isNear(
        cosine("a a b", "b a"),
        (2 + rare * rare) / ((4 + rare * rare) * (1 + rare * rare)).squareRoot()))
    #expect(cosine("a z", "a") == 1)
    #expect(Self.isNear(cosine("d b a d", "d d a b"), 1))
    #expect(cosine("z", "z") == 0)
    #expect(cosine("", "a") == 0)
    #expect(cosine("b", "c") == 0)
  }

  @Test func `perplexity is the choice that a token leaves`() {
    var perplexity = Perplexity()
    #expect(perplexity.value.isNaN)
    perplexity.add(negativeLogLikelihood: log(2), tokens: 1)
    perplexity.add(negativeLogLikelihood: 2 * log(8), tokens: 2)
    #expect(perplexity.tokens == 3)
    #expect(Self.isNear(perplexity.value, pow(128, 1 / 3.0)))
    var logits = Perplexity()
    logits.add(logits: [log(1), log(5), log(2)] as [Double], token: 1)
    #expect(Self.isNear(logits.value, 8 / 5.0))
    // No exponential overflows.
    var large = Perplexity()
    large.add(logits: [-900, 800, 800] as [Float], token: 2)
    #expect(Self.isNear(large.value, 2))
  }

  // MARK: - Features

  @Test func `a hit is one feature of the truth`() {
    var hits = FeatureHits(features: 4)
    #expect(hits.ratio.isNaN && hits.chance.isNaN)
    hits.add(named: [0, 1], truth: [1])  // by lot 1 − C(3, 2)/C(4, 2) = 1/2
    hits.add(named: [2], truth: [0, 1, 3])  // by lot 3/4
    hits.add(named: [2], truth: [])
    hits.add(named: [], truth: [1])
    #expect(hits.rows == 3)
    #expect(Self.isNear(hits.ratio, 1 / 3.0))
    #expect(Self.isNear(hits.chance, (1 / 2.0 + 3 / 4.0) / 3))
    var sure = FeatureHits(features: 3)
    sure.add(named: [0, 2], truth: [1, 2])
    #expect(sure.chance == 1)
  }

  /// Of all ways to name as many, so many hit.
  @Test(arguments: [(6, 2, 1), (6, 3, 2), (5, 1, 4), (7, 4, 3)])
  func `chance is the share of choices that hit`(features: Int, named: Int, truth: Int) {
    let choices = (0..<(1 << features)).filter { $0.nonzeroBitCount == named }
    let hitting = choices.filter { $0 & (1 << truth - 1) != 0 }
    var hits = FeatureHits(features: features)
    hits.add(named: Set(0..<named), truth: Set(0..<truth))
    #expect(Self.isNear(hits.chance, Double(hitting.count) / Double(choices.count)))
  }
}
