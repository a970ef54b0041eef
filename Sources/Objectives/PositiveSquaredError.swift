public import Graph

/// Squared error of a share over the rows whose label is above 0.
///
///     ℓ = (p − min(max(y, 0), 1))²,   dp = 2 (p − y)        where y > 0; other rows do not count
///
/// Where labels are stored standardised, p, y and the bounds 0 and 1 all are, and ℓ is in squared
/// deviations.
///
/// What LT4REC's published code does with a real label such as the played share of a video.
public struct PositiveSquaredError: RowLoss {
  /// The task's place.
  public let task: Int
  /// How the shares 0 and 1 are stored: labels may be standardised, and answers are then.
  public let bounds: ClosedRange<Float>

  /// A task's squared error; `bounds` are the stored forms of the shares 0 and 1.
  public init(task: Int, bounds: ClosedRange<Float> = 0...1) {
    self.task = task
    self.bounds = bounds
  }

  /// The name in profiles and messages.
  public var name: String { "squared error of positives" }

  /// Rows with a share above 0.
  public func counts(_ label: Float) -> Bool { label > bounds.lowerBound }

  /// The loss of a share.
  public func value(
    _ answer: Float, label: Float
  ) -> (loss: Float, slope: Float, prediction: Float) {
    let error = answer - min(max(label, bounds.lowerBound), bounds.upperBound)
    return (error * error, 2 * error, answer)
  }
}

extension Variable {
  /// The squared error of a share where its label is above 0; see ``PositiveSquaredError``.
  public func positiveSquaredError(task: Int, bounds: ClosedRange<Float> = 0...1) -> Variable {
    graph.record(PositiveSquaredError(task: task, bounds: bounds), [self])
  }
}
