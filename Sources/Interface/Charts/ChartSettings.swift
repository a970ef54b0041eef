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
  var showsBand = true
  var validation = Validation.loss
  /// Whether the curves of earlier runs are drawn behind.
  var showsEarlier = true
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
