import Tensors
import Testing

@testable import Metrics

@Suite("Scores that are streamed") struct StreamedAUCTests {
  /// Rows of many shapes: spread, all but equal, few distinct, large and small, close together.
  static func rows(_ shape: Int, seed: UInt64) -> LabelledRows {
    let draw = RandomSource(seed: seed, .test)
    var rows = LabelledRows()
    for i in 0..<UInt64(20 + draw.index(below: 600, 0)) {
      let normal = draw.normal(1, i)
      let score =
        switch shape {
        case 0: normal
        case 1: -3 + normal * 1e-5
        case 2: Double(draw.index(below: 4, 2, i)) - 1.5
        case 3: normal * [1e-12, 1, 1e12][draw.index(below: 3, 3, i)]
        default: Double(Float(-2 + normal * 3e-4))
        }
      let chance = Sigmoid.of(shape == 4 ? (score + 2) * 3_000 : score)
      rows.append(prediction: score, label: draw.uniform(4, i) < chance ? 1 : 0)
    }
    return rows
  }

  private func streamed(_ rows: LabelledRows, budget: Int) -> StreamedAUC {
    var auc = StreamedAUC(budget: budget)
    for row in rows.labels.indices {
      let isCounted = auc.add(rows.predictions[row], label: rows.labels[row])
      #expect(isCounted)
    }
    return auc
  }

  @Test("within the budget it is the sorted one, bit by bit", arguments: 0..<5)
  func exact(shape: Int) {
    for seed in 1...UInt64(20) {
      let rows = Self.rows(shape, seed: seed)
      var (kept, whole) = (streamed(rows, budget: rows.count), AUC())
      let (found, expected) = (kept.estimate(), whole.estimate(rows))
      #expect(kept.isExact && found.bound == 0)
      if seed == 1 { #expect(!streamed(rows, budget: rows.count - 1).isExact) }
      #expect(found.area.bitPattern == expected.area.bitPattern, "shape \(shape) seed \(seed)")
      #expect(found.standardError.bitPattern == expected.standardError.bitPattern)
    }
  }

  @Test("what sorting took is let go of, so that the next list has it") func spare() {
    var (streamed, kept) = (StreamedAUC(budget: 2_000), AUC())
    for row in 0..<2_000 {
      _ = streamed.add(Double(row), label: Double(row % 2))
      if let key = AUC.key(Double(row)) { kept.add(key, isPositive: row % 2 == 1) }
    }
    #expect(kept.areaOfAdded() == streamed.estimate().area)
    #expect(kept.spareCount == 1_000 && streamed.sorted.spareCount == 0)
  }

  @Test("beyond the budget the exact one lies within the bound", arguments: 0..<5)
  func bound(shape: Int) {
    // A few seeds: a million bins are slow where nothing is optimised. It held for 40.
    for seed in 1...UInt64(2) {
      let rows = Self.rows(shape, seed: seed)
      let exact = AUC.of(rows.predictions, labels: rows.labels)
      for budget in seed == 1 ? [0] : [10] {
        var auc = streamed(rows, budget: budget)
        let found = auc.estimate()
        #expect(!auc.isExact && auc.count == rows.count)
        #expect(abs(found.area - exact) <= found.bound, "shape \(shape) seed \(seed)")
      }
    }
  }

  @Test("by hand: two rows of one bin, ties, and a bin of one class") func byHand() {
    // 1 and 1 + 2⁻²⁰ share a bin: of the 2 · 3 pairs, that one is ½ ± ½.
    var auc = StreamedAUC(budget: 0)
    for (score, label) in [(1.0, 1.0), (1 + 0x1p-20, 0), (3, 1), (-2, 0), (0.5, 0)] {
      _ = auc.add(score, label: label)
    }
    let found = auc.estimate()
    #expect(abs(found.area - 5.5 / 6) < 1e-12)
    #expect(abs(found.bound - 0.5 / 6) < 1e-9)
    // One bin for all: nothing is known.
    var one = StreamedAUC(budget: 0)
    for label in [0.0, 1, 1] { _ = one.add(0.25, label: label) }
    #expect(one.estimate().area == 0.5 && abs(one.estimate().bound - 0.5) < 1e-9)
    var single = StreamedAUC(budget: 0)
    for score in [1.0, 2] { _ = single.add(score, label: 1) }
    #expect(single.estimate().area.isNaN)
  }

  @Test("the bound is small where scores are spread") func width() {
    var auc = StreamedAUC(budget: 0)
    let draw = RandomSource(seed: 9, .test)
    for i in 0..<UInt64(4_000) {
      let score = -2 + draw.normal(i)
      _ = auc.add(score, label: draw.uniform(i, 1 << 40) < Sigmoid.of(score) ? 1 : 0)
    }
    #expect(auc.estimate().bound < 1e-3)
  }

  @Test("what is no finite number is refused", arguments: [0, 100])
  func refused(budget: Int) {
    var (auc, calibration) = (StreamedAUC(budget: budget), StreamedCalibration())
    var groups = StreamedGroups(budget: budget)
    for score in [Double.infinity, -.infinity, .nan] {
      #expect(!auc.add(score, label: 1) && !calibration.add(score, label: 1))
      let isCounted = groups.add(Float(score), label: 1, group: 0)
      #expect(!isCounted)
    }
    #expect(auc.count == 0 && auc.estimate().area.isNaN && calibration.error().value.isNaN)
  }

  @Test("bins rise with scores, and every score lies in its bin") func bins() {
    let draw = RandomSource(seed: 4, .test)
    let scores = (0..<UInt64(2_000)).map { i in
      draw.normal(i) * [1e-300, 1e-11, 1e-9, 1, 100, 1e11, 1e300][draw.index(below: 7, i, 9)]
    }
    let sorted = (scores + [0, -0.0, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1, -1])
      .sorted()
    for (low, high) in zip(sorted, sorted.dropFirst()) {
      #expect(ScoreBins.bin(of: low) <= ScoreBins.bin(of: high))
    }
    for score in sorted {
      let bin = ScoreBins.bin(of: score)
      #expect((0..<ScoreBins.count).contains(bin) && ScoreBins.range(ofBin: bin).contains(score))
    }
    #expect(ScoreBins.bin(of: 0) == ScoreBins.bin(of: -0.0))
    #expect(ScoreBins.bin(of: 3) - ScoreBins.bin(of: 2.5) == 2_048)
  }
}

@Suite("Calibration and groups that are streamed") struct StreamedCalibrationTests {
  @Test("the error of sorted rows lies within the bound", arguments: 0..<5)
  func calibration(shape: Int) {
    for seed in 1...UInt64(1) {
      let rows = StreamedAUCTests.rows(shape, seed: seed)
      var streamed = StreamedCalibration()
      for row in rows.labels.indices {
        _ = streamed.add(rows.predictions[row], label: rows.labels[row])
      }
      for bins in [3, 10] {
        let exact = Calibration.expectedError(Sigmoid.of(rows), bins: bins, .mass)
        let found = streamed.error(bins: bins)
        #expect(
          abs(found.value - exact) <= found.bound, "shape \(shape) seed \(seed) bins \(bins)")
      }
    }
  }

  @Test("by hand: a border through four equal rows") func byHand() {
    // Logits 0, 0, 0, 0 with labels 1, 1, 0, 0 in two bins: between (½ − ½) and (1 − ½) each.
    var streamed = StreamedCalibration()
    for label in [1.0, 1, 0, 0] { _ = streamed.add(0, label: label) }
    let found = streamed.error(bins: 2)
    #expect(abs(found.value) < 1e-12)
    #expect(abs(found.bound - 0.5) < 1e-3)
  }

  @Test("the bound grows by what rounding can do to the sums of many rows") func rounding() {
    // Ten bins of two rows each have no border within: only rounding is left.
    var streamed = StreamedCalibration()
    for row in 0..<20 { _ = streamed.add(Double(row) - 9, label: row % 2 == 0 ? 1 : 0) }
    #expect(streamed.error(bins: 10).bound == 0x1p-40 + 40 * 0x1p-53)
  }

  @Test(
    "bins of equal mass are those of sorted rows, and none without rows", arguments: [1, 3, 10, 25])
  func massBins(count: Int) {
    var (streamed, rows) = (StreamedCalibration(), LabelledRows())
    #expect(streamed.massBins(count).isEmpty)
    for row in 0..<20 {
      // No two in one bin of the score, in no order; the answers are amounts.
      let score = Double(row * 7 % 20) - 9
      _ = streamed.add(score, answer: 3 * score + 50, label: Double(row % 4))
      rows.append(prediction: 3 * score + 50, label: Double(row % 4))
    }
    let exact = Calibration.massBins(rows, count)
    let found = streamed.massBins(count)
    #expect(found.map(\.count) == exact.map(\.count))
    for (own, other) in zip(found, exact) where own.count > 0 {
      #expect(abs(own.meanProbability - other.meanProbability) < 1e-12)
      #expect(abs(own.meanLabel - other.meanLabel) < 1e-12)
    }
  }

  @Test("by hand: bins of equal mass share out four equal rows") func sharedOut() {
    // Three of the four are in the first bin, one with two others in the second.
    var streamed = StreamedCalibration()
    for label in [1.0, 1, 0, 0] { _ = streamed.add(0, label: label) }
    for label in [1.0, 0] { _ = streamed.add(2, answer: 5, label: label) }
    let found = streamed.massBins(2)
    #expect(found.map(\.count) == [3, 3])
    #expect(abs(found[0].meanProbability - 0.5) < 1e-12 && abs(found[0].meanLabel - 0.5) < 1e-12)
    #expect(abs(found[1].meanProbability - 3.5) < 1e-12 && abs(found[1].meanLabel - 0.5) < 1e-12)
  }

  @Test("the mean of groups is that of sorted rows, bit by bit") func groups() {
    for seed in 1...UInt64(30) {
      let draw = RandomSource(seed: seed, .test)
      var (streamed, rows, groups) = (StreamedGroups(budget: 1_000), LabelledRows(), [Int]())
      for i in 0..<UInt64(300) {
        let score = Float(draw.index(below: 40, 1, i)) / 8 - 2
        let label = draw.uniform(2, i) < 0.4 ? 1.0 : 0
        let group = draw.index(below: 30, 3, i) * 70_000_000
        _ = streamed.add(score, label: label, group: Int32(group % 2_000_000_011))
        _ = streamed.add(score, label: label, group: -1)
        rows.append(prediction: Double(score), label: label)
        groups.append(group % 2_000_000_011)
      }
      let exact = GroupedAUC.of(rows, groups: groups)
      #expect(streamed.mean().bitPattern == exact.bitPattern, "seed \(seed)")
    }
  }

  @Test("more groups' rows than are kept: refused, not guessed") func refused() {
    var streamed = StreamedGroups(budget: 3)
    for (score, label) in [(Float(1), 1.0), (2, 0), (3, 1)] {
      _ = streamed.add(score, label: label, group: 7)
    }
    #expect(!streamed.isRefused && streamed.mean() == 0.5)
    _ = streamed.add(4, label: 0, group: 7)
    #expect(streamed.isRefused && streamed.mean().isNaN)
  }
}
