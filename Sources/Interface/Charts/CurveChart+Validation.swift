import Terminal

extension CurveChart {
  /// Adds what is shown of the validation rows.
  mutating func add(
    _ history: ScoreHistory, best: ScoreHistory.Entry?, _ validation: ChartSettings.Validation,
    style: Style, measure: StepMeasure = StepMeasure(), name: String = "validation"
  ) {
    func trail(_ value: KeyPath<ScoreHistory.Entry, Double>) -> Trail {
      var entries = history.entries
      // A history that was thinned may have lost the newest and the best.
      for kept in [history.newest, best].compactMap({ $0 })
      where !entries.contains(where: { $0.step == kept.step }) {
        entries.append(kept)
      }
      entries.sort { $0.step < $1.step }
      return Trail(
        points: entries.map { Point(step: $0.step, value: $0[keyPath: value]) },
        best: best.map { Point(step: $0.step, value: $0[keyPath: value]) }, name: name,
        style: style, measure: measure)
    }
    switch validation {
    case .loss: self.validation.append(trail(\.loss))
    case .score: scores.append(trail(\.score))
    case .off: break
    }
  }
}
