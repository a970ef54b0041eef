import Foundation
import Metrics
import Tensors
import Testing

@Suite struct RankMetricsTests {
  @Test func `xauc by hand`() {
    // Labels 1 < 2 < 2 < 5: five pairs differ. Scores 3, 1, 3, 9: of them (1,2a) is wrong, (1,2b)
    // tied, and the three with the last are right.
    let xauc: Double = 3.5 / 5
    #expect(XAUC.of([3, 1, 3, 9], labels: [1, 2, 2, 5]) == xauc)
    #expect(XAUC.of([3, 1, 3, 9].map { -$0 }, labels: [1, 2, 2, 5]) == 0.3)
    #expect(XAUC.of([1, 2], labels: [7, 7]).isNaN && XAUC.of([], labels: []).isNaN)
    #expect(XAUC.of([1, .nan], labels: [1, 2]).isNaN)
    #expect(XAUC.of([1, 2], labels: [1, .nan]).isNaN)
    #expect(XAUC.of([-0.0, 0], labels: [1, 2]) == 0.5)
  }

  /// Few distinct numbers and many, fewer rows than the radix sort takes and more.
  @Test(arguments: [1, 2, 3, 4])
  func `xauc is the share of pairs`(_ seed: UInt64) {
    let random = RandomSource(seed: seed, .test)
    for (count, values) in [(2, 2), (40, 5), (700, 9), (700, 100_000)] {
      let numbers = (0..<count).map { UInt64($0) }
      let whole = numbers.map { Double(random.index(below: values, $0, 1)) - 4 }
      let labels = numbers.map { Double(random.index(below: values, $0, 2)) }
      let expected = pairwise(whole, labels)
      // Once as floats and once as numbers that no float holds.
      for scores in [whole, whole.map { $0 / 7 }] {
        let found = XAUC.of(scores, labels: labels)
        #expect(found == expected || found.isNaN && expected.isNaN, "seed \(seed), \(count) rows")
      }
    }
  }

  @Test func `xauc of two labels is the auc`() {
    let scores = (0..<900).map { Double($0 * 37 % 101) }
    let labels = (0..<900).map { Double($0 * 7 % 3 == 0 ? 1 : 0) }
    #expect(XAUC.of(scores, labels: labels) == AUC.of(scores, labels: labels))
  }

  /// Over every order of the scores, chance carries the AUC as far as the formula says.
  @Test func `deviation of chance over all orders`() {
    for labels in [[1.0, 0, 0], [1, 1, 0, 0, 0], [3, 1, 2, 2], [5, 5, 1, 1, 2]] {
      let orders = permutations(labels.indices.map(Double.init))
      let found = orders.map { XAUC.of($0, labels: labels) }
      let mean = found.reduce(0, +) / Double(found.count)
      let variance = found.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(found.count)
      #expect(abs(mean - 0.5) < 1e-12)
      var xauc = XAUC()
      _ = xauc(LabelledRows(predictions: orders[0], labels: labels))
      #expect(abs(xauc.chanceDeviation - variance.squareRoot()) < 1e-12, "\(labels)")
    }
    // 4 positives of 10: (n + 1) / (12 n⁺ n⁻) = 11 / 288.
    #expect(abs(ChanceDeviation.of(counts: [4, 6]) - (11.0 / 288).squareRoot()) < 1e-15)
    let rows = LabelledRows(predictions: [1, 2, 3], labels: [1, 0, 0])
    #expect(abs(ChanceDeviation.ofAUC(rows) - (1.0 / 6).squareRoot()) < 1e-15)
    #expect(ChanceDeviation.of(counts: [9]).isNaN && ChanceDeviation.of(counts: []).isNaN)
  }

  @Test func `groups far apart are groups`() {
    let rows = LabelledRows(predictions: [1, 2, 4, 3, 8], labels: [0, 1, 0, 1, 1])
    let groups = [Int.max, Int.max, -9, -9, 0]
    let found = GroupedScore.auc(rows, groups: groups)
    #expect(found.groups.map(\.group) == [-9, 0, .max])
    #expect(found.groups.map(\.rows) == [2, 1, 2] && found.groups.map(\.positives) == [1, 1, 1])
    #expect(found.counted == 2 && found.mean() == 0.5)
    #expect(found.groups[0].score == 0 && found.groups[2].score == 1)
    #expect(
      GroupedScore.auc(LabelledRows(predictions: [.nan, 1], labels: [0, 1]), groups: [1, 1])
        .mean().isNaN)
  }

  @Test func `log loss over that of the base rate`() {
    let base = -(0.25 * log(0.25) + 0.75 * log(0.75))
    #expect(abs(LogLoss.normalised(base, baseRate: 0.25) - 1) < 1e-15)
    #expect(abs(LogLoss.normalised(base / 2, baseRate: 0.25) - 0.5) < 1e-15)
    #expect(LogLoss.normalised(0.1, baseRate: 1).isNaN)
  }

  @Test func `share of the variance explained`() {
    // Squared errors 0, 1, 4 of labels 1, 2, 6 around 3: 1 − 5 / 14.
    let rows = LabelledRows(predictions: [1, 3, 4], labels: [1, 2, 6])
    #expect(abs(RegressionError.determination(rows) - (1 - 5.0 / 14)) < 1e-15)
    #expect(RegressionError.determination(LabelledRows(predictions: [1], labels: [1])).isNaN)
  }

  /// Squared errors 1, 4 and 16 around 7: their deviation is √63, of which √3 and 2√7 are left.
  @Test func `error of the root of the mean squared error`() {
    let rows = LabelledRows(predictions: [1, 2, 4], labels: [0, 4, 0])
    let error = 63.0.squareRoot() / (2 * 7.0.squareRoot() * 3.0.squareRoot())
    #expect(abs(RegressionError.standardError(rows) - error) < 1e-14)
    #expect(RegressionError.standardError(LabelledRows(predictions: [1], labels: [0])).isNaN)
  }

  /// Four rows in two bins of two; three rows in two bins of one and two.
  @Test func `bins of equal mass`() {
    let rows = LabelledRows(predictions: [0.4, 0.1, 0.2, 0.3], labels: [1, 0, 0, 1])
    // Bins {.1, .2} with labels 0, 0 and {.3, .4} with 1, 1: gaps .15 and .65; unsorted, .25 twice.
    #expect(abs(Calibration.expectedError(rows, bins: 2, .mass) - 0.4) < 1e-15)
    let three = LabelledRows(predictions: [0.4, 0.1, 0.2], labels: [1, 0, 1])
    #expect(Calibration.bins(three, 2, .mass).map(\.count) == [1, 2])
    #expect(Calibration.bins(three, 5, .mass).map(\.count) == [0, 1, 0, 1, 1])
  }

  private func pairwise(_ scores: [Double], _ labels: [Double]) -> Double {
    var (halves, pairs) = (0, 0)
    for i in scores.indices {
      for j in scores.indices where labels[i] < labels[j] {
        halves += (scores[i] < scores[j] ? 1 : 0) + (scores[i] <= scores[j] ? 1 : 0)
        pairs += 1
      }
    }
    return pairs == 0 ? .nan : Double(halves) / (2 * Double(pairs))
  }

  private func permutations(_ items: [Double]) -> [[Double]] {
    guard !items.isEmpty else { return [[]] }
    return items.indices.flatMap { place in
      var rest = items
      let item = rest.remove(at: place)
      return permutations(rest).map { [item] + $0 }
    }
  }
}
