/// How curves are drawn, for all charts together.
struct ChartSettings: Sendable, Equatable {
  /// What is shown of the validation rows.
  enum Validation: String, Sendable, CaseIterable {
    case loss, score, off
  }

  /// Part of the run.
  struct Window: Sendable, Equatable {
    /// Steps that are shown.
    var width: Int
    /// The last step; nil to follow the newest.
    var end: Int?
  }

  /// The place in ``LossSeries/smoothings``; nil for none.
  var smoothing: Int? = 1
  var isLogarithmic = false
  /// Whether equal ratios of steps take equal room.
  var isLogarithmicInSteps = false
  /// What steps are counted in.
  var unit = StepUnit.step
  /// Which losses there is room for.
  var span = ValueSpan.typical
  /// The range that a person asked for last.
  var fixedSpan: ClosedRange<Double>?
  var band = CurveChart.Band.tenths
  var validation = Validation.loss
  /// Whether the curves of earlier runs are drawn behind.
  var showsEarlier = true
  /// The number of the run that is drawn as a baseline, whether earlier runs are shown or not.
  var pinned: Int?
  /// What is read off.
  var cursor: CurveCursor?
  /// Whether all tasks share one chart.
  var isOverlay = false
  /// The part of the run that is shown; nil for all of it.
  var window: Window?
}

extension ChartSettings {
  /// The least part of a run that can be shown.
  static let leastWidth = 8

  /// The first and the last step that are shown of a run.
  func steps(last: Int) -> ClosedRange<Int> {
    guard let window else { return 0...max(1, last) }
    let end = min(window.end ?? last, max(last, 1))
    return max(0, min(end - 1, end - window.width))...max(1, end)
  }

  /// Shows half as much, or twice as much, around the middle of what is shown.
  mutating func zoom(in isCloser: Bool, last: Int) {
    let shown = steps(last: last)
    let width = shown.upperBound - shown.lowerBound
    let wanted = max(Self.leastWidth, isCloser ? width / 2 : width * 2)
    guard wanted < max(1, last) else {
      window = isCloser ? window : nil
      return
    }
    let end = window?.end.map { min(last, max(wanted, $0 + (wanted - width) / 2)) }
    window = Window(width: wanted, end: end == last ? nil : end)
  }

  /// Moves the cursor along the steps that are shown; the first time it stands at their end.
  mutating func moveCursor(by steps: Int, last: Int) {
    let shown = self.steps(last: last)
    let step = (cursor?.step ?? shown.upperBound) + steps
    let mark = cursor?.mark
    cursor = CurveCursor(
      step: max(shown.lowerBound, min(shown.upperBound, step)), mark: mark)
  }

  /// The next of the ranges: most steps, all of them, what was asked for.
  mutating func nextSpan() {
    switch span {
    case .typical: span = .everything
    case .everything: span = fixedSpan.map { .fixed($0) } ?? .typical
    case .fixed: span = .typical
    }
  }

  /// Moves by a quarter of what is shown; at the newest step the window follows again.
  mutating func pan(_ quarters: Int, last: Int) {
    guard let window else { return }
    let end = (window.end ?? last) + quarters * max(1, window.width / 4)
    self.window?.end = end >= last ? nil : max(window.width, end)
  }

  /// Shows these steps.
  mutating func show(_ steps: ClosedRange<Int>) {
    let width = max(Self.leastWidth, steps.upperBound - steps.lowerBound)
    window = Window(width: width, end: max(width, steps.upperBound))
  }
}
