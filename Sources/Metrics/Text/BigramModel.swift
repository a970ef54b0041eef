import Foundation

/// How likely words are behind the word before them, counted in texts: what a model of texts is to beat.
///
///     p(w | v) = λ · c(v, w) / c(v) + (1 − λ) · (c(w) + k) / (N + k V)
///
/// c(v, w) counts w behind v, c(w) words, N all of them, V is how many words there may be. A text begins
/// behind a start that is no word, and its end is a word; behind a word that nothing follows λ is 0. λ is
/// found by deleted interpolation: each pair of the texts is left out in turn and votes, as often as it
/// occurs, for the term that then gives it more, ties for pairs; where all vote for pairs, half a vote is
/// left for single words, since otherwise a pair that never occurs had no chance at all.
///
/// Brants. "TnT — A Statistical Part-of-Speech Tagger." ANLP 2000. doi:10.3115/974147.974178; Chen and
/// Goodman, Computer Speech & Language 13, 1999. doi:10.1006/csla.1999.0128
public struct BigramModel: Sendable {
  /// λ: what pairs count beside single words.
  public private(set) var pairShare = 0.0
  /// V.
  public let words: Int
  private let more: Double
  private let start: Int32
  private var counts: [Int32: Int] = [:]
  private var total = 0
  private var followers: [Int32: [Int32: Int]] = [:]
  private var followed: [Int32: Int] = [:]

  /// Counts texts, each with its end where it has one.
  ///
  /// - Parameters:
  ///   - texts: words by number; the start is none of them.
  ///   - words: V, how many different words there may be, the end and the unknown word among them.
  ///   - start: the number that no word has.
  ///   - more: k, what every word is counted more often than it occurs.
  public init(texts: some Sequence<[Int32]>, words: Int, start: Int32, adding more: Double = 0.5) {
    precondition(words > 0 && more > 0, "bigrams of \(words) words, add-\(more)")
    self.words = words
    self.more = more
    self.start = start
    for text in texts {
      var before = start
      for word in text {
        counts[word, default: 0] += 1
        total += 1
        followers[before, default: [:]][word, default: 0] += 1
        followed[before, default: 0] += 1
        before = word
      }
    }
    pairShare = interpolation()
  }

  /// p(w | v); `before` is nil at the start of a text.
  public func chance(of word: Int32, behind before: Int32?) -> Double {
    let alone = (Double(counts[word] ?? 0) + more) / (Double(total) + more * Double(words))
    let before = before ?? start
    guard let all = followed[before] else { return alone }
    let pairs = Double(followers[before]?[word] ?? 0) / Double(all)
    return pairShare * pairs + (1 - pairShare) * alone
  }

  /// −Σ ln p of a text's words, in nats.
  public func cost(of text: [Int32]) -> Double {
    var (sum, before) = (0.0, Int32?.none)
    for word in text {
      sum -= log(chance(of: word, behind: before))
      before = word
    }
    return sum
  }

  /// The greedy text, which takes the likeliest word behind each word: the one that bigrams write so,
  /// since they know of nothing but the word before.
  ///
  /// It need not be the likeliest of all texts, and where its words lead back to an earlier one it says
  /// them again until it has `longest`.
  ///
  /// - Parameters:
  ///   - longest: its words at most.
  ///   - end: the word that ends it, which is not in it.
  ///   - unknown: the word that stands for all rare ones, which is counted like any other and never
  ///     written: the next likely one is taken.
  /// - Returns: its words; of equally likely ones the lower number.
  public func greedyText(longest: Int, end: Int32, never unknown: Int32) -> [Int32] {
    // A word that did not follow is the likelier the more often it occurs at all.
    let common = counts.filter { $0.key != unknown }
      .max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    var text: [Int32] = []
    while text.count < longest {
      let candidates = followers[text.last ?? start].map { Array($0.keys) } ?? []
      let words = (candidates + (common.map { [$0] } ?? [])).filter { $0 != unknown }.sorted()
      let chances = words.map { chance(of: $0, behind: text.last) }
      guard let best = words.indices.max(by: { (chances[$0], $1) < (chances[$1], $0) }),
        words[best] != end
      else { break }
      text.append(words[best])
    }
    return text
  }

  /// λ by deleted interpolation; 0 without pairs.
  private func interpolation() -> Double {
    func share(_ count: Int, of all: Int) -> Double {
      all > 1 ? Double(count - 1) / Double(all - 1) : 0
    }
    var (pairs, all) = (0, 0)
    for (before, words) in followers {
      for (word, count) in words {
        all += count
        let isPair = share(count, of: followed[before] ?? 0) >= share(counts[word] ?? 0, of: total)
        if isPair { pairs += count }
      }
    }
    return all > 0 ? min(Double(pairs), Double(all) - 0.5) / Double(all) : 0
  }
}
