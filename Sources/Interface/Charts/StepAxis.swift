/// The axis along a chart: from left to right, in one of ``StepUnit``.
struct StepAxis: Equatable {
  /// A label at its value.
  struct Tick: Equatable {
    var value: Double
    var label: String
  }

  let unit: StepUnit
  let low: Double
  let high: Double
  /// Whether equal ratios take equal room.
  let isLogarithmic: Bool

  /// An axis between two values; a logarithmic one begins at the least of the unit that is above 0.
  init(_ unit: StepUnit, over range: ClosedRange<Double>, isLogarithmic: Bool, least: Double) {
    self.unit = unit
    self.isLogarithmic = isLogarithmic && range.upperBound > least
    low = self.isLogarithmic ? max(least, range.lowerBound) : range.lowerBound
    high = max(range.upperBound, low + 1e-9)
  }

  /// Where a value lies: 0 at the left end, 1 at the right one.
  func share(of value: Double) -> Double {
    guard isLogarithmic else { return (value - low) / (high - low) }
    let start = logarithm10(low)
    return (logarithm10(max(value, low / 2)) - start) / (logarithm10(high) - start)
  }

  /// The value at a share.
  func value(at share: Double) -> Double {
    guard isLogarithmic else { return low + share * (high - low) }
    let (start, end) = (logarithm10(low), logarithm10(high))
    return exponential10(start + share * (end - start))
  }

  /// The column, or dot, of so many at which a value lies; outside it is not held back.
  func place(of value: Double, among count: Int) -> Int {
    Int(min(1e9, max(-1e9, share(of: value) * Double(count - 1))).rounded())
  }

  /// Round values at even distances (at even ratios where it is logarithmic), about as many as
  /// wished.
  func ticks(about count: Int) -> [Tick] {
    let values = isLogarithmic ? decades(count) : even(count)
    return values.map { Tick(value: $0, label: label($0)) }
  }

  /// A value on this axis, as it is read.
  func label(_ value: Double) -> String {
    switch unit {
    case .time: high < 10 ? trimmed(fixed(value, 1)) + "s" : clock(value)
    case .step, .epoch, .examples: exactly(value)
    }
  }

  private func even(_ count: Int) -> [Double] {
    let wish = (high - low) / Double(max(1, count))
    let step = unit == .time ? niceSeconds(wish) : max(niceStep(wish), unit == .epoch ? 0 : 1)
    let first = (low / step - 1e-9).rounded(.up)
    let last = (high / step + 1e-9).rounded(.down)
    guard last >= first, last - first < 200 else { return [] }
    return (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  private func decades(_ count: Int) -> [Double] {
    let (first, last) = (logarithm10(low).rounded(.down), logarithm10(high).rounded(.up))
    let decades = Int(last - first)
    let parts: [Double] = decades <= count / 2 ? [1, 2, 5] : [1]
    let every = max(1, (decades + count - 1) / max(1, count))
    var values: [Double] = []
    for decade in stride(from: Int(first), through: Int(last), by: every) {
      for part in parts { values.append(part * power10(decade)) }
    }
    let (least, most) = (low * (1 - 1e-9), high * (1 + 1e-9))
    return values.filter { $0 >= least && $0 <= most }
  }
}

/// A round value in full or with an SI prefix, without rounding it: `1.5k`, `12.5k`, `0.25`.
private func exactly(_ value: Double) -> String {
  let (divisor, prefix) =
    switch abs(value) {
    case ..<1e3: (1.0, "")
    case ..<1e6: (1e3, "k")
    case ..<1e9: (1e6, "M")
    default: (1e9, "G")
    }
  return trimmed(fixed(value / divisor, 3)) + prefix
}

/// The least round time that is at least the wish, in seconds.
private func niceSeconds(_ wish: Double) -> Double {
  guard wish > 0.5 else { return niceStep(wish) }
  let round: [Double] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400,
  ]
  return round.first { $0 >= wish } ?? 86_400 * (wish / 86_400).rounded(.up)
}
