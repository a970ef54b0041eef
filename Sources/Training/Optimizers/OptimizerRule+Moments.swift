import Runs

/// What a rule keeps from step to step.
extension OptimizerConfiguration.Rule {
  /// Whether it keeps a running mean, or a gathered sum, of what it follows.
  var hasFirstMoments: Bool {
    switch self {
    case .adam, .adamW, .lamb: true
    case .adagrad, .projectedAdagrad: false
    case .rmsprop(_, _, let momentum, _), .gradientDescent(let momentum, _): momentum > 0
    }
  }

  /// Whether it keeps a mean or a sum of the gradient's squares.
  var hasSecondMoments: Bool {
    if case .gradientDescent = self { false } else { true }
  }

  /// Whether it keeps a mean of the gradient beside what it follows.
  var hasMeans: Bool {
    if case .rmsprop(_, _, _, let isCentered) = self { isCentered } else { false }
  }

  /// Whether numbers whose gradient is 0, or what is kept of them, change in a step.
  var movesResting: Bool {
    switch self {
    case .adam, .adamW, .lamb, .rmsprop: true
    case .adagrad, .projectedAdagrad: false
    case .gradientDescent(let momentum, _): momentum > 0
    }
  }

  /// Whether it must know when a row of a table was used last.
  var countsRest: Bool {
    if case .projectedAdagrad(_, _, let isEveryStep) = self { isEveryStep } else { false }
  }

  /// Whether it measures whole layers before it moves them.
  var isByLayer: Bool {
    if case .lamb = self { true } else { false }
  }

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
    switch rule {
    case .adagrad, .projectedAdagrad: false
    case .adam, .adamW, .rmsprop, .gradientDescent, .lamb: tables == .dense
    }
  }
}
