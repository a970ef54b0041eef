/// How networks are best trained on a known data set, where it differs from the general defaults.
public struct TrainingAdvice: Sendable, Hashable {
  /// How parameters follow their gradients.
  public enum Optimizer: String, Sendable, Hashable {
    case adam
    case adagrad
    case sgd
  }

  /// The optimiser.
  public var optimizer: Optimizer
  /// The learning rate with this optimiser.
  public var learningRate: Double
  /// Steps between evaluations within an epoch; nil: at the ends of epochs only.
  public var evaluationInterval: Int?

  /// Advises.
  public init(optimizer: Optimizer, learningRate: Double, evaluationInterval: Int? = nil) {
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.evaluationInterval = evaluationInterval
  }
}
