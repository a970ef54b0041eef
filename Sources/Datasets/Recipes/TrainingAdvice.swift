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
  /// Rows in a batch; nil: as on all data.
  public var batchSize: Int?
  /// Steps between evaluations within an epoch; nil: at the ends of epochs only.
  public var evaluationInterval: Int?

  /// Advises.
  public init(
    optimizer: Optimizer, learningRate: Double, batchSize: Int? = nil,
    evaluationInterval: Int? = nil
  ) {
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.batchSize = batchSize
    self.evaluationInterval = evaluationInterval
  }

  /// For the sample in the program: its 32,000 rows are 250 batches an epoch, enough for eight epochs
  /// to teach every model something.
  public static let sample = TrainingAdvice(
    optimizer: .adam, learningRate: 1e-3, batchSize: 128)

  /// What is advised for data by their name on the command line; nil: the general defaults.
  public static func on(_ data: String) -> TrainingAdvice? {
    data == "sample" ? sample : Recipe.named(data)?.advice
  }
}
