/// What a screen or a log must know of a run once: names and sizes that do not change.
public struct RunDescription: Sendable, Equatable, Codable {
  /// The model's name in the registry, `mmoe`.
  public var model: String
  /// The model's name as its paper writes it, `MMoE`.
  public var modelTitle: String
  /// The data set's name, `census-income`.
  public var data: String
  /// The tasks in their fixed order; every array by task follows it.
  public var tasks: [TaskDescription]
  /// The categorical columns of single values, those with the fewest values first.
  public var categoricalColumns: [String]
  /// Rows to train on.
  public var trainingRows: Int
  /// Rows to validate on.
  public var validationRows: Int
  /// Rows to test on.
  public var testRows: Int
  /// How many numbers the model learns.
  public var parameterCount: Int
  /// Rows of a batch.
  public var batchSize: Int
  /// Batches whose gradients are summed before a step; nil: every batch is a step.
  public var accumulate: Int?
  /// Steps in an epoch.
  public var stepsPerEpoch: Int
  /// Epochs at most.
  public var epochs: Int
  /// The seed of every random draw.
  public var seed: UInt64
  /// What of the model may be changed while it trains.
  public var dials: [Dial] = []
  /// What the data are: rows, labels and what a person should know of them before training.
  public var facts = DataFacts()
  /// Which step's parameters are kept.
  public var keep = KeepRule.balanced
  /// The column that groups the rows of grouped scores; nil if none does.
  public var group: String?
  /// The columns of numbers, in the order of the data.
  public var numericColumns: [String] = []
  /// The experts that the gates weigh, and that may be left out by their number; empty without gates.
  public var experts: [ExpertDescription] = []
  /// What the model has to show besides its curves, by screen.
  public var subjects: Set<ModelView.Subject> = []
  /// The balancers that may be chosen, in the order in which they are listed.
  public var balancers: [BalancerChoices] = []
  /// Whether gradients of two tasks or more move the same numbers, so that they can be compared.
  public var hasSharedGradients = false
  /// Who meets what in the data, where they name users and items; nil where they do not.
  public var pairs: PairDescription?

  /// Describes a run.
  public init(
    model: String, modelTitle: String, data: String, tasks: [TaskDescription],
    categoricalColumns: [String], trainingRows: Int, validationRows: Int, testRows: Int,
    parameterCount: Int, batchSize: Int, stepsPerEpoch: Int, epochs: Int, seed: UInt64
  ) {
    self.model = model
    self.modelTitle = modelTitle
    self.data = data
    self.tasks = tasks
    self.categoricalColumns = categoricalColumns
    self.trainingRows = trainingRows
    self.validationRows = validationRows
    self.testRows = testRows
    self.parameterCount = parameterCount
    self.batchSize = batchSize
    self.stepsPerEpoch = stepsPerEpoch
    self.epochs = epochs
    self.seed = seed
  }
}

extension RunDescription {
  /// Rows of a step: those of all its batches.
  public var stepRows: Int { batchSize * (accumulate ?? 1) }

  /// What segments can be made of: a categorical column's values, or ranges of numbers.
  public var segmentColumns: [String] { categoricalColumns + numericColumns }
}

/// The users and items of a run's data.
public struct PairDescription: Sendable, Equatable, Codable {
  /// How many users have a name of their own.
  public var users: Int
  /// How many items have.
  public var items: Int

  /// Counts users and items.
  public init(users: Int, items: Int) {
    self.users = users
    self.items = items
  }
}

/// A task's name, its labels and what is answered for it.
public struct TaskDescription: Sendable, Hashable, Codable {
  /// The task's name.
  public var name: String
  /// What its labels look like.
  public var kind: LabelKind
  /// What the model declares that it answers; nil: what is usual for such labels.
  public var declaredAnswer: Answer?
  /// Share of positive labels in the training rows (binary), or the labels' mean (regression); 1 where no
  /// column has labels.
  public var labelMean: Double
  /// What the loss of a regression is counted in, in words; nil for a binary task.
  ///
  /// Labels are trained centred and divided by their deviation, so a loss of 1 is that of whoever
  /// always answers the mean. Scores and
  /// predictions are in the label's own unit (behind `divide`, `cap` and `log1p`).
  public var lossUnit: String?

  /// What is trained of it, as it is called beside its numbers: `cross-entropy`, `squared error`,
  /// `smoothed cross-entropy`, `joint cross-entropy`, `focal loss`.
  public var lossName: String

  /// Describes a task; without a name for its loss it has the usual one of its answer.
  public init(
    name: String, kind: LabelKind, answer: Answer? = nil, labelMean: Double,
    lossName: String? = nil, lossUnit: String? = nil
  ) {
    self.name = name
    self.kind = kind
    declaredAnswer = answer
    self.labelMean = labelMean
    self.lossName = lossName ?? (answer ?? kind.usualAnswer).words.loss
    self.lossUnit = lossUnit
  }

  /// What is answered for it.
  public var answer: Answer { declaredAnswer ?? kind.usualAnswer }

  /// Whether another loss is trained than the usual one of the task's answer.
  public var hasOwnLoss: Bool { lossName != answer.words.loss }

  /// The first word of ``lossName``: `joint`, `focal`.
  public var shortLossName: String { String(lossName.prefix { $0 != " " }) }
}
