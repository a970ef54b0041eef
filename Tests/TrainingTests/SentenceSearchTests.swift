import Foundation
import Tensors
import Testing

@testable import Training

/// Sentences of a made-up speaker: the logits of a word depend on the word before it alone.
private struct Speaker {
  /// Words; 0, 1 and 2 are never said, 3 is the end.
  let vocabulary: Int
  /// [V + 1, V]: the last row speaks the first word.
  let logits: Storage<Float>

  init(vocabulary: Int, seed: UInt64) {
    self.vocabulary = vocabulary
    let random = RandomSource(seed: seed, .test)
    logits = Storage(
      (0..<((vocabulary + 1) * vocabulary)).map { Float(random.normal(UInt64($0))) })
  }

  func logits(after word: Int?) -> UnsafePointer<Float> {
    UnsafePointer(logits.base) + (word ?? vocabulary) * vocabulary
  }

  func logarithm(of word: Int, after previous: Int?) -> Double {
    let z = logits(after: previous)
    let sum = (0..<vocabulary).reduce(0.0) { $0 + exp(Double(z[$1])) }
    return Double(z[word]) - log(sum)
  }

  /// Lets rows speak; every row says the same unless it draws.
  func speak(rows: Int, beam: Int, longest: Int, _ choice: Decoding) -> SentenceSearch {
    let search = SentenceSearch(
      vocabulary: vocabulary, rows: rows, beam: beam, longest: longest)
    search.begin(rows: rows, choice)
    let scores = Storage<Float>(count: rows * beam * vocabulary, filling: 0)
    for word in 0..<longest where !search.hasEnded {
      let stride = word == 0 ? 1 : beam
      for row in 0..<rows {
        for place in 0..<search.count(ofRow: row) {
          let sentence = row * beam + place
          let last =
            word == 0 ? nil : Int(search.tokens[sentence * longest + max(0, word - 1)])
          (scores.base + (row * stride + place) * vocabulary).update(
            from: logits(after: last), count: vocabulary)
        }
      }
      search.advance(scores.base, stride: stride, word: word)
    }
    return search
  }

  /// Every sentence of at most so many words, ended or cut, with ln p.
  func all(longest: Int) -> [(words: [Int], total: Double)] {
    var (ended, open): ([(words: [Int], total: Double)], [(words: [Int], total: Double)]) = (
      [], [([], 0)]
    )
    for _ in 0..<longest {
      let grown = open.flatMap { one in
        (3..<vocabulary).map {
          (one.words + [$0], one.total + logarithm(of: $0, after: one.words.last))
        }
      }
      ended += grown.filter { $0.0.last == 3 }
      open = grown.filter { $0.0.last != 3 }
    }
    return ended + open
  }
}

extension SentenceSearch {
  fileprivate func words(_ sentence: Int) -> [Int] {
    (0..<Int(lengths[sentence])).map { Int(tokens[sentence * longest + $0]) }
  }
}

@Suite struct SentenceSearchTests {
  @Test(arguments: UInt64(1)...6) func `a beam of all sentences finds the best`(_ seed: UInt64) {
    let speaker = Speaker(vocabulary: 6, seed: seed)
    let all = speaker.all(longest: 3)
    for ranking in [Decoding.Ranking.total, .average] {
      let search = speaker.speak(
        rows: 2, beam: all.count, longest: 3, .beam(width: all.count, ranking: ranking))
      func rank(_ one: (words: [Int], total: Double)) -> Double {
        ranking == .total ? one.total : one.total / Double(one.words.count)
      }
      let best = all.sorted { rank($0) > rank($1) }
      for row in 0..<2 {
        #expect(search.count(ofRow: row) == all.count)
        for place in 0..<5 {
          let sentence = row * all.count + place
          #expect(search.words(sentence) == best[place].words, "seed \(seed), \(ranking)")
          #expect(abs(search.totals[sentence] - best[place].total) < 1e-5)
        }
      }
    }
  }

  @Test(arguments: UInt64(1)...6) func `a beam of one and the likeliest of one are greedy`(
    _ seed: UInt64
  ) {
    let speaker = Speaker(vocabulary: 9, seed: seed)
    let greedy = speaker.speak(rows: 1, beam: 1, longest: 6, .greedy)
    var words: [Int] = []
    while words.count < 6, words.last != 3 {
      let z = speaker.logits(after: words.last)
      words.append((3..<9).max { z[$0] < z[$1] } ?? 0)
    }
    #expect(greedy.words(0) == words)
    for choice in [
      Decoding.beam(width: 1), .sampled(top: 1, seed: seed),
      .sampled(temperature: 0, seed: seed), .sampled(mass: 1e-9, seed: seed),
    ] {
      #expect(speaker.speak(rows: 1, beam: 1, longest: 6, choice).words(0) == words)
    }
  }

  @Test func `ties go to the lower word`() {
    let speaker = Speaker(vocabulary: 6, seed: 1)
    speaker.logits.elements.update(repeating: 0.5)
    let search = speaker.speak(rows: 1, beam: 2, longest: 2, .beam(width: 2))
    #expect(search.words(0) == [3])
    #expect(search.words(1) == [4, 3] || search.words(1) == [4])
    #expect(speaker.speak(rows: 1, beam: 1, longest: 2, .greedy).words(0) == [3])
  }

  @Test func `sampled words come as often as their shares`() {
    let speaker = Speaker(vocabulary: 8, seed: 4)
    let (rows, seed) = (20_000, UInt64(11))
    let z = speaker.logits(after: nil)
    for (choice, temperature, kept) in [
      (Decoding.sampled(seed: seed), 1.0, Array(3..<8)),
      (.sampled(temperature: 0.5, seed: seed), 0.5, Array(3..<8)),
      (.sampled(top: 2, seed: seed), 1.0, Array((3..<8).sorted { z[$0] > z[$1] }.prefix(2))),
    ] {
      let search = speaker.speak(rows: rows, beam: 1, longest: 1, choice)
      let whole = kept.reduce(0.0) { $0 + exp(Double(z[$1]) / temperature) }
      for word in 3..<8 {
        let share = kept.contains(word) ? exp(Double(z[word]) / temperature) / whole : 0
        let count = (0..<rows).count { search.tokens[$0] == Int32(word) }
        let deviation = (share * (1 - share) / Double(rows)).squareRoot()
        #expect(
          abs(Double(count) / Double(rows) - share) <= 4.5 * deviation + 1e-12,
          "seed \(seed), \(choice), word \(word)")
      }
    }
  }

  @Test func `a mass keeps the fewest words that reach it`() {
    let shares: [Float] = [9, 9, 9, 0.4, 0.1, 0.3, 0.2]
    let z = Storage(shares.map { Foundation.log($0) })
    let sampler = WordSampler(vocabulary: 7)
    func words(_ mass: Double?) -> Set<Int> {
      Set(
        (0..<500).map {
          sampler.word(
            z.base, temperature: 1, top: nil, mass: mass, at: (Double($0) + 0.5) / 500)
        })
    }
    #expect(words(0.39) == [3])
    #expect(words(0.6) == [3, 5])
    #expect(words(0.75) == [3, 5, 6])
    #expect(words(1) == [3, 4, 5, 6] && words(nil) == [3, 4, 5, 6])
    // The shares among kept words are as they were: 4 to 3.
    let low = sampler.word(z.base, temperature: 1, top: 2, mass: nil, at: 0.56)
    let high = sampler.word(z.base, temperature: 1, top: 2, mass: nil, at: 0.58)
    #expect(low == 3 && high == 5)
  }
}
