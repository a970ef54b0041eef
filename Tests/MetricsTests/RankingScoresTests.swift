import Foundation
import Metrics
import Tensors
import Testing

@Suite struct RankingScoresTests {
  private static func scores(
    first k: Int, _ scores: [Float], relevant: Set<Int>
  ) -> RankingScores {
    var ranking = RankingScores(first: k)
    ranking.add(scores: scores, relevant: relevant)
    return ranking
  }

  @Test func `the third of four`() {
    let list: [Float] = [0.1, 0.9, 0.5, 0.7]
    let three = Self.scores(first: 3, list, relevant: [2])
    #expect(three.hitRate == 1 && three.recall == 1)
    #expect(three.ndcg == 0.5)  // 1 / log₂ 4
    #expect(abs(three.meanReciprocalRank - 1 / 3.0) < 1e-15)
    let two = Self.scores(first: 2, list, relevant: [2])
    #expect(two.hitRate == 0 && two.recall == 0 && two.ndcg == 0)
    #expect(abs(two.meanReciprocalRank - 1 / 3.0) < 1e-15)
  }

  @Test func `several relevant ones share the best places`() {
    let found = Self.scores(first: 2, [0.1, 0.9, 0.5, 0.7], relevant: [1, 2])
    #expect(found.hitRate == 1 && found.recall == 0.5 && found.meanReciprocalRank == 1)
    #expect(abs(found.ndcg - 1 / (1 + 1 / log2(3.0))) < 1e-15)
    // A list that is shorter than k, all of it relevant.
    let all = Self.scores(first: 10, [3, 3], relevant: [0, 1])
    #expect(all.hitRate == 1 && all.recall == 1 && all.ndcg == 1 && all.meanReciprocalRank == 1)
  }

  @Test(arguments: 0..<4) func `equal scores have what chance has`(place: Int) {
    let found = Self.scores(first: 1, [7, 7, 7, 7], relevant: [place])
    #expect(found.hitRate == 0.25 && found.recall == 0.25 && found.ndcg == 0.25)
    #expect(abs(found.meanReciprocalRank - (1 + 1 / 2.0 + 1 / 3.0 + 1 / 4.0) / 4) < 1e-15)
  }

  @Test func `lists are averaged, and some left out`() {
    var ranking = RankingScores(first: 1)
    #expect(ranking.hitRate.isNaN && ranking.ndcg.isNaN && ranking.meanReciprocalRank.isNaN)
    ranking.add(scores: [1, 2], relevant: [1])
    ranking.add(scores: [1, 2, 0], relevant: [0])
    ranking.add(scores: [1, 2, 3, 4], relevant: [])
    ranking.add(scores: [1, .nan], relevant: [0])
    #expect(ranking.lists == 2 && ranking.brokenLists == 1)
    #expect(ranking.hitRate == 0.5 && ranking.ndcg == 0.5)
    #expect(ranking.meanReciprocalRank == 0.75)
  }

  /// The mean over all orders of the candidates, in which equal scores stand as they come.
  @Test(arguments: UInt64(1)...30)
  func `ties are averaged over their orders`(seed: UInt64) {
    let random = RandomSource(seed: seed, .test)
    let count = 1 + random.index(below: 5, 0)
    let scores = (0..<count).map { Float(random.index(below: 3, 1, UInt64($0))) }
    let relevances = (0..<count).map { random.uniform(2, UInt64($0)) < 0.5 ? 1.0 : 0 }
    let relevant = Set((0..<count).filter { relevances[$0] > 0 })
    guard !relevant.isEmpty else { return }
    let orders = Self.orders(of: Array(0..<count))
    for k in 1...count {
      let lists = orders.map { order in
        RankedList(
          scores: order.map { Double(scores[$0]) }, relevances: order.map { relevances[$0] },
          first: k)
      }
      func mean(_ value: (RankedList) -> Double) -> Double {
        lists.reduce(0) { $0 + value($1) } / Double(lists.count)
      }
      let found = Self.scores(first: k, scores, relevant: relevant)
      let message: Comment = "\(scores), relevant \(relevant.sorted()), first \(k)"
      #expect(abs(found.hitRate - mean(\.hit)) < 1e-12, message)
      #expect(abs(found.recall - mean(\.recall)) < 1e-12, message)
      #expect(abs(found.ndcg - mean { $0.ndcg(.binary) }) < 1e-12, message)
    }
    let places = orders.map { order in
      let ranked = order.enumerated().sorted {
        (scores[$1.element], $0.offset) < (scores[$0.element], $1.offset)
      }
      return 1 + (ranked.firstIndex { relevant.contains($0.element) } ?? 0)
    }
    let reciprocal = places.reduce(0) { $0 + 1 / Double($1) } / Double(orders.count)
    let found = Self.scores(first: 1, scores, relevant: relevant).meanReciprocalRank
    #expect(abs(found - reciprocal) < 1e-12, "\(scores), relevant \(relevant.sorted())")
  }

  private static func orders(of candidates: [Int]) -> [[Int]] {
    guard candidates.count > 1 else { return [candidates] }
    return candidates.indices.flatMap { first in
      var rest = candidates
      let chosen = rest.remove(at: first)
      return orders(of: rest).map { [chosen] + $0 }
    }
  }
}
