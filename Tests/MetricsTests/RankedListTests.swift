import Foundation
import Metrics
import Testing

@Suite struct RankedListTests {
  @Test func `a list without relevance has no NDCG`() {
    let list = RankedList(scores: [1, 2], relevances: [0, 0], first: 2)
    #expect(list.ndcg(.linear).isNaN)
    #expect(list.recall.isNaN)
    #expect(list.hit == 0)
    #expect(RankedList(scores: [], relevances: [], first: 3).ndcg(.binary).isNaN)
  }

  @Test func `the best order has one`() {
    let list = RankedList(scores: [3, 2, 1], relevances: [3, 2, 0], first: 2)
    for gain in [RankedList.Gain.binary, .linear, .exponential] { #expect(list.ndcg(gain) == 1) }
    #expect(list.recall == 1)
  }

  @Test func `a swapped pair is discounted`() {
    let list = RankedList(scores: [1, 2], relevances: [2, 1], first: 2)
    let second = 1 / log2(3.0)
    #expect(abs(list.ndcg(.linear) - (1 + 2 * second) / (2 + second)) < 1e-15)
    #expect(abs(list.ndcg(.exponential) - (1 + 3 * second) / (3 + second)) < 1e-15)
    #expect(list.ndcg(.binary) == 1)
  }

  @Test func `equal scores keep their order`() {
    let list = RankedList(scores: [1, 1], relevances: [0, 1], first: 1)
    #expect(list.hit == 0)
    #expect(list.recall == 0)
  }
}
