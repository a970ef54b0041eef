/// The whole of what determines a run: two runs with equal configurations on one build have equal bits.
///
/// It is merged once, from defaults, a file, the flags and the form of the explorer
/// (``SourcedConfiguration``); a run's folder keeps it, and a run is rebuilt from it alone.
///
/// A run is found again by the hash of what is encoded. What is added here keeps the hashes of all runs
/// that do not use it: it is stored as an optional that is nil at its default, as `accumulate` is, and so
/// is not encoded there.
public struct RunConfiguration: Codable, Sendable, Hashable {
  /// A command that comes from the command line instead of a person.
  public struct Scheduled: Codable, Sendable, Hashable {
    /// How many steps have been taken when it takes effect.
    public var step: Int
    /// The command.
    public var command: Command

    /// Schedules a command.
    public init(step: Int, command: Command) {
      self.step = step
      self.command = command
    }
  }

  /// Which rows are trained on.
  public var data = DataSelection()
  /// The model's name in the registry.
  public var model = "mmoe"
  /// The model's choices by name.
  public var modelOptions: [String: String] = [:]
  /// Choices that are advised for the model on these data, where a person makes none; those that were
  /// followed stand in ``modelOptions`` too.
  public var advisedOptions: [String: String] = [:]
  /// D of every field.
  public var embeddingWidth = TrainingDefaults.embeddingWidth
  /// The share of units that hidden layers of bottoms, experts, columns and towers drop in training, but
  /// not masked ones, from 0 to ``TrainingDefaults/mostDropout``.
  public var dropout = TrainingDefaults.dropout
  /// Rows in a batch.
  public var batchSize = TrainingDefaults.batchSize
  /// Batches whose gradients are summed before one update.
  public var accumulate: Int {
    get { accumulated ?? TrainingDefaults.accumulate }
    set { accumulated = newValue == TrainingDefaults.accumulate ? nil : newValue }
  }
  private var accumulated: Int?
  /// Rows of a window at most, within which training rows are shuffled; nil: what is usual for the rows
  /// as long as nobody knows them, and of rows that are known all are one window.
  ///
  /// A window has whole blocks of 1,024 rows, one of each of equal stretches of the data.
  public var window: Int?
  /// Epochs at most.
  public var epochs = TrainingDefaults.epochs
  /// Epochs without a better validation score before the run ends; 0 for no early stopping.
  public var patience = TrainingDefaults.patience
  /// The learning rate after warm-up.
  public var learningRate = TrainingDefaults.learningRate
  /// Steps over which the rate rises linearly from 0, at the start and wherever a lottery goes back to
  /// earlier numbers, since its optimiser begins anew there.
  public var warmUpSteps = TrainingDefaults.warmUpSteps
  /// How the rate goes on behind the warm-up.
  public var rateSchedule = RateSchedule.constant
  /// The optimiser.
  public var optimizer = OptimizerConfiguration()
  /// How the tasks' losses and gradients are put together.
  public var balancer = BalancerSetting.equal
  /// ε, the share of every binary label that is replaced by ½ in training, from 0 to ½.
  public var labelSmoothing = 0.0
  /// Steps between evaluations within an epoch; nil: at the ends of epochs only.
  public var evaluationInterval: Int?
  /// Steps a second at most; nil for as many as the machine takes.
  public var stepsPerSecondLimit: Double?
  /// Threads that train.
  public var threads = TrainingDefaults.threads
  /// The seed of every random draw.
  public var seed = TrainingDefaults.seed
  /// Which step's parameters are kept.
  public var keep = KeepRule.balanced
  /// Commands that take effect at given steps.
  public var schedule: [Scheduled] = []
  /// The score of one task by which a run ends early, as in `click:auc`; nil: what is kept decides.
  public var stop: KeepRule?
  /// Seconds since its first step after which a run ends behind the step at hand, pauses included; nil:
  /// none.
  public var timeLimitSeconds: Double?
  /// Whether the run waits for a command before its first step.
  public var startsPaused = false

  /// The defaults.
  public init() {}

  /// Rows of a step: those of all batches whose gradients are summed before its update.
  ///
  /// The engine works through them block by block and keeps the values of one block a thread, so the
  /// memory of activations does not grow with the batches that are accumulated, and a step has the bits
  /// of one on a batch of as many rows. Means of losses, and so weights, balancers and clipping, go over
  /// all of them; a table's gradient has the rows of all.
  public var stepRows: Int { batchSize * accumulate }

  /// The learning rate of a step before the person's factor: what ``rateSchedule`` says, after a linear
  /// rise over the warm-up to where it begins.
  ///
  /// - Parameters:
  ///   - step: counted from 0 where the optimiser began.
  ///   - steps: how many are planned from there.
  ///   - stepsPerEpoch: steps of an epoch.
  /// - Returns: the rate.
  public func rate(at step: Int, of steps: Int, stepsPerEpoch: Int) -> Double {
    let factor = rateSchedule.factor(
      at: max(0, step - warmUpSteps), of: steps - warmUpSteps, stepsPerEpoch: stepsPerEpoch)
    guard step < warmUpSteps else { return learningRate * factor }
    return learningRate * factor * Double(step + 1) / Double(warmUpSteps)
  }
}

/// Which rows a run is trained on.
public struct DataSelection: Codable, Sendable, Hashable {
  /// `sample`, the name of a recipe, or the path of a schema.
  public var name = "sample"
  /// The folder of the data's files; nil where the data have none, or have them beside their schema.
  public var folder: String?
  /// The column that groups rows for scores within groups; nil for the schema's own, or none.
  public var group: String?
  /// What the rows are, as 16 hexadecimal digits that follow from all numbers of all splits; nil until
  /// they have been read.
  ///
  /// A run that is given it ends before its first step if the rows are not those any more.
  public var hash: String?

  /// Names data.
  public init(
    _ name: String = "sample", folder: String? = nil, group: String? = nil, hash: String? = nil
  ) {
    self.name = name
    self.folder = folder
    self.group = group
    self.hash = hash
  }
}

extension DataSelection {
  /// Whether the name is clearly the path of a schema, which names no data that the program knows.
  public var isSchemaPath: Bool {
    name.contains("/") || [".yaml", ".yml"].contains { name.lowercased().hasSuffix($0) }
  }
}
