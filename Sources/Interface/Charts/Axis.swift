/// How values map to a share of an axis: linear or logarithmic, with ends that are fit to read.
struct Axis: Equatable {
  /// The value at the low end.
  let low: Double
  /// The value at the high end.
  let high: Double
  /// Whether equal ratios take equal room.
  let isLogarithmic: Bool
  /// Where labels go, from low to high; the ends among them.
  let ticks: [Double]

  /// An axis over values: the ends are moved outwards to the next tick.
  ///
  /// A range of one value, or of none, gets room around it; values that are not finite, and for a
  /// logarithmic axis those that are not above 0, are the caller's to leave out.
  init(over range: ClosedRange<Double>?, isLogarithmic: Bool = false, intervals: Int) {
    let known = range ?? (isLogarithmic ? 0.1...1 : 0...1)
    let isLog = isLogarithmic && known.lowerBound > 0
    self.isLogarithmic = isLog
    ticks = isLog ? Self.decadeTicks(known, intervals) : Self.evenTicks(known, intervals)
    low = ticks.first ?? 0
    high = ticks.last ?? 1
  }

  /// The place of a value, 0 at the low end and 1 at the high one; nil where it has none.
  func share(of value: Double) -> Double? {
    guard value.isFinite, !isLogarithmic || value > 0 else { return nil }
    guard isLogarithmic else { return (value - low) / (high - low) }
    let start = logarithm10(low)
    return (logarithm10(value) - start) / (logarithm10(high) - start)
  }

  /// A tick's label, with the decimals that tell it from its neighbours.
  func label(_ tick: Double) -> String {
    guard !isLogarithmic, ticks.count > 1 else { return abbreviated(tick) }
    let step = ticks[1] - ticks[0]
    if abs(tick) >= 1000 || step >= 1000 { return abbreviated(tick) }
    if step < 1e-6 { return scientific(tick) }
    var decimals = 0
    while decimals < 7, !(step * power10(decimals)).isNearlyWhole { decimals += 1 }
    return fixed(tick, decimals)
  }

  private static func evenTicks(_ range: ClosedRange<Double>, _ intervals: Int) -> [Double] {
    var (low, high) = (range.lowerBound, range.upperBound)
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-9) {
      let room = max(abs(high) * 0.1, 1e-6)
      (low, high) = (low - room, high + room)
    }
    let step = niceStep((high - low) / Double(max(1, intervals)))
    let first = (low / step + 1e-9).rounded(.down)
    let last = max(first + 1, (high / step - 1e-9).rounded(.up))
    return (0...Int(min(64, last - first))).map { (first + Double($0)) * step }
  }

  private static func decadeTicks(_ range: ClosedRange<Double>, _ intervals: Int) -> [Double] {
    let first = Int((logarithm10(range.lowerBound) + 1e-9).rounded(.down))
    let last = max(first + 1, Int((logarithm10(range.upperBound) - 1e-9).rounded(.up)))
    if last - first <= 2, intervals >= 3 { return fineDecadeTicks(range, first, last) }
    let every = max(1, (last - first + intervals) / max(1, intervals + 1))
    var ticks = stride(from: first, to: last, by: every).map(power10)
    ticks.append(power10(last))
    return ticks
  }

  private static func fineDecadeTicks(
    _ range: ClosedRange<Double>, _ first: Int, _ last: Int
  ) -> [Double] {
    let all = (first...last).flatMap { decade in [1.0, 2, 5].map { $0 * power10(decade) } }
    let low = all.last { $0 <= range.lowerBound * (1 + 1e-9) } ?? all[0]
    let high = all.first { $0 >= range.upperBound * (1 - 1e-9) && $0 > low } ?? power10(last + 1)
    return all.filter { $0 >= low && $0 < high } + [high]
  }
}

/// The least of 1, 2, 2.5, 5, 10 times a power of ten that is at least the wish.
func niceStep(_ wish: Double) -> Double {
  guard wish.isFinite, wish > 0 else { return 1 }
  let base = power10(Int(logarithm10(wish).rounded(.down)))
  for factor in [1, 2, 2.5, 5] where base * factor >= wish * (1 - 1e-9) { return base * factor }
  return base * 10
}

extension Double {
  fileprivate var isNearlyWhole: Bool { abs(self - rounded()) < 1e-6 * Swift.max(1, abs(self)) }
}
