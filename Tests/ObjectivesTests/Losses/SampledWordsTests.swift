import Graph
import Objectives
import Tensors
import Testing

import func Foundation.exp
import func Foundation.log

/// The softmax over words that are drawn in every step.
@Suite struct SampledWordsTests {
  private static func words(_ sample: WordSample, draw: UInt64) -> [Int] {
    var words: [Int] = []
    sample.forEach(draw: draw) { words.append($0) }
    return words
  }

  /// By hand: of three words with ln 2, ln 3/2 and ln 4/3 of ln 4, two are drawn; 2·ln 2 / ln 4 = 1, so that
  /// the first is certain.
  @Test func theCommonestWordIsCertain() {
    let sample = WordSample(2, of: 3, stream: 1)
    let rate = 2 / log(4.0)
    #expect(abs(Double(sample.logarithm(of: 0))) < 1e-6)
    #expect(abs(exp(Double(sample.logarithm(of: 1))) - rate * log(1.5)) < 1e-6)
    #expect(abs(exp(Double(sample.logarithm(of: 2))) - rate * log(4.0 / 3)) < 1e-6)
    #expect((0..<100).allSatisfy { Self.words(sample, draw: $0).first == 0 })
  }

  /// Always K different words, each as often as its probability says, so that Σ f(c) / π_c is Σ f(c) on
  /// average.
  @Test(arguments: [(1, 50), (8, 50), (40, 50), (49, 50), (60, 601)])
  func everyWordIsDrawnAsOftenAsItSays(_ count: Int, _ vocabulary: Int) {
    let seed: UInt64 = 11
    let sample = WordSample(count, of: vocabulary, stream: 4)
    let draws = 2000
    var times = [Int](repeating: 0, count: vocabulary)
    var (sum, wrong) = (0.0, 0)
    for draw in 0..<UInt64(draws) {
      let found = Self.words(sample, draw: RandomSource.mix(seed &+ draw))
      wrong += found.count == count && zip(found, found.dropFirst()).allSatisfy(<) ? 0 : 1
      for word in found {
        times[word] += 1
        sum += Double(word % 7) * exp(-Double(sample.logarithm(of: word)))
      }
    }
    #expect(wrong == 0, "seed \(seed)")
    for word in 0..<vocabulary {
      let p = exp(Double(sample.logarithm(of: word)))
      #expect(p <= 1.000001, "word \(word)")
      let deviation = (p * (1 - p) / Double(draws)).squareRoot()
      let share = Double(times[word]) / Double(draws)
      #expect(abs(share - p) <= 5 * deviation + 1e-6, "seed \(seed), word \(word): \(share), \(p)")
    }
    let whole = (0..<vocabulary).reduce(0.0) { $0 + Double($1 % 7) }
    #expect(abs(sum / Double(draws) - whole) <= 0.1 * whole, "seed \(seed)")
  }

  @Test func aDrawFollowsFromStepAndStreamAlone() {
    let (sample, other) = (WordSample(9, of: 90, stream: 1), WordSample(9, of: 90, stream: 2))
    #expect(Self.words(sample, draw: 5) == Self.words(sample, draw: 5))
    let differ = (0..<20).count { Self.words(sample, draw: $0) != Self.words(other, draw: $0) }
    #expect(differ >= 15)
  }

  /// With all words drawn, or more, it is the loss of the whole vocabulary in every kind of run.
  @Test(arguments: WordRun.Kind.allCases, [7, 12])
  func allWordsDrawnIsTheWholeLoss(_ kind: WordRun.Kind, _ count: Int) {
    let found = WordRun(kind, seed: 3, sample: WordSample(count, of: 7, stream: 0)).found()
    let expected = WordRun(kind, seed: 3).found()
    #expect(abs(found.sums.loss - expected.sums.loss) <= 1e-6 * expected.sums.loss)
    #expect(found.sums.labels == expected.sums.labels && found.sums.rows == expected.sums.rows)
    // Who was likeliest is not counted.
    #expect(found.sums.predictions == 0 && expected.sums.predictions > 0)
    for (a, b) in zip(found.gradients, expected.gradients) {
      let largest = b.map(abs).max() ?? 0
      #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-5 * largest })
    }
  }

  /// A concept that is not drawn counts in the sum that its share is of: its loss ends at 0, and there nothing
  /// makes it likelier.
  @Test func aConceptThatIsNotDrawnIsAtMostCertain() throws {
    let sample = try #require(
      (0..<9).lazy.map { WordSample(1, of: 7, stream: $0) }.first { Self.words($0, draw: 0) != [5] }
    )
    let run = WordRun(.plain, seed: 13, conceptStrength: 0.6, sample: sample)
    // Of the concepts alone.
    let before = run.found(scales: [0, 0.2])
    #expect(run.conceptSums.loss > 1 && before.gradients[2][5] < -1)
    run.raise(5, to: 30)
    let certain = run.found(scales: [0, 0.2])
    #expect(abs(run.conceptSums.loss) <= 0.01, "\(run.conceptSums.loss)")
    #expect(abs(certain.gradients[2][5]) <= 0.01, "\(certain.gradients[2][5])")
  }

  @Test func oneAndThreeThreadsHaveTheSameBits() {
    let sample = WordSample(3, of: 7, stream: 0)
    let (one, three) = (
      WordRun(.plain, seed: 5, threads: 1, sample: sample).found(),
      WordRun(.plain, seed: 5, threads: 3, sample: sample).found()
    )
    #expect(one.gradients == three.gradients && one.sums == three.sums)
    #expect(one.gradients != WordRun(.plain, seed: 5).found().gradients)
  }

  /// Without a word nothing is learned, and gradients are zeros, not what lay there.
  @Test func noWordsNoGradient() {
    let found = WordRun(
      .plain, seed: 9, hasWords: false, sample: WordSample(3, of: 7, stream: 0)
    ).found()
    #expect(found.sums.loss == 0)
    #expect(found.gradients.allSatisfy { $0.allSatisfy { $0 == 0 } })
  }
}
