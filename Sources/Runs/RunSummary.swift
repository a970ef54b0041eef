/// What remains of a run.
public struct RunSummary: Sendable, Equatable, Codable {
  /// Why a run ended.
  public enum Reason: String, Sendable, Codable {
    case epochs
    case earlyStopping = "early stopping"
    case converged
    /// The time that it was given was over.
    case timeLimit = "time limit"
    case stopped
  }

  /// Why it ended.
  public var reason: Reason
  /// Steps taken.
  public var step: Int
  /// The step whose parameters were kept and tested.
  public var bestStep: Int
  /// The scores on the test rows, of the parameters of ``bestStep``; nil if there are none.
  public var test: Evaluation?
  /// The scores on the validation rows at ``bestStep``; nil if they were not scored there.
  public var validation: Evaluation?
  /// By task, its own best score on the validation rows and its step; without tasks that have none.
  public var taskBests: [TaskBest] = []
  /// Training examples a second, evaluation aside.
  public var examplesPerSecond: Double
  /// Seconds from the first step to the end, evaluation included.
  public var seconds: Double
  /// How many numbers the model learned.
  public var parameterCount: Int
  /// FNV-1a 64 over all parameters, 16 hexadecimal digits.
  public var fingerprint: String
  /// How far the tasks' gates weigh the same experts for validation rows, from 0 to 1: the mean over
  /// rows and pairs of tasks of Σₑ min(gₐₑ, gᵦₑ); nil without two gates of the same experts.
  public var gateOverlap: Double?
  /// The share of the steps' time that was waited for rows to be read, from 0 to 1; nil where all lay in
  /// memory.
  public var waitingShare: Double?

  /// Sums a run up.
  public init(
    reason: Reason, step: Int, bestStep: Int, test: Evaluation?, examplesPerSecond: Double,
    seconds: Double, parameterCount: Int, fingerprint: String, gateOverlap: Double? = nil
  ) {
    self.reason = reason
    self.step = step
    self.bestStep = bestStep
    self.test = test
    self.examplesPerSecond = examplesPerSecond
    self.seconds = seconds
    self.parameterCount = parameterCount
    self.fingerprint = fingerprint
    self.gateOverlap = gateOverlap
  }
}

/// A task's best score of a run by itself, whatever step is kept.
public struct TaskBest: Sendable, Equatable, Codable {
  /// The task's name.
  public var task: String
  /// Its main score there, or its loss where that is undefined on all validation rows.
  public var score: Score
  /// The step of the parameters that have it.
  public var step: Int

  /// Records a task's best score.
  public init(task: String, score: Score, step: Int) {
    self.task = task
    self.score = score
    self.step = step
  }
}
