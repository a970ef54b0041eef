/// What one run of a comparison came to.
public struct ComparedRun: Sendable, Equatable, Codable {
  /// How a run ended.
  public enum Outcome: Sendable, Equatable, Codable {
    /// It was scored.
    case finished
    /// The loss of a task stopped being a number at a step.
    case diverged(task: String, step: Int)
    /// It could not go on: one message for a person.
    case failed(String)
  }

  /// The model's name in the registry.
  public var model: String
  /// The seed; nil for a model that draws nothing.
  public var seed: UInt64?
  /// How it ended.
  public var outcome: Outcome
  /// The scores on the test rows, in the order of the tasks; empty unless it finished.
  public var tasks: [TaskScores]
  /// The scores on the validation rows at ``bestStep``, in the same order; empty where no step was
  /// chosen by them.
  public var validation: [TaskScores] = []
  /// The score that stands for each task, in the same order; empty unless it finished.
  public var mainScores: [Double] = []
  /// Tasks whose score is that of another label than the other models', so that it is compared with
  /// nothing.
  public var incomparable: [String] = []
  /// The standard errors of ``mainScores`` over draws of the test rows; NaN where not known.
  public var mainErrors: [Double] = []
  /// ``RunSummary/taskBests``; empty unless it finished.
  public var taskBests: [TaskBest] = []
  /// How many numbers the model learned.
  public var parameterCount: Int
  /// Seconds from the first step to the end, evaluation included.
  public var seconds: Double
  /// Steps taken.
  public var step: Int
  /// The step whose parameters were kept and tested.
  public var bestStep: Int
  /// FNV-1a 64 over all parameters, 16 hexadecimal digits; empty unless it finished.
  public var fingerprint: String
  /// ``RunSummary/gateOverlap``.
  public var gateOverlap: Double?

  /// Records a run.
  public init(
    model: String, seed: UInt64?, outcome: Outcome, tasks: [TaskScores] = [],
    parameterCount: Int = 0, seconds: Double = .nan, step: Int = 0, bestStep: Int = 0,
    fingerprint: String = "", gateOverlap: Double? = nil
  ) {
    self.model = model
    self.seed = seed
    self.outcome = outcome
    self.tasks = tasks
    self.parameterCount = parameterCount
    self.seconds = seconds
    self.step = step
    self.bestStep = bestStep
    self.fingerprint = fingerprint
    self.gateOverlap = gateOverlap
  }

  /// Whether it was scored.
  public var isFinished: Bool { outcome == .finished }
}
