import Tensors
import Testing

@testable import Datasets

@Suite("Grammars with exact probabilities") struct StochasticGrammarTests {
  enum Symbol: Hashable, Sendable { case sentence, left, right, tail }
  typealias Grammar = StochasticGrammar<Symbol, String>

  /// `y x` has two derivations; a tail may be missing, or go on for ever.
  static let grammar = Grammar(start: .sentence) { symbol in
    switch symbol {
    case .sentence:
      [
        .init(0.4, [.symbol(.left), .word("x"), .symbol(.tail)]),
        .init(0.6, [.word("y"), .symbol(.right)]),
      ]
    case .left: [.init(0.5, [.word("y")]), .init(0.5, [.word("z")])]
    case .right: [.init(0.3, [.word("x")]), .init(0.7, [.word("w")])]
    case .tail: [.init(0.75, []), .init(0.25, [.word("t"), .symbol(.tail)])]
    }
  }

  /// All sentences of at most so many words, with their probabilities.
  private static func sentences(
    _ belief: Grammar.Belief, _ prefix: [String], _ probability: Double, most: Int
  ) -> [(words: [String], probability: Double)] {
    grammar.following(belief).flatMap { word, share -> [([String], Double)] in
      guard let word else { return [(prefix, probability * share)] }
      guard prefix.count < most else { return [] }
      let next = grammar.advance(belief, by: word)
      return sentences(next.belief, prefix + [word], probability * next.probability, most: most)
    }
  }

  private static let all = sentences(grammar.beginning, [], 1, most: 24)

  @Test("two derivations of a sentence count together") func ambiguous() {
    // .4 · .5 · .75 by the left, .6 · .3 by the right; y begins .4 · .5 + .6.
    let chances = Self.grammar.probabilities(of: ["y", "x"])
    #expect(chances.count == 3)
    #expect(abs(chances[0] - 0.8) < 1e-12)
    #expect(abs(chances[1] - 0.38 / 0.8) < 1e-12)
    #expect(abs(chances[2] - 0.33 / 0.38) < 1e-12)
    #expect(Self.grammar.probabilities(of: ["x"]) == [0, 0])
    #expect(Self.grammar.probabilities(of: ["y"]).last == 0)
  }

  @Test("the probabilities of all sentences sum to one") func total() {
    let sum = Self.all.reduce(0) { $0 + $1.probability }
    #expect(abs(sum - 1) < 1e-11)
    #expect(Set(Self.all.map(\.words)).count == Self.all.count)
    #expect(Self.all.contains { $0.words == ["z", "x", "t", "t"] })
    for (words, probability) in Self.all {
      let chances = Self.grammar.probabilities(of: words)
      #expect(abs(chances.reduce(1, *) - probability) < 1e-12)
    }
  }

  @Test("the mean −ln p of drawn sentences is the entropy", arguments: [1, 2, 3] as [UInt64])
  func entropy(seed: UInt64) {
    let draws = RandomSource(seed: seed, .test)
    let count = 4_000
    let losses = (0..<count).map { index in
      let words = Self.grammar.sentence { draws.uniform(UInt64(index), UInt64($0)) }
      return -Self.grammar.probabilities(of: words).reduce(0) { $0 + naturalLogarithm($1) }
    }
    let entropy = -Self.all.reduce(0) { $0 + $1.probability * naturalLogarithm($1.probability) }
    let second = Self.all.reduce(0) { sum, sentence in
      let loss = naturalLogarithm(sentence.probability)
      return sum + sentence.probability * loss * loss
    }
    let deviation = ((second - entropy * entropy) / Double(count)).squareRoot()
    let mean = losses.reduce(0, +) / Double(count)
    #expect(abs(mean - entropy) < 3 * deviation, "seed \(seed)")
  }

  @Test("what is heard of a derivation is what was said") func visits() {
    var heard: [Symbol] = []
    let words = Self.grammar.sentence {
      [0.3, 0.6, 0.9, 0.1][$0]
    } visit: { symbol, part in
      heard.append(symbol)
      if symbol == .left { #expect(part == .word("z")) }
    }
    #expect(words == ["z", "x", "t"])
    #expect(heard == [.sentence, .left, .tail, .tail])
  }
}
