import Runs
import Testing

@testable import Interface

@Suite struct LossSeriesTests {
  private func bin(_ loss: Float, _ step: Int) -> LossBin {
    var bin = LossBin(task: 0, step: step)
    bin.add(loss, step: step)
    return bin
  }

  @Test func emptySeriesHasNothing() {
    let series = LossSeries()
    #expect(series.lastStep == nil)
    #expect(series.smoothedLoss(level: 0).isNaN)
    #expect(series.bins(touching: 0...100).isEmpty)
  }

  @Test func onePoint() {
    var series = LossSeries()
    series.push(bin(0.5, 0))
    #expect(series.lastStep == 0)
    #expect(series.smoothedLoss(level: 3) == 0.5)
    #expect(series.bins(touching: 0...0).map(\.mean) == [0.5])
  }

  /// The bias-corrected mean of a constant is the constant from the first step on.
  @Test(arguments: 0..<4)
  func smoothingAConstantGivesTheConstant(level: Int) {
    var series = LossSeries()
    for step in 0..<50 {
      series.push(bin(0.25, step))
      #expect(abs(series.smoothedLoss(level: level) - 0.25) < 1e-12)
    }
  }

  /// Against the definition: Σ (1 − β) βⁿ⁻ⁱ xᵢ / (1 − βⁿ).
  @Test func smoothingFollowsItsDefinition() {
    var noise = Noise(seed: 3)
    var series = LossSeries()
    var losses: [Double] = []
    for step in 0..<200 {
      let loss = Float(0.5 + 0.3 * noise.share())
      losses.append(Double(loss))
      series.push(bin(loss, step))
    }
    for level in 0..<4 {
      let kept = LossSeries.smoothings[level]
      var (sum, weight) = (0.0, 0.0)
      for loss in losses {
        sum = sum * kept + (1 - kept) * loss
        weight = weight * kept + (1 - kept)
      }
      #expect(abs(series.smoothedLoss(level: level) - sum / weight) < 1e-9)
    }
  }

  /// A bin of n equal losses moves the mean as far as n single ones.
  @Test func smoothingWeighsBinsByTheirCount() {
    var (single, binned) = (LossSeries(), LossSeries())
    var wide = LossBin(task: 0, step: 0)
    for step in 0..<37 {
      single.push(bin(0.4, step))
      wide.add(0.4, step: step)
    }
    binned.push(wide)
    single.push(bin(0.9, 37))
    binned.push(bin(0.9, 37))
    for level in 0..<4 {
      #expect(
        abs(single.smoothedLoss(level: level) - binned.smoothedLoss(level: level)) < 1e-9)
    }
  }

  /// A bin of different losses counts by its mean.
  @Test func smoothingTakesTheMeanOfABin() {
    var series = LossSeries()
    var wide = LossBin(task: 0, step: 0)
    for (step, loss) in [1, 2, 6].enumerated() { wide.add(Float(loss), step: step) }
    series.push(wide)
    for level in 0..<4 { #expect(abs(series.smoothedLoss(level: level) - 3) < 1e-9) }
  }

  /// The smoothed value does not depend on how far the history was merged.
  @Test func smoothingDoesNotDependOnMerging() {
    var noise = Noise(seed: 5)
    var (mean, weight) = (0.0, 0.0)
    var series = LossSeries()
    for step in 0..<20_000 {
      let loss = Float(0.5 + 0.3 * noise.share())
      series.push(bin(loss, step))
      mean = mean * 0.95 + 0.05 * Double(loss)
      weight = weight * 0.95 + 0.05
    }
    #expect(series.stride > 1)
    #expect(abs(series.smoothedLoss(level: 1) - mean / weight) < 1e-9)
  }

  /// Against the definition, Σ β^|t − i| xᵢ / Σ β^|t − i|; at the newest step it is the smoothed loss.
  @Test(arguments: 0..<4) func linesAreSmoothedToBothSides(level: Int) {
    var noise = Noise(seed: 12)
    var series = LossSeries()
    let losses = (0..<300).map { _ in Float(0.5 + 0.3 * noise.share()) }
    for (step, loss) in losses.enumerated() { series.push(bin(loss, step)) }
    // As far as the run is long enough for it.
    let kept = min(LossSeries.smoothings[level], 1 - 10 / 300.0)
    let shown = series.smoothed(touching: 0...299, level: level).values
    #expect(shown.count == 300)
    for (step, value) in shown.enumerated() {
      var (sum, weight, factor) = (Double(losses[step]), 1.0, 1.0)
      for distance in 1..<300 {
        factor *= kept
        for other in [step - distance, step + distance] where losses.indices.contains(other) {
          sum += factor * Double(losses[other])
          weight += factor
        }
      }
      #expect(abs(value - sum / weight) < 1e-9, "step \(step)")
    }
    #expect(abs((shown.last ?? 0) - series.newestLoss(level: level)) < 1e-9)
    if level < 2 { #expect(series.newestLoss(level: level) == series.smoothedLoss(level: level)) }
    // What is not shown counts all the same.
    let window = series.smoothed(touching: 140...150, level: level)
    #expect(window.bins.map(\.first) == Array(140...150))
    for (value, whole) in zip(window.values, shown[140...150]) {
      #expect(abs(value - whole) < 1e-5)
    }
    #expect(series.smoothed(touching: 7...7, level: nil).values == [Double(losses[7])])
  }

  /// A bin of many steps has the value of its middle, and those of a straight line lie on it.
  @Test(arguments: 0..<4) func wideBinsHaveTheValueOfTheirMiddle(level: Int) {
    var series = LossSeries()
    for step in 0..<20_000 { series.push(bin(Float(step) / 1_000, step)) }
    let shown = series.smoothed(touching: 0...10_000, level: level)
    #expect((shown.bins.first?.count ?? 0) > 4)
    for (bin, value) in zip(shown.bins, shown.values) where bin.first >= 3_000 {
      let middle = (Double(bin.first) + Double(bin.last)) / 2
      #expect(abs(value - middle / 1_000) < 1e-3, "\(bin.first)")
    }
  }

  /// Losses on the two sides of a gap have nothing to do with each other; few missing steps are none.
  @Test func gapsAreNotSmoothedOver() {
    for (missing, isGap) in [(100, true), (3, false)] {
      var series = LossSeries()
      for step in 0..<100 { series.push(bin(1, step)) }
      for step in 0..<100 { series.push(bin(0, 100 + missing + step)) }
      let shown = series.smoothed(touching: 0...400, level: 1).values
      #expect((shown[99] == 1) == isGap && (shown[100] == 0) == isGap)
      #expect(shown.allSatisfy { (0...1).contains($0) })
    }
  }

  @Test func tenMillionPointsInBoundedMemoryWithExactExtremes() {
    var noise = Noise(seed: 8)
    var series = LossSeries()
    let width = 64
    let spikes = [3_333_333: Float(9), 7_654_321: Float(-4)]
    for start in stride(from: 0, to: 10_000_000, by: width) {
      var wide = LossBin(task: 0, step: start)
      for offset in [0, width - 1] {
        wide.add(Float(0.5 + 0.2 * noise.share()), step: start + offset)
      }
      wide.count += width - 2
      wide.sum += 0.5 * Double(width - 2)
      for (step, loss) in spikes where step >= start && step < start + width {
        wide.minimum = min(wide.minimum, loss)
        wide.maximum = max(wide.maximum, loss)
      }
      series.push(wide)
    }
    #expect(series.bytes <= 500_000)
    #expect(series.history.reduce(0) { $0 + Int($1.count) } == 10_000_000)
    for (step, loss) in spikes {
      let hit = series.bins(touching: step...step)
      #expect(hit.contains { $0.minimum == loss || $0.maximum == loss })
    }
    #expect(series.history.map(\.maximum).max() == 9)
    #expect(series.history.map(\.minimum).min() == -4)
  }

  /// Every bin holds exactly what was pushed for the steps it covers.
  @Test(arguments: [1, 2, 3, 4_095, 4_096, 4_097, 9_000, 20_000])
  func binsHoldWhatWasPushed(count: Int) {
    var noise = Noise(seed: UInt64(count))
    var series = LossSeries()
    let losses = (0..<count).map { _ in Float(noise.share()) }
    for (step, loss) in losses.enumerated() { series.push(bin(loss, step)) }
    #expect(series.history.count <= LossSeries.historyCapacity)
    #expect(series.tail.count <= LossSeries.tailCapacity)
    for bins in [series.history, series.tail] {
      for bin in bins {
        let covered = losses[Int(bin.first)...Int(bin.last)]
        #expect(bin.minimum == covered.min())
        #expect(bin.maximum == covered.max())
        #expect(Int(bin.count) == covered.count)
      }
    }
    #expect(series.history.first?.first == 0)
    #expect(series.history.last?.last == UInt32(count - 1))
    #expect(series.tail.last?.last == UInt32(count - 1))
  }

  /// However far bins were merged, a tenth of the losses lies below their tenths.
  @Test(arguments: [3_000, 6_000, 60_000]) func binsKeepTheirTenths(count: Int) {
    var noise = Noise(seed: 6)
    var series = LossSeries()
    let losses = (0..<count).map { _ in Float(noise.share()) }
    for (step, loss) in losses.enumerated() { series.push(bin(loss, step)) }
    for bins in [series.history, series.tail] {
      for (share, exact) in [(0.1, -0.8), (0.5, 0), (0.9, 0.8)] {
        // Few losses a bin: their tenths lie nearer to the middle than those of many.
        let mean = bins.reduce(0) { $0 + $1.spread.quantile(share) } / Double(bins.count)
        #expect(abs(mean) <= abs(exact) + 0.05)
        #expect(bins[0].count < 16 || abs(mean - exact) < 0.12)
      }
    }
    var ladder = SpreadLadder()
    for bin in series.history { ladder.add(bin.spread, count: Int(bin.count)) }
    #expect(abs(ladder.total.quantile(0.1) + 0.8) < 0.07)
    #expect(abs(ladder.total.quantile(0.9) - 0.8) < 0.07)
  }

  /// Bins start at multiples of the stride, however the losses came.
  @Test func binsAreAlignedToTheStep() {
    var series = LossSeries()
    for step in 5..<40_005 { series.push(bin(1, step)) }
    #expect(series.stride == 16)
    for bin in series.history.dropFirst() { #expect(bin.first.isMultiple(of: series.stride)) }
  }

  @Test func theTailIsFineWhereTheHistoryIsNot() {
    var series = LossSeries()
    for step in 0..<30_000 { series.push(bin(1, step)) }
    let fine = series.bins(touching: 29_500...29_999)
    #expect(fine.count == 500)
    let coarse = series.bins(touching: 0...29_999)
    #expect(coarse.count < LossSeries.historyCapacity)
    #expect(coarse.first?.first == 0)
  }

  @Test func lossesThatAreNotFiniteAreCountedAndNotMixedIn() {
    var series = LossSeries()
    series.push(bin(0.5, 0))
    series.push(bin(.nan, 1))
    series.push(bin(.infinity, 2))
    series.push(bin(0.7, 3))
    #expect(series.history.map(\.notFinite) == [0, 1, 1, 0])
    #expect(series.smoothedLoss(level: 0).isFinite)
  }

  /// Steps that come twice, or late, are taken in and break nothing.
  @Test func lateStepsAreMerged() {
    var series = LossSeries()
    for step in [0, 1, 2, 2, 1, 3] { series.push(bin(Float(step), step)) }
    #expect(series.history.map(\.first) == [0, 1, 2, 3])
    #expect(series.history.reduce(0) { $0 + Int($1.count) } == 6)
  }
}

extension LossSeries {
  /// What the bins take in memory.
  var bytes: Int { (history.capacity + tail.capacity) * MemoryLayout<Bin>.stride }
}
