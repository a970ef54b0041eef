/// Which way a loss goes.
enum LossTrend: String, Sendable {
  case falls = "↓"
  case rises = "↑"
  case level = "─"

  /// Losses must differ by more standard errors than this.
  private static let standardErrors = 2.0
  /// And by more than this share of their size.
  private static let leastChange = 0.002

  /// Which way the loss goes in the last tenth of its steps; nil where they are too few to say.
  ///
  /// The mean of the tenth's second half against that of its first: a difference counts where it is
  /// more than twice its standard error, which follows from how the bins of either half differ among
  /// themselves, and more than 0.2 % of the loss.
  init?(of series: LossSeries) {
    guard let last = series.lastStep, let first = series.history.first?.first else { return nil }
    let start = last - max(1, (last - Int(first) + 1) / 10) + 1
    let bins = series.bins(touching: start...last).filter { $0.count > 0 }
    guard bins.count >= 8 else { return nil }
    let middle = bins.count / 2
    let (before, after) = (Mean(bins[..<middle]), Mean(bins[middle...]))
    let change = after.value - before.value
    let error = (before.squaredError + after.squaredError).squareRoot()
    let isClear =
      abs(change) > Self.standardErrors * error
      && abs(change) > Self.leastChange * abs(before.value)
    self = !isClear ? .level : change < 0 ? .falls : .rises
  }

  /// The mean of bins, and the square of its standard error.
  private struct Mean {
    let value: Double
    let squaredError: Double

    init(_ bins: ArraySlice<LossSeries.Bin>) {
      let means = bins.map(\.mean)
      let count = Double(means.count)
      let mean = means.reduce(0, +) / count
      value = mean
      let squares = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      squaredError = squares / (count - 1) / count
    }
  }
}
