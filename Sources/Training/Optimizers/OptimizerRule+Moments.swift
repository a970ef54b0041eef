import Runs

/// What a rule keeps from step to step.
extension OptimizerConfiguration.Rule {
  /// Whether it keeps a running mean of the gradient, and with it moves numbers whose gradient is 0.
  var hasFirstMoments: Bool {
    if case .adam = self { true } else { false }
  }

  /// Whether it keeps a mean or a sum of the gradient's squares.
  var hasSecondMoments: Bool { self != .sgd }

  /// What the second moments begin at.
  var firstSecondMoment: Float {
    if case .adagrad(_, let initial, _) = self { Float(initial) } else { 0 }
  }

  /// Whether a table has one second moment a row.
  var isRowWise: Bool {
    if case .adagrad(_, _, let isRowWise) = self { isRowWise } else { false }
  }
}

extension OptimizerConfiguration {
  /// Whether a gradient of a row that the batch does not use is applied to it.
  var movesWholeTables: Bool {
    if case .adagrad = rule { return false }
    return tables == .dense
  }
}
