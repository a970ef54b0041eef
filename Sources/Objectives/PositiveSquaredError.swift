public import Graph

/// Squared error of a share over the rows whose label is above 0.
///
///     ℓ = (p − min(max(y, 0), 1))²,   dp = 2 (p − y)        where y > 0; other rows do not count
///
/// What LT4REC's published code does with a real label such as the played share of a video.
public struct PositiveSquaredError: RowLoss {
  /// The task's place.
  public let task: Int

  /// A task's squared error.
  public init(task: Int) { self.task = task }

  /// The name in profiles and messages.
  public var name: String { "squared error of positives" }

  /// Rows with a label above 0.
  public func counts(_ label: Float) -> Bool { label > 0 }

  /// The loss of a share.
  public func value(
    _ answer: Float, label: Float
  ) -> (loss: Float, slope: Float, prediction: Float) {
    let error = answer - min(max(label, 0), 1)
    return (error * error, 2 * error, answer)
  }
}

extension Variable {
  /// The squared error of a share where its label is above 0; see ``PositiveSquaredError``.
  public func positiveSquaredError(task: Int) -> Variable {
    graph.record(PositiveSquaredError(task: task), [self])
  }
}
