/// Which values a chart has room for.
enum ValueSpan: Sendable, Equatable {
  /// What most of the visible steps after the warm-up have: the 2nd to the 98th percentile.
  case typical
  /// All that is visible.
  case everything
  /// What a person asked for.
  case fixed(ClosedRange<Double>)

  /// The name in messages.
  var name: String {
    switch self {
    case .typical: "2nd to 98th percentile after the warm-up"
    case .everything: "everything"
    case .fixed(let range): "\(shortNumber(range.lowerBound)) to \(shortNumber(range.upperBound))"
    }
  }
}

/// The values of a chart, each with the number of steps that it stands for.
struct WeightedValues {
  private var values: [(value: Double, weight: Double)] = []
  private var total = 0.0

  var isEmpty: Bool { values.isEmpty }

  mutating func add(_ value: Double, weight: Double = 1) {
    guard value.isFinite, weight > 0 else { return }
    values.append((value, weight))
    total += weight
  }

  /// The least and the greatest value; nil without any.
  var all: ClosedRange<Double>? {
    guard let first = values.first?.value else { return nil }
    var (low, high) = (first, first)
    for (value, _) in values { (low, high) = (min(low, value), max(high, value)) }
    return low...high
  }

  /// From one quantile to another; nil without values.
  func range(from low: Double, to high: Double) -> ClosedRange<Double>? {
    guard let all else { return nil }
    let bottom = quantile(low, in: all)
    return bottom...max(bottom, quantile(high, in: all))
  }

  /// The value below which this share of the steps lies, to a thousandth of what lies around it.
  ///
  /// Counts in equal intervals, then in those of the one that is met, until few values are left.
  private func quantile(_ share: Double, in all: ClosedRange<Double>) -> Double {
    var (low, high) = (all.lowerBound, all.upperBound)
    var inside = values
    var wanted = share * total
    while inside.count > 32, high > low {
      let width = (high - low) / 64
      guard width > 0 else { return low }
      func interval(_ value: Double) -> Int { min(63, max(0, Int((value - low) / width))) }
      var weights = [Double](repeating: 0, count: 64)
      for (value, weight) in inside { weights[interval(value)] += weight }
      var met = 0
      while met < 63, wanted > weights[met] {
        wanted -= weights[met]
        met += 1
      }
      let kept = inside.filter { interval($0.value) == met }
      guard kept.count < inside.count, !kept.isEmpty else { break }
      (inside, low, high) = (kept, low + Double(met) * width, low + Double(met + 1) * width)
    }
    inside.sort { $0.value < $1.value }
    for (value, weight) in inside {
      wanted -= weight
      if wanted <= 0 { return value }
    }
    return inside.last?.value ?? high
  }
}

/// Finds the values that a chart shows.
struct SpanFinder {
  /// The part of the run, at its start, whose losses do not count for ``ValueSpan/typical``.
  static let warmUp = 0.1
  /// How much more room all may take before a part of it is left out.
  private static let roomForAll = 2.0
  /// What of the height is kept free at either end.
  private static let margin = 0.04

  var span: ValueSpan
  var isLogarithmic: Bool
  /// Whether all lines are shown from their start.
  var keepsWarmUp: Bool
  /// Losses after the warm-up.
  private var settled = WeightedValues()
  /// All that is drawn as a line.
  private var drawn = WeightedValues()
  /// The ends of what single steps had.
  private var extremes = WeightedValues()
  /// Single values, such as validation losses, after the warm-up.
  private var points = WeightedValues()

  init(_ span: ValueSpan, isLogarithmic: Bool, keepsWarmUp: Bool = false) {
    self.span = span
    self.keepsWarmUp = keepsWarmUp
    self.isLogarithmic = isLogarithmic
  }

  /// Takes in a value of the losses; `isSettled` says whether it is of a step after the warm-up.
  mutating func add(loss: Double, weight: Double, isSettled: Bool) {
    guard let value = scaled(loss), isSettled else { return }
    settled.add(value, weight: weight)
  }

  /// Takes in a value that is drawn.
  mutating func add(drawn value: Double) {
    if let value = scaled(value) { drawn.add(value) }
  }

  /// Takes in the least or the greatest of some steps.
  mutating func add(extreme value: Double) {
    if let value = scaled(value) { extremes.add(value) }
  }

  /// Takes in a single value.
  mutating func add(point value: Double, isSettled: Bool) {
    guard let value = scaled(value) else { return }
    drawn.add(value)
    if isSettled { points.add(value) }
  }

  /// The range of the axis; nil without a value.
  var range: ClosedRange<Double>? {
    switch span {
    case .fixed(let range): return range
    case .everything: return everything.map(restored)
    case .typical: break
    }
    guard var most = settled.range(from: 0.02, to: 0.98) ?? points.all ?? drawn.all else {
      return nil
    }
    if let points = points.all, Self.width(most, points) <= (1 + Self.roomForAll) * most.width {
      most = Self.union(most, points)
    }
    if let all = drawn.all,
      keepsWarmUp || Self.width(most, all) <= Self.roomForAll * most.width
    {
      most = Self.union(most, all)
    }
    let room = most.width * Self.margin
    return restored(most.lowerBound - room...most.upperBound + room)
  }

  private var everything: ClosedRange<Double>? {
    guard let drawn = drawn.all else { return extremes.all }
    return extremes.all.map { Self.union(drawn, $0) } ?? drawn
  }

  private func scaled(_ value: Double) -> Double? {
    guard isLogarithmic else { return value.isFinite ? value : nil }
    return value.isFinite && value > 0 ? logarithm10(value) : nil
  }

  private func restored(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    guard isLogarithmic else { return range }
    return exponential10(range.lowerBound)...exponential10(range.upperBound)
  }

  private static func union(
    _ left: ClosedRange<Double>, _ right: ClosedRange<Double>
  ) -> ClosedRange<Double> {
    min(left.lowerBound, right.lowerBound)...max(left.upperBound, right.upperBound)
  }

  private static func width(_ left: ClosedRange<Double>, _ right: ClosedRange<Double>) -> Double {
    union(left, right).width
  }
}

extension ClosedRange<Double> {
  fileprivate var width: Double { upperBound - lowerBound }
}
