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

  /// An axis over the rows of a chart that covers a range as closely as it can: linear ticks are round
  /// and lie on whole rows at even distances, logarithmic ones are decades or parts of them.
  init(fitting range: ClosedRange<Double>?, rows: Int, isLogarithmic: Bool = false) {
    let known = range ?? (isLogarithmic ? 0.1...1 : 0...1)
    guard isLogarithmic, known.lowerBound > 0 else {
      let fit = RowFit(known, rows: max(2, rows))
      self.isLogarithmic = false
      (low, high) = (fit.low, fit.low + Double(max(2, rows) - 1) * fit.valueOfRow)
      ticks = fit.ticks(upTo: high)
      return
    }
    self.isLogarithmic = true
    let isPoint = known.upperBound <= known.lowerBound * 1.000_001
    low = isPoint ? known.lowerBound / 1.2 : known.lowerBound
    high = isPoint ? known.upperBound * 1.2 : known.upperBound
    ticks = Self.roundTicks(low...high, about: max(2, rows / 3))
  }

  /// The value at a place between 0, the low end, and 1.
  func value(at share: Double) -> Double {
    guard isLogarithmic else { return low + share * (high - low) }
    let (start, end) = (logarithm10(low), logarithm10(high))
    return exponential10(start + share * (end - start))
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
    guard !isLogarithmic else { return logarithmicLabel(tick) }
    guard ticks.count > 1 else { return abbreviated(tick) }
    let step = ticks[1] - ticks[0]
    if abs(tick) >= 1000 || step >= 1000 { return abbreviated(tick) }
    if step < 1e-6 { return scientific(tick) }
    var decimals = 0
    while decimals < 7, !(step * power10(decimals)).isNearlyWhole { decimals += 1 }
    return fixed(tick, decimals)
  }

  /// A tick with as many decimals as it has.
  private func logarithmicLabel(_ tick: Double) -> String {
    guard abs(tick) >= 1e-4, abs(tick) < 1000 else { return abbreviated(tick) }
    var decimals = 0
    while decimals < 7, !(tick * power10(decimals)).isNearlyWhole { decimals += 1 }
    return fixed(tick, decimals)
  }

  /// Decades where there are several, 1, 2 and 5 times a decade where there are few, and even
  /// values where there are none of these.
  private static func roundTicks(_ range: ClosedRange<Double>, about count: Int) -> [Double] {
    let first = Int((logarithm10(range.lowerBound) + 1e-9).rounded(.down))
    let last = Int((logarithm10(range.upperBound) - 1e-9).rounded(.up))
    let every = max(1, (last - first) / count)
    let around = (range.lowerBound * (1 - 1e-9))...(range.upperBound * (1 + 1e-9))
    func inside(_ parts: [Double]) -> [Double] {
      var values: [Double] = []
      for decade in stride(from: first, through: last, by: every) {
        for part in parts { values.append(part * power10(decade)) }
      }
      return values.filter(around.contains)
    }
    for parts in [[1.0], [1, 2, 5]] where inside(parts).count >= 3 { return inside(parts) }
    let step = niceStep((range.upperBound - range.lowerBound) / Double(max(2, count)))
    func even(_ step: Double) -> [Double] {
      let low = (range.lowerBound / step - 1e-9).rounded(.up)
      let high = (range.upperBound / step + 1e-9).rounded(.down)
      return high < low ? [] : (0...Int(high - low)).map { (low + Double($0)) * step }
    }
    // One tick alone says nothing of how far another value is from it.
    return [step, step / 2, step / 4].map(even).first { $0.count > 1 } ?? inside([1, 2, 5])
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

/// How rows of a chart can stand for values so that round ones lie on whole rows.
private struct RowFit {
  let low: Double
  /// The difference between neighbouring rows.
  let valueOfRow: Double
  private let step: Double

  /// The closest fit: rows are the third to the seventh part of a round step.
  init(_ range: ClosedRange<Double>, rows: Int) {
    var (bottom, top) = (range.lowerBound, range.upperBound)
    if top - bottom <= 1e-9 * max(abs(bottom), abs(top), 1e-9) {
      let room = max(abs(top) * 0.1, 1e-6)
      (bottom, top) = (bottom - room, top + room)
    }
    let most = max(1, min(7, rows / 2))
    let exact = (top - bottom) / Double(rows - 1)
    let decade = Int(logarithm10(exact * Double(most)).rounded(.down))
    let fit = Self.candidates(decade, least: min(3, most), most: most).first { fit in
      let last = Self.floor(bottom, fit.row) + Double(rows - 1) * fit.row
      return fit.row >= exact * (1 - 1e-9) && last >= top - 1e-6 * fit.row
    }
    (valueOfRow, step) = fit ?? (exact, exact)
    low = Self.floor(bottom, valueOfRow)
  }

  /// Round steps around a decade and what a row stands for if it is a part of them, rising.
  private static func candidates(
    _ decade: Int, least: Int, most: Int
  ) -> [(row: Double, step: Double)] {
    var all: [(row: Double, step: Double)] = []
    for power in (decade - 1)...(decade + 1) {
      for part in [1.0, 2, 2.5, 5] {
        let step = part * power10(power)
        for rows in least...most { all.append((step / Double(rows), step)) }
      }
    }
    return all.sorted { $0.row < $1.row }
  }

  /// The round values up to the high end.
  func ticks(upTo high: Double) -> [Double] {
    let first = (low / step - 1e-6).rounded(.up)
    let last = (high / step + 1e-6).rounded(.down)
    guard last >= first, last - first < 1000 else { return [] }
    return (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  private static func floor(_ value: Double, _ step: Double) -> Double {
    (value / step + 1e-6).rounded(.down) * step
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
