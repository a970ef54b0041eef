import Metrics
import Tensors
import Testing

@Suite struct AUCTests {
  @Test func `is undefined without both classes`() {
    #expect(AUC.of([], labels: []).isNaN)
    #expect(AUC.of([0.3], labels: [1]).isNaN)
    #expect(AUC.of([0.3, 0.4], labels: [0, 0]).isNaN)
  }

  @Test func `is undefined when a score is NaN`() {
    #expect(AUC.of([.nan, 0.4, 0.5], labels: [0, 1, 0]).isNaN)
  }

  @Test func `of two rows is one, zero, or a half for a tie`() {
    #expect(AUC.of([0.1, 0.2], labels: [0, 1]) == 1)
    #expect(AUC.of([0.2, 0.1], labels: [0, 1]) == 0)
    #expect(AUC.of([0.2, 0.2], labels: [0, 1]) == 0.5)
    #expect(AUC.of([-0.0, 0.0], labels: [0, 1]) == 0.5)
    #expect(AUC.of([-Double.infinity, .infinity], labels: [0, 1]) == 1)
  }

  @Test func `sees only the sample space`() {
    #expect(AUC.of([0.9, 0.1, 0.2], labels: [0, 0, 1], space: [0, 1, 1]) == 1)
    #expect(AUC.of([0.9, .nan, 0.2], labels: [1, 0, 0], space: [1, 0, 1]) == 1)
    #expect(AUC.of([0.9, 0.1], labels: [0, 1], space: [0, 0]).isNaN)
  }

  /// Sizes on both sides of the one from which keys are sorted by radix; few levels make ties.
  @Test(arguments: [(3, 2), (40, 5), (700, 9), (1500, 300), (1500, 1_000_000)])
  func `counts pairs`(rows: Int, levels: Int) {
    for seed in UInt64(1)...3 {
      let random = RandomSource(seed: seed, .test)
      let scores = (0..<rows).map {
        Double(random.index(below: levels, UInt64($0))) / Double(levels) - 0.5
      }
      let labels = (0..<rows).map { random.uniform(UInt64($0), 1) < 0.4 ? 1.0 : 0.0 }
      let expected = pairwiseAUC(scores, labels)
      let found = AUC.of(scores, labels: labels)
      #expect(found == expected || found.isNaN && expected.isNaN, "seed \(seed)")
    }
  }

  @Test func `gives the same answer from buffers used before`() {
    var auc = AUC()
    let small = LabelledRows(predictions: [1, 2, 3], labels: [0, 1, 0])
    let large = LabelledRows(
      predictions: (0..<1200).map { Double($0 % 13) }, labels: (0..<1200).map { Double($0 % 2) })
    let first = auc(large)
    #expect(auc(small) == 0.5)
    #expect(auc(large) == first)
    #expect(first == pairwiseAUC(large.predictions, large.labels))
  }

  @Test func `averages groups by their rows`() {
    // Group 7: AUC 1 of two rows; group 8: ½ of four rows; group 9 has one class.
    let rows = LabelledRows(
      predictions: [0.1, 0.5, 0.2, 0.5, 0.5, 0.5, 0.9], labels: [0, 0, 1, 1, 0, 1, 1])
    let groups = [7, 8, 7, 8, 8, 8, 9]
    let expected: Double = 4 / 6
    #expect(GroupedAUC.of(rows, groups: groups) == expected)
    #expect(GroupedAUC.of(LabelledRows(), groups: []).isNaN)
  }
}

/// The definition, in O(n²).
private func pairwiseAUC(_ scores: [Double], _ labels: [Double]) -> Double {
  var halves = 0
  var pairs = 0
  for (positive, label) in zip(scores, labels) where label == 1 {
    for (negative, other) in zip(scores, labels) where other == 0 {
      halves += (positive > negative ? 1 : 0) + (positive >= negative ? 1 : 0)
      pairs += 1
    }
  }
  return Double(halves) / Double(2 * pairs)
}
