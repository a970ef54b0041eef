import Datasets
import Foundation
import Tensors

/// Grows sentences by the logits of their next words, row by row.
///
/// Of every row some sentences are kept, the best first; at each word those that have not ended grow
/// by every word that may be said, and the best of all that arises are kept, those that have ended
/// among them. Memory is fixed.
final class SentenceSearch {
  /// Words of a sentence at most.
  let longest: Int
  /// Words that are said, [rows, beam, longest]; 0 behind a sentence.
  let tokens: Storage<Int32>
  /// How many, [rows, beam].
  let lengths: Storage<Int32>
  /// ln p, [rows, beam].
  let totals: Storage<Double>
  /// Which sentence of the word before each grew from.
  let parents: Storage<Int32>
  /// Rows at hand.
  private(set) var rows = 0
  private let beam: Int
  private let vocabulary: Int
  private let counts: Storage<Int32>
  private let before: (tokens: Storage<Int32>, lengths: Storage<Int32>, totals: Storage<Double>)
  private let best: Candidates
  private let sampler: WordSampler
  private var choice = Decoding.greedy

  init(vocabulary: Int, rows: Int, beam: Int, longest: Int) {
    self.vocabulary = vocabulary
    self.beam = beam
    self.longest = longest
    let sentences = rows * beam
    tokens = Storage(count: sentences * longest, filling: 0)
    lengths = Storage(count: sentences, filling: 0)
    totals = Storage(count: sentences, filling: 0)
    parents = Storage(count: sentences, filling: 0)
    counts = Storage(count: rows, filling: 0)
    before = (
      Storage(count: beam * longest, filling: 0), Storage(count: beam, filling: 0),
      Storage(count: beam, filling: 0)
    )
    best = Candidates(most: beam)
    sampler = WordSampler(vocabulary: vocabulary)
  }

  /// Words that are never said.
  static func isForbidden(_ word: Int) -> Bool { word < Int(TextVocabulary.end) }

  /// How many sentences a row has.
  func count(ofRow row: Int) -> Int { Int(counts[row]) }

  /// Whether all sentences have ended.
  var hasEnded: Bool {
    (0..<rows).allSatisfy { row in
      (0..<count(ofRow: row)).allSatisfy { hasEnded(row * beam + $0) }
    }
  }

  private func hasEnded(_ sentence: Int) -> Bool {
    let length = Int(lengths[sentence])
    return length > 0 && tokens[sentence * longest + length - 1] == TextVocabulary.end
  }

  /// Forgets what was said: each row has one sentence without a word.
  func begin(rows: Int, _ choice: Decoding) {
    self.rows = rows
    self.choice = choice
    tokens.elements.update(repeating: 0)
    lengths.elements.update(repeating: 0)
    totals.elements.update(repeating: 0)
    counts.elements.update(repeating: 1)
  }

  /// Lets every sentence that has not ended say its next word.
  ///
  /// - Parameters:
  ///   - logits: of the next word [rows · stride, V].
  ///   - stride: sentences a row that have logits.
  ///   - word: the number of the word.
  func advance(_ logits: UnsafePointer<Float>, stride: Int, word: Int) {
    for row in 0..<rows {
      best.clear(width: choice.width)
      for place in 0..<count(ofRow: row) {
        grow(row, place, logits + (row * stride + place) * vocabulary, word)
      }
      keep(row)
    }
  }

  private func grow(_ row: Int, _ place: Int, _ z: UnsafePointer<Float>, _ word: Int) {
    let sentence = row * beam + place
    let (total, length) = (totals[sentence], Int(lengths[sentence]))
    guard !hasEnded(sentence) else {
      best.add(Candidate(rank: rank(total, length), total: total, parent: place, word: nil))
      return
    }
    let whole = logarithm(ofSum: z)
    func add(_ word: Int) {
      let grown = total + Double(z[word]) - whole
      best.add(
        Candidate(rank: rank(grown, length + 1), total: grown, parent: place, word: Int32(word)))
    }
    if case .sampled(let temperature, let top, let mass, let seed) = choice {
      let draw = RandomSource(seed: seed, stream: Self.stream).uniform(UInt64(row), UInt64(word))
      add(sampler.word(z, temperature: temperature, top: top, mass: mass, at: draw))
    } else {
      for word in 0..<vocabulary where !Self.isForbidden(word) { add(word) }
    }
  }

  private static let stream = fnv1a("sentences".utf8)

  private func rank(_ total: Double, _ length: Int) -> Double {
    guard case .beam(_, .average) = choice else { return total }
    return total / Double(max(1, length))
  }

  /// ln Σ eᶻ over all words, those that are never said among them.
  private func logarithm(ofSum z: UnsafePointer<Float>) -> Double {
    var largest = z[0]
    for word in 1..<max(1, vocabulary) { largest = max(largest, z[word]) }
    var sum: Float = 0
    for word in 0..<vocabulary { sum += exp(z[word] - largest) }
    return Double(largest) + Double(log(sum))
  }

  /// Replaces the sentences of a row by the best of what arose.
  private func keep(_ row: Int) {
    let first = row * beam
    before.tokens.base.update(from: tokens.base + first * longest, count: beam * longest)
    before.lengths.base.update(from: lengths.base + first, count: beam)
    for place in 0..<best.count {
      let one = best[place]
      let to = tokens.base + (first + place) * longest
      to.update(from: before.tokens.base + one.parent * longest, count: longest)
      var length = before.lengths[one.parent]
      if let word = one.word {
        to[Int(length)] = word
        length += 1
      }
      lengths[first + place] = length
      totals[first + place] = one.total
      parents[first + place] = Int32(one.parent)
    }
    counts[row] = Int32(best.count)
  }
}

/// A sentence that may be kept.
struct Candidate {
  /// What it is ranked by.
  var rank: Double
  /// ln p.
  var total: Double
  /// The sentence that it grew from.
  var parent: Int
  /// The word that it grew by; nil: it had ended.
  var word: Int32?
}

/// The best of many candidates, of equal ones the first, in fixed memory.
final class Candidates {
  private let memory: UnsafeMutablePointer<Candidate>
  private let most: Int
  private var width = 1
  /// How many there are.
  private(set) var count = 0

  init(most: Int) {
    self.most = most
    memory = .allocate(capacity: most)
    memory.initialize(
      repeating: Candidate(rank: 0, total: 0, parent: 0, word: nil), count: most)
  }

  deinit { memory.deallocate() }

  subscript(place: Int) -> Candidate { memory[place] }

  /// Forgets all, and keeps so many from here on.
  func clear(width: Int) {
    self.width = min(width, most)
    count = 0
  }

  /// Keeps a candidate if it is among the best so far.
  func add(_ one: Candidate) {
    guard count < width || one.rank > memory[count - 1].rank else { return }
    var place = count < width ? count : count - 1
    while place > 0, one.rank > memory[place - 1].rank {
      memory[place] = memory[place - 1]
      place -= 1
    }
    memory[place] = one
    count = min(count + 1, width)
  }
}
