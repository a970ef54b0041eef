import Foundation

/// How high lists of candidates have what is relevant, seen through their first k places: means over
/// the lists of users or requests.
///
/// Candidates of equal scores stand in no order: every score is its mean over all orders of them, so
/// that a model that tells nothing apart has what chance has, wherever the relevant ones stand in the
/// data. A list without a relevant candidate says nothing and is left out; one with a score that is no
/// number is counted as broken and left out. Whether candidates are all items or some is the caller's,
/// and is to be said beside the numbers. NaN without lists.
public struct RankingScores: Sendable, Equatable {
  /// k.
  public let k: Int
  /// Lists that count.
  public private(set) var lists = 0
  /// Lists with a score that is no number.
  public private(set) var brokenLists = 0
  private var hits = 0.0
  private var recalls = 0.0
  private var gains = 0.0
  private var reciprocals = 0.0

  /// No lists yet.
  public init(first k: Int) {
    precondition(k > 0, "ranking: the first \(k) places")
    self.k = k
  }

  /// HR@k: the share of lists with a relevant candidate among the first k.
  public var hitRate: Double { hits / Double(lists) }

  /// The share of a list's relevant candidates that is among the first k.
  public var recall: Double { recalls / Double(lists) }

  /// NDCG@k: the discounted gain of the first k over that of the best order, relevance 0 or 1.
  ///
  ///     Σ_{relevant places r ≤ k} 1 / log₂(r + 1)  /  Σ_{r ≤ min(k, relevant)} 1 / log₂(r + 1)
  ///
  /// (Järvelin and Kekäläinen 2002, doi:10.1145/582415.582418)
  public var ndcg: Double { gains / Double(lists) }

  /// MRR: 1 over the place of the first relevant candidate, in the whole list.
  public var meanReciprocalRank: Double { reciprocals / Double(lists) }

  /// Adds a list: its scores, and where in it the relevant candidates stand.
  ///
  /// O(candidates · different scores of relevant ones); nothing is sorted but those.
  public mutating func add(scores: [Float], relevant: Set<Int>) {
    precondition(
      relevant.allSatisfy(scores.indices.contains),
      "ranking: a relevant candidate that is none of \(scores.count)")
    guard !relevant.isEmpty else { return }
    guard !scores.contains(where: \.isNaN) else {
      brokenLists += 1
      return
    }
    var ties: [Tie] = []
    for score in Set(relevant.map { scores[$0] }).sorted(by: >) {
      ties.append(
        Tie(
          above: scores.count { $0 > score }, count: scores.count { $0 == score },
          relevant: relevant.count { scores[$0] == score }))
    }
    add(ties, relevant: relevant.count)
  }

  private mutating func add(_ ties: [Tie], relevant: Int) {
    lists += 1
    hits += ties.first?.hit(within: k) ?? 0
    recalls += ties.reduce(0) { $0 + $1.sum(within: k) { _ in 1 } } / Double(relevant)
    let best = (1...min(k, relevant)).reduce(0.0) { $0 + Self.discount($1) }
    gains += ties.reduce(0) { $0 + $1.sum(within: k, Self.discount) } / best
    reciprocals += ties.first?.reciprocal ?? 0
  }

  private static func discount(_ place: Int) -> Double { 1 / log2(Double(place) + 1) }
}

/// Candidates of one score, some of them relevant, in no order among each other.
private struct Tie {
  /// Candidates of better scores.
  let above: Int
  /// Candidates of this score.
  let count: Int
  /// The relevant ones among them, at least one.
  let relevant: Int

  /// The mean of Σ value(place) over the relevant ones within the first k places.
  func sum(within k: Int, _ value: (_ place: Int) -> Double) -> Double {
    let last = min(k, above + count)
    guard above < last else { return 0 }
    let sum = ((above + 1)...last).reduce(0.0) { $0 + value($1) }
    return sum * Double(relevant) / Double(count)
  }

  /// How likely one of the relevant ones is within the first k places: 1 − C(m − r, c) / C(m, c), with c
  /// of the m places.
  func hit(within k: Int) -> Double {
    var none = 1.0
    for j in 0..<min(max(0, k - above), count) {
      none *= Double(max(0, count - relevant - j)) / Double(count - j)
    }
    return 1 - none
  }

  /// The mean of 1 / place of the first relevant one.
  var reciprocal: Double {
    // How likely none was at a place before.
    var (sum, none) = (0.0, 1.0)
    for j in 0...(count - relevant) {
      let chance = Double(relevant) / Double(count - j)
      sum += none * chance / Double(above + j + 1)
      none *= 1 - chance
    }
    return sum
  }
}
