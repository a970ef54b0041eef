import Foundation
import Metrics
import Testing

/// Pairs of words, counted by hand.
@Suite struct BigramModelTests {
  /// `5 6 3`, `5 6 3` and `7 3`, of five words 1, 3, 5, 6, 7; 2 is the start.
  private static let model = BigramModel(
    texts: [[5, 6, 3], [5, 6, 3], [7, 3]], words: 5, start: 2)

  /// Of the eight pairs only 7 3, which occurs once, votes for single words: 3 occurs twice besides.
  @Test func votesOfDeletedInterpolation() {
    #expect(Self.model.pairShare == 7 / 8.0)
  }

  /// 8 words, each counted ½ more often: 2.5 of 10.5 for a word that occurs twice.
  @Test func chances() {
    let alone = 2.5 / 10.5
    let (behind5, first) = (7 / 8.0 + alone / 8, 7 / 8.0 * 2 / 3 + alone / 8)
    #expect(abs(Self.model.chance(of: 6, behind: 5) - behind5) < 1e-15)
    #expect(abs(Self.model.chance(of: 5, behind: nil) - first) < 1e-15)
    // Nothing follows 1, nor 3.
    #expect(abs(Self.model.chance(of: 3, behind: 1) - 1 / 3.0) < 1e-15)
    #expect(abs(Self.model.chance(of: 1, behind: 3) - 0.5 / 10.5) < 1e-15)
  }

  @Test(arguments: [nil, 5, 6, 7, 3, 1] as [Int32?])
  func chancesOfAllWordsAreOne(before: Int32?) {
    let sum = [1, 3, 5, 6, 7].reduce(0.0) { $0 + Self.model.chance(of: $1, behind: before) }
    #expect(abs(sum - 1) < 1e-14)
  }

  /// A text begins behind the start, and each word stands behind the one before.
  @Test func costOfAText() {
    let model = Self.model
    let chances = [
      model.chance(of: 7, behind: nil), model.chance(of: 6, behind: 7),
      model.chance(of: 3, behind: 6),
    ]
    #expect(abs(model.cost(of: [7, 6, 3]) + chances.reduce(0) { $0 + log($1) }) < 1e-14)
    #expect(model.cost(of: []) == 0)
  }

  /// Where all pairs vote for pairs, a pair that never came has a chance still.
  @Test func nothingIsImpossible() {
    let model = BigramModel(texts: [[5, 6, 3], [5, 6, 3]], words: 4, start: 2)
    #expect(model.pairShare == 5.5 / 6)
    #expect(model.chance(of: 5, behind: 6) > 0)
    let sum = [1, 3, 5, 6].reduce(0.0) { $0 + model.chance(of: $1, behind: 6) }
    #expect(abs(sum - 1) < 1e-14)
  }

  /// Behind the start 5, behind it 6, behind that the end; a word that nothing follows is followed by the
  /// most common one.
  @Test func greedyTexts() {
    #expect(Self.model.greedyText(longest: 9, end: 3, never: 1) == [5, 6])
    #expect(Self.model.greedyText(longest: 1, end: 3, never: 1) == [5])
    let loop = BigramModel(texts: [[5, 6, 5, 6, 5], [7]], words: 4, start: 2)
    #expect(loop.greedyText(longest: 4, end: 3, never: 1) == [5, 6, 5, 6])
    let open = BigramModel(texts: [[7, 5, 7], [6]], words: 4, start: 2, adding: 0.1)
    // 6 and 7 begin texts alike; 7 occurs more often.
    #expect(open.greedyText(longest: 3, end: 3, never: 1) == [7, 5, 7])
    let none = BigramModel(texts: [[Int32]](), words: 4, start: 2)
    #expect(none.greedyText(longest: 4, end: 3, never: 1) == [])
  }

  /// 1 is the likeliest behind 5, and the most common word of all; what is second to it is written.
  @Test func theUnknownWordIsNeverWritten() {
    let model = BigramModel(
      texts: [[5, 1, 3], [5, 1, 3], [5, 1], [5, 6, 3]], words: 4, start: 2)
    #expect(model.chance(of: 1, behind: 5) > model.chance(of: 6, behind: 5))
    #expect(model.greedyText(longest: 9, end: 3, never: 1) == [5, 6])
    #expect(model.greedyText(longest: 2, end: 3, never: 9) == [5, 1])
    // Nothing but 1 follows 5, of the others 7 is the most common one.
    let rare = BigramModel(
      texts: [[5, 1], [5, 1], [5, 1, 7], [7, 7, 7, 3]], words: 4, start: 2)
    #expect(rare.greedyText(longest: 2, end: 3, never: 1) == [5, 7])
  }

  /// Behind the start 5 is the likeliest word, and each of its three followers has a third: `5 6` is less
  /// likely than `8` alone.
  @Test func aGreedyTextIsNotTheLikeliest() {
    let model = BigramModel(
      texts: [[5, 6, 3], [5, 7, 3], [5, 9, 3], [8, 3], [8, 3]], words: 6, start: 2)
    let greedy = model.greedyText(longest: 9, end: 3, never: 1)
    #expect(greedy.first == 5 && model.cost(of: greedy + [3]) > model.cost(of: [8, 3]))
  }

  @Test func withoutTextsAllWordsAreAlike() {
    let model = BigramModel(texts: [[Int32]](), words: 4, start: 2)
    #expect(model.pairShare == 0 && model.chance(of: 9, behind: nil) == 0.25)
  }
}
