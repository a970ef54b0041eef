/// How networks are best trained on a known data set, where it differs from the general defaults.
public struct TrainingAdvice: Sendable, Hashable {
  /// How parameters follow their gradients.
  public enum Optimizer: String, Sendable, Hashable {
    case adam
    case adamW = "adamw"
    case adagrad
    case rmsprop
    case sgd
    case lamb
  }

  /// The optimiser.
  public var optimizer: Optimizer
  /// The learning rate with this optimiser.
  public var learningRate: Double
  /// Rows in a batch; nil: as on all data.
  public var batchSize: Int?
  /// Steps between evaluations within an epoch; nil: at the ends of epochs only.
  public var evaluationInterval: Int?
  /// Steps over which the rate rises from 0; nil: as on all data.
  public var warmUpSteps: Int?
  /// Choices of the model by name, where a person makes none; set by ``advice(for:)``.
  public private(set) var options: [String: String] = [:]
  /// Where a model is better trained otherwise, by its name.
  public var models: [String: Change] = [:]

  /// What is advised for one model instead.
  public struct Change: Sendable, Hashable {
    /// The learning rate; nil: as for other models.
    public var learningRate: Double?
    /// Steps over which the rate rises from 0; nil: as for other models.
    public var warmUpSteps: Int?
    /// Choices of the model by name, where a person makes none.
    public var options: [String: String]

    /// Advises other numbers and choices.
    public init(
      learningRate: Double? = nil, warmUpSteps: Int? = nil, options: [String: String] = [:]
    ) {
      self.learningRate = learningRate
      self.warmUpSteps = warmUpSteps
      self.options = options
    }
  }

  /// Advises.
  public init(
    optimizer: Optimizer, learningRate: Double, batchSize: Int? = nil,
    evaluationInterval: Int? = nil, warmUpSteps: Int? = nil, models: [String: Change] = [:]
  ) {
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.batchSize = batchSize
    self.evaluationInterval = evaluationInterval
    self.warmUpSteps = warmUpSteps
    self.models = models
  }

  /// The advice for one model, in which ``models`` has been followed.
  public func advice(for model: String) -> TrainingAdvice {
    var advice = self
    advice.models = [:]
    guard let change = models[model] else { return advice }
    advice.learningRate = change.learningRate ?? learningRate
    advice.warmUpSteps = change.warmUpSteps ?? warmUpSteps
    advice.options = change.options
    return advice
  }

  /// For the sample in the program: its 28,000 rows are 219 batches an epoch, enough for eight epochs
  /// to teach every model something, and for 24 to show where it learns by heart.
  ///
  /// Four experts mix its tasks, so that MMoE and OMoE have four.
  public static let sample = TrainingAdvice(
    optimizer: .adam, learningRate: 2e-3, batchSize: 128,
    models: [
      "mmoe": Change(options: ["experts": "4"]), "omoe": Change(options: ["experts": "4"]),
    ])

  /// What is advised for data by their name on the command line; nil: the general defaults.
  public static func on(_ name: String) -> TrainingAdvice? {
    name == "sample" ? sample : Recipe.named(name)?.advice
  }
}
