import Datasets
import Foundation
import Runs
import Tensors
import Testing

@testable import Training

/// Three texts, judged by hand.
@Suite struct TextJudgeTests {
  /// a is 4, b is 5, c is 6; d is not known.
  ///
  /// The last test row has no text.
  private static let data = TextData(
    training: ["a b", "a b", "c"], test: ["a b", "c d", ""],
    shape: ReviewShape(perUser: 1, perItem: 1, tokens: 3), concepts: ["a", "b"])

  private static func judge(mostWritten: Int = 512, spaces: [Float]? = nil) -> TextJudge {
    let rows = Examples(
      count: 3, ids: Storage([]), dense: Storage([]), labels: Storage([1, 1, 1]),
      spaces: spaces.map { Storage($0) }, firstText: 3)
    return TextJudge(rows, data, data.bigrams(), task: 0, of: 1, mostWritten: mostWritten)
  }

  /// Three words each, the end among them, at ln 2 and at ln 4.
  private static let costs: [Float] = [Float(3 * log(2.0)), Float(3 * log(4.0)), 99]

  @Test func perplexityOfAllWords() {
    let found = Self.judge().judge(costs: Self.costs, writing: nil)
    #expect(found.scores.map(\.name) == ["perplexity"])
    #expect(abs(found.scores[0].value - pow(2, 1.5)) < 1e-6)
    #expect(abs(found.rank - pow(2, -1.5)) < 1e-6)
    #expect(found.basis == [.init("rows", "2"), .init("words", "6")])
    let other = Self.judge(spaces: [0, 1, 1]).judge(costs: Self.costs, writing: nil)
    #expect(abs(other.scores[0].value - 4) < 1e-5)
  }

  /// Unlike texts have a spread; a text alone has none, and is not weighed; no text is another matter.
  @Test func aSingleTextHasNoSpread() {
    #expect(!Self.judge().hasNoSpread)
    #expect(Self.judge(spaces: [0, 1, 1]).hasNoSpread)
    #expect(!Self.judge(spaces: [0, 0, 1]).hasNoSpread)
  }

  /// The end of a text that is cut is not known, and no word to say.
  @Test func aCutTextHasNoEnd() {
    let data = TextData(
      training: ["a b c d", "a b c"], shape: ReviewShape(perUser: 1, perItem: 1, tokens: 3))
    #expect(data.words(of: 0) == [4, 5, 6] && data.words(of: 1) == [4, 5, 6, TextVocabulary.end])
  }

  /// On the same words, by the pairs of the training texts: `a b <end>` twice and `c <end>`.
  @Test func bigramsBeside() throws {
    let found = Self.judge().judge(costs: Self.costs, writing: nil)
    let bigrams = Self.data.bigrams()
    #expect(bigrams.words == 5)
    let cost = bigrams.cost(of: [4, 5, 3]) + bigrams.cost(of: [6, 1, 3])
    let baseline = try #require(found.baseline)
    #expect(baseline.name == "bigrams" && baseline.scores.map(\.name) == ["perplexity"])
    #expect(abs(baseline.scores[0].value - exp(cost / 6)) < 1e-12)
  }

  /// Bigrams write `a b c d` of every row, where they follow each other most, and it is compared with the
  /// true texts of the rows that a text is written for.
  @Test func bigramsWriteOneText() throws {
    func baseline(_ test: [String]) throws -> Double {
      let data = TextData(
        training: ["a b c d", "a b c d", "d a"], test: test,
        shape: ReviewShape(perUser: 1, perItem: 1, tokens: 4))
      let rows = Examples(
        count: test.count, ids: Storage([]), dense: Storage([]),
        labels: Storage(test.map { _ in 1 }), firstText: 3)
      let judge = TextJudge(rows, data, data.bigrams(), task: 0, of: 1, mostWritten: 9)
      let found = judge.judge(costs: test.map { _ in 1 }, writing: test.map { _ in [7] })
      let scores = try #require(found.baseline?.scores)
      #expect(scores.map(\.name) == ["perplexity", "bleu4"])
      return scores[1].value
    }
    #expect(try abs(baseline(["a b c d", "a b c d"]) - 1) < 1e-12)
    // Of runs of 4, 3, 2 and 1 word 1 of 2, 2 of 4, 3 of 6 and 4 of 8 are right.
    #expect(try abs(baseline(["a b c d", ""]) - 1) < 1e-12)
    #expect(try abs(baseline(["a b c d", "x x x x"]) - 0.5) < 1e-12)
  }

  /// Six rare words are one unknown word, the likeliest behind `a` and behind itself, and the true text
  /// has it too; bigrams write `a b` all the same, of which no run of four is right.
  @Test func bigramsNeverWriteTheUnknownWord() throws {
    let data = TextData(
      training: ["a p q r", "a s t u", "a b", "b"], test: ["a p q r"], minimumCount: 2,
      shape: ReviewShape(perUser: 1, perItem: 1, tokens: 5))
    #expect(data.words(of: 4) == [4, 1, 1, 1, TextVocabulary.end] && TextVocabulary.unknown == 1)
    let rows = Examples(
      count: 1, ids: Storage([]), dense: Storage([]), labels: Storage([1]), firstText: 4)
    let judge = TextJudge(rows, data, data.bigrams(), task: 0, of: 1, mostWritten: 9)
    let scores = judge.judge(costs: [1], writing: [[4]]).baseline?.scores
    #expect(scores?.last?.name == "bleu4" && scores?.last?.value == 0)
  }

  /// `a b` is written as it is; of `c <unknown>` only `c` is.
  ///
  /// Of four true words three are written.
  @Test func writtenTexts() {
    let judge = Self.judge()
    #expect(judge.written == [0, 1])
    let found = judge.judge(costs: Self.costs, writing: [[4, 5], [6]])
    func score(_ name: String) -> Double { found.scores.first { $0.name == name }?.value ?? .nan }
    #expect(abs(score("bleu1") - exp(-1 / 3.0)) < 1e-15 && score("bleu4") == 0)
    #expect(abs(score("bleu2") - exp(-1 / 3.0)) < 1e-15)
    #expect(abs(score("rougeL") - (1 + 2 / 3.0) / 2) < 1e-15)
    #expect(score("rouge1") == score("rougeL") && score("rouge2") == 0.5)
    #expect(score("distinct1") == 1 && score("distinct2") == 1)
    #expect(score("tfidf") > 0.5 && score("tfidf") < 1)
    // The true text of the second row names no concept.
    #expect(score("feature_hit") == 1)
    #expect(found.scores.map(\.name) == Answer.text.scores.map(\.name))
    let words = found.basis.map { "\($0.name) \($0.text)" }
    #expect(words.contains("written 2 greedily, evenly spread"))
    #expect(words.contains("feature_hit_by_lot 1.0 of 1 texts"))
  }

  /// One of two rows is the first.
  @Test func atMostSoManyAreWritten() {
    #expect(Self.judge(mostWritten: 1).written == [0])
    #expect(TextJudge.mostWritten(.test) == 512 && TextJudge.mostWritten(.validation) == 128)
  }
}
