/// Finds how far to go along a direction: far enough, but only where the value falls (Wolfe).
///
///     φ(t) ≤ φ(0) + 10⁻⁴ · t · φ'(0)   and   φ'(t) ≥ 0.9 · φ'(0)
///
/// Steps that are too long and too short close in from both sides; between them a cubic is fitted.
/// The search is a value that proposes `step` and is told what lies there, so it owns no vectors.
struct LineSearch {
  /// What to do with the proposed step.
  enum Verdict {
    case again
    case accepted
    case failed
  }

  private struct Point {
    var step: Double
    var value: Double
    var slope: Double
  }

  private static let sufficientDecrease = 1e-4
  private static let curvature = 0.9
  private static let maximumTrials = 30

  /// The step to try, or the one accepted.
  private(set) var step: Double
  /// The value there.
  private(set) var value = Double.nan
  /// What to do with it.
  private(set) var verdict = Verdict.again
  private let start: Point
  private var tooShort: Point
  private var tooLong: Point?
  private var trials = 0

  /// Begins where the function has this value and falls with this slope.
  init(value: Double, slope: Double, firstStep: Double) {
    start = Point(step: 0, value: value, slope: slope)
    tooShort = start
    step = firstStep
  }

  /// Takes in what lies at `step`; accepts it, or proposes another.
  mutating func judge(value: Double, slope: Double) {
    let point = Point(step: step, value: value, slope: slope)
    self.value = value
    trials += 1
    let falls = fallsEnough(point)
    if falls, slope >= Self.curvature * start.slope || trials >= Self.maximumTrials {
      verdict = .accepted
    } else if trials >= Self.maximumTrials {
      verdict = .failed
    } else {
      if falls { tooShort = point } else { tooLong = point }
      step = proposal()
    }
  }

  private func fallsEnough(_ point: Point) -> Bool {
    guard point.value.isFinite, point.slope.isFinite else { return false }
    // Near the minimum the true decrease drowns in the rounding of the value itself.
    let rounding = 1e-15 * abs(start.value)
    let bound = start.value + Self.sufficientDecrease * point.step * start.slope
    return point.value <= bound + rounding
  }

  private func proposal() -> Double {
    guard let tooLong else { return step * 4 }
    let width = tooLong.step - tooShort.step
    let minimum = cubicMinimum(tooShort, tooLong)
    // A fit at the very edge of the bracket would hardly shrink it.
    guard minimum.isFinite else { return tooShort.step + width / 2 }
    return min(max(minimum, tooShort.step + 0.1 * width), tooShort.step + 0.9 * width)
  }

  /// The minimum of the cubic through two points with their slopes; NaN if it has none.
  ///
  /// Nocedal and Wright, "Numerical Optimization." Second edition, 2006, eq. 3.59.
  private func cubicMinimum(_ a: Point, _ b: Point) -> Double {
    let width = b.step - a.step
    let d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step)
    let d2 = (d1 * d1 - a.slope * b.slope).squareRoot()
    return b.step - width * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2)
  }
}
