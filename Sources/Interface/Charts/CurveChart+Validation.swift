import Terminal

extension CurveChart {
  /// Adds what is shown of the validation rows; the best step comes last, so that it is on top.
  mutating func add(
    _ history: ScoreHistory, best: ScoreHistory.Entry?, _ validation: ChartSettings.Validation,
    style: Style
  ) {
    func points(_ value: KeyPath<ScoreHistory.Entry, Double>) -> [Point] {
      let others = history.entries.filter { $0.step != best?.step }
      let starred = best.map {
        Point(
          step: $0.step, value: $0[keyPath: value], style: Style(style.role, bold: true),
          isBest: true)
      }
      return others.map { Point(step: $0.step, value: $0[keyPath: value], style: style) }
        + (starred.map { [$0] } ?? [])
    }
    switch validation {
    case .loss: self.points += points(\.loss)
    case .score: scores += points(\.score)
    case .off: break
    }
  }
}
