import Tensors
import Testing

@testable import Models

/// Pairs of words that follow each other, counted in fixed memory.
@Suite struct DistinctPairsTests {
  @Test func `pairs are told apart by both words and their order`() {
    let pairs = DistinctPairs(most: 8)
    let before = pairs.share
    #expect(before == nil)
    for (first, second) in [(1, 2), (2, 1), (1, 2), (1, 1), (0, 0)] as [(Int32, Int32)] {
      pairs.add(first, second)
    }
    #expect(pairs.count == 5 && pairs.distinct == 4)
    #expect(pairs.share == 0.8)
    pairs.clear()
    #expect(pairs.count == 0 && pairs.distinct == 0 && pairs.share == nil)
  }

  @Test(arguments: UInt64(1)...4) func `as many differ as a set has`(_ seed: UInt64) {
    let random = RandomSource(seed: seed, .test)
    let words = (0..<600).map { Int32(random.index(below: 12, UInt64($0))) }
    let pairs = DistinctPairs(most: 600)
    var known: Set<[Int32]> = []
    for place in 1..<words.count {
      pairs.add(words[place - 1], words[place])
      known.insert([words[place - 1], words[place]])
    }
    #expect(pairs.count == 599 && pairs.distinct == known.count, "seed \(seed)")
  }
}
