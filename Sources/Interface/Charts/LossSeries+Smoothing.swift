/// Losses smoothed to both sides, for a line that runs through its own band.
///
/// An exponential mean of the losses before a step lags 1/(1 − β) steps behind: where losses fall, it
/// lies above nearly all of those that it stands over. A line has the losses behind the step as well,
/// weighed by their distance,
///
///     s(t) = Σ_i β^|t − i| x_i / Σ_i β^|t − i|
///
/// At the newest step it is the mean of ``LossSeries/smoothedLoss(level:)``, as there is nothing behind,
/// once the run is long enough for β.
/// A bin counts as so many losses of its mean, and its value is that of its middle. Losses on the far
/// side of a gap of more than 2/(1 − β) steps, where the task was off, do not count.
extension LossSeries {
  /// The bins that touch a range of steps, each with its value.
  struct Smoothed {
    let bins: ArraySlice<Bin>
    /// By bin; NaN where a bin has no finite loss.
    let values: [Double]
  }

  /// Steps by which two losses may lie apart that are still joined by a line: so many less one are missing.
  ///
  /// A batch without a row of the task leaves no loss; a task that was off leaves a gap.
  static let joinedGap = 8

  /// How many times 1/(1 − β) losses around the range count: what is farther weighs e⁻¹² at most.
  private static let reach = 12.0
  /// How many times so many missing steps are a gap.
  private static let gap = 2.0

  /// One in so many losses of a run may be 1/(1 − β) of them.
  private static let part = 10.0

  /// β of a level, as far as the run is long enough for it: where 1/(1 − β) losses were more than a tenth
  /// of all, a line would be the mean of the run and lie beside its band.
  func share(of level: Int) -> Double {
    min(Self.smoothings[level & 3], max(0, 1 - Self.part / Double(max(1, count))))
  }

  /// The newest value of the line; NaN before the first loss.
  func newestLoss(level: Int) -> Double {
    guard share(of: level) < Self.smoothings[level & 3], let last = lastStep else {
      return smoothedLoss(level: level)
    }
    let shown = smoothed(touching: max(0, last - Self.joinedGap)...last, level: level)
    return shown.values.last { !$0.isNaN } ?? .nan
  }

  /// The bins of a range of steps, smoothed by a level of ``smoothings``; by their own means for nil.
  func smoothed(touching steps: ClosedRange<Int>, level: Int?) -> Smoothed {
    let bins = bins(touching: steps)
    guard let level, !bins.isEmpty else { return Smoothed(bins: bins, values: bins.map(\.mean)) }
    let share = share(of: level)
    let around = neighbours(of: bins, within: Int((Self.reach / (1 - share)).rounded()))
    let gap = Int((Self.gap / (1 - share)).rounded())
    let behind = KernelSums.behind(around, share, gap: gap)
    var before = KernelSums()
    var values: [Double] = []
    values.reserveCapacity(bins.count)
    for (place, bin) in zip(around.indices, around) {
      if place > around.startIndex, around[place - 1].isApart(from: bin, gap) {
        before = KernelSums()
      }
      if bins.indices.contains(place) {
        values.append(bin.middle(before, behind[place - around.startIndex], share))
      }
      before.add(bin, share)
    }
    return Smoothed(bins: bins, values: values)
  }

  /// A slice widened by so many steps to both sides.
  private func neighbours(of bins: ArraySlice<Bin>, within margin: Int) -> ArraySlice<Bin> {
    let source =
      bins.startIndex < tail.endIndex && tail[bins.startIndex] == bins[bins.startIndex]
      ? tail : history
    let first = Int(bins[bins.startIndex].first) - margin
    let last = Int(bins[bins.endIndex - 1].last) + margin
    return source[
      source.firstPlace { Int($0.last) >= first }..<source.firstPlace { Int($0.first) > last }]
  }
}

/// Σ β^(distance) x and Σ β^(distance) of the losses on one side of a step, both times 1 − β.
private struct KernelSums {
  var losses = 0.0
  var weights = 0.0

  /// Moves on over a bin, and takes it in.
  mutating func add(_ bin: LossSeries.Bin, _ share: Double) {
    guard bin.count > 0 else { return }
    let kept = power(share, Int(bin.count))
    losses = losses * kept + (1 - kept) * bin.mean
    weights = weights * kept + (1 - kept)
  }

  /// By bin, the sums of those behind it.
  static func behind(
    _ bins: ArraySlice<LossSeries.Bin>, _ share: Double, gap: Int
  ) -> [KernelSums] {
    var sums = [KernelSums](repeating: KernelSums(), count: bins.count)
    var next = KernelSums()
    for place in bins.indices.reversed() {
      sums[place - bins.startIndex] = next
      next.add(bins[place], share)
      if place > bins.startIndex, bins[place - 1].isApart(from: bins[place], gap) {
        next = KernelSums()
      }
    }
    return sums
  }
}

extension LossSeries.Bin {
  /// Whether more than so many steps are missing before a later bin.
  fileprivate func isApart(from later: Self, _ gap: Int) -> Bool {
    Int(later.first) - Int(last) > gap
  }

  /// s at the bin's middle.
  fileprivate func middle(
    _ before: KernelSums, _ behind: KernelSums, _ share: Double
  ) -> Double {
    guard count > 0 else { return .nan }
    // Half of the bin lies to either side; the loss in the middle counts once.
    let half = power(share.squareRoot(), Int(count) + 1)
    let own = 2 * (1 - half) - (1 - share)
    let losses = (before.losses + behind.losses) * half + own * mean
    return losses / ((before.weights + behind.weights) * half + own)
  }
}

/// xⁿ, n ≥ 0.
private func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, square, left) = (1.0, base, exponent)
  while left > 0 {
    if left & 1 == 1 { result *= square }
    square *= square
    left >>= 1
  }
  return result
}
