/// A fact of a run that must not be lost, in the order in which it happened.
public enum Event: Sendable, Equatable {
  /// The data are read and the model is built.
  case prepared(RunDescription)
  /// A command took effect or was refused.
  case acknowledged(Acknowledgement)
  /// The model was scored.
  case evaluated(Evaluation)
  /// An epoch ended, counted from 1.
  ///
  /// Its speed counts shuffling and steps, not scoring and pauses; nil if it was not measured.
  case epochEnded(epoch: Int, step: Int, examplesPerSecond: Double? = nil)
  /// A part of the run with a way of training of its own began at a step.
  case phaseBegan(TrainingPhase, step: Int)
  /// What the tasks would score without one expert.
  case knockedOut(KnockOut)
  /// Something about the run that a person should know, in a sentence.
  case noticed(String, step: Int)
  /// A loss is no longer a finite number; the run pauses.
  case diverged(Divergence)
  /// The run ended.
  case finished(RunSummary)
  /// The run could not go on: one message for a person.
  case failed(message: String)
  /// So many events were dropped because nobody read them.
  case dropped(Int)
}

/// The scores of every task on one split.
public struct Evaluation: Sendable, Equatable {
  /// Which rows were scored.
  public enum Split: String, Sendable, Hashable, CaseIterable {
    case validation
    case test
  }

  /// Steps taken before it.
  public var step: Int
  /// Epochs ended before it, as a number that may have a fraction.
  public var epoch: Double
  /// Which rows were scored.
  public var split: Split
  /// By task, in the order of ``RunDescription/tasks``.
  public var tasks: [TaskScores]
  /// Mean score of the tasks that are on and whose score is defined, larger is better; what early
  /// stopping watches.
  public var score: Double
  /// Whether ``score`` is the best of this run so far.
  public var isBest: Bool

  /// Records an evaluation.
  public init(
    step: Int, epoch: Double, split: Split, tasks: [TaskScores], score: Double, isBest: Bool
  ) {
    self.step = step
    self.epoch = epoch
    self.split = split
    self.tasks = tasks
    self.score = score
    self.isBest = isBest
  }
}

/// One task's scores.
public struct TaskScores: Sendable, Equatable {
  /// The task's name.
  public var task: String
  /// Named scores in the order in which they are shown; the first is the task's main one.
  public var scores: [Score]
  /// Whether its answers were trained to be probabilities or means; those of a focal loss are not, and
  /// their log loss and calibration say little.
  public var isCalibrated = true

  /// Records a task's scores.
  public init(task: String, scores: [Score]) {
    self.task = task
    self.scores = scores
  }

  /// The score of this name, if the task has it.
  public subscript(name: String) -> Double? { scores.first { $0.name == name }?.value }
}

/// A named number; NaN where it is undefined (AUC with one class).
public struct Score: Sendable, Equatable {
  /// `auc`, `logloss`, `calibration`, `rmse`, `mae`; `joint_auc`, `joint_logloss` of a task that
  /// is conditional on another: of both together, over all rows.
  public var name: String
  /// The number, or NaN.
  public var value: Double
  /// Whether a larger number is a better one.
  public var higherIsBetter: Bool
  /// How far it would differ on other rows of the same kind, as a standard error; nil where that
  /// was not asked for, NaN where the rows are too few.
  public var standardError: Double?

  /// Names a number.
  public init(
    name: String, value: Double, higherIsBetter: Bool, standardError: Double? = nil
  ) {
    self.name = name
    self.value = value
    self.higherIsBetter = higherIsBetter
    self.standardError = standardError
  }
}

/// Where a run stopped being a number.
public struct Divergence: Sendable, Equatable {
  /// The task whose loss is NaN or infinite.
  public var task: String
  /// The step.
  public var step: Int
  /// The first parameter, by path, that holds a NaN or infinity; nil if none does yet.
  public var parameter: String?
  /// The loss as it was found.
  public var loss: Double
  /// While every parameter is still finite: the one of the largest magnitude, which is where an
  /// overflow begins.
  public var largest: LargestParameter?

  /// A parameter by path, and its largest magnitude.
  public struct LargestParameter: Sendable, Equatable {
    /// The path.
    public var path: String
    /// max |w|.
    public var magnitude: Double

    /// Names a parameter.
    public init(path: String, magnitude: Double) {
      self.path = path
      self.magnitude = magnitude
    }
  }

  /// Names where a run stopped being a number.
  public init(
    task: String, step: Int, parameter: String?, loss: Double, largest: LargestParameter? = nil
  ) {
    self.task = task
    self.step = step
    self.parameter = parameter
    self.loss = loss
    self.largest = largest
  }
}

/// What remains of a run.
public struct RunSummary: Sendable, Equatable {
  /// Why a run ended.
  public enum Reason: String, Sendable {
    case epochs
    case earlyStopping = "early stopping"
    case converged
    case stopped
  }

  /// Why it ended.
  public var reason: Reason
  /// Steps taken.
  public var step: Int
  /// The step whose parameters were kept and tested.
  public var bestStep: Int
  /// The scores on the test rows; nil if there are none.
  public var test: Evaluation?
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
