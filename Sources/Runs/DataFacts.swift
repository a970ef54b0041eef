/// What a person should know of data before a model learns from them: how many rows each task has in
/// each split and how its labels lie there, and whatever looks wrong.
public struct DataFacts: Sendable, Equatable, Codable {
  /// By task, in the order of ``RunDescription/tasks``.
  public var tasks: [TaskFacts]
  /// What looks wrong or is easily misread, a sentence each.
  public var notices: [String]
  /// Which task plays which part in the model, a sentence each ("click: the click, by the data").
  public var roles: [String]

  /// Collects facts.
  public init(tasks: [TaskFacts] = [], notices: [String] = [], roles: [String] = []) {
    self.tasks = tasks
    self.notices = notices
    self.roles = roles
  }

  /// One task's labels by split.
  public struct TaskFacts: Sendable, Equatable, Codable {
    /// The task's name.
    public var task: String
    /// What the labels look like.
    public var kind: LabelKind
    /// The rows to train on.
    public var training: LabelFacts
    /// The rows to choose on.
    public var validation: LabelFacts
    /// The rows to report on.
    public var test: LabelFacts

    /// Collects one task's facts.
    public init(
      task: String, kind: LabelKind, training: LabelFacts, validation: LabelFacts,
      test: LabelFacts
    ) {
      self.task = task
      self.kind = kind
      self.training = training
      self.validation = validation
      self.test = test
    }
  }

  /// How a task's labels lie in the rows of one split that are in its sample space.
  public struct LabelFacts: Sendable, Equatable, Codable {
    /// Rows in the task's sample space.
    public var rows: Int
    /// Rows whose label is 1; 0 for tasks that are not binary.
    public var positives: Int
    /// The labels' mean (the share of positives of a binary task), in the label's unit; NaN without
    /// rows and where no column has labels.
    public var mean: Double
    /// The labels' deviation (population), in the label's unit; NaN without rows and
    /// where no column has labels.
    public var deviation: Double

    /// Counts labels.
    public init(rows: Int = 0, positives: Int = 0, mean: Double = .nan, deviation: Double = .nan) {
      self.rows = rows
      self.positives = positives
      self.mean = mean
      self.deviation = deviation
    }
  }
}
