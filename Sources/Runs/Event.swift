/// A fact of a run that must not be lost, in the order in which it happened.
public enum Event: Sendable, Equatable, Codable {
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
  /// What the tasks would score without each expert.
  case knockedOutAll(KnockOutMatrix)
  /// What a task would score with a thinner mask.
  case thinned(PruningCost)
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
public struct Evaluation: Sendable, Equatable, Codable {
  /// Which rows were scored.
  public enum Split: String, Sendable, Hashable, CaseIterable, Codable {
    case validation
    case test
  }

  /// The step of the parameters that were scored.
  public var step: Int
  /// Epochs ended before that step, as a number that may have a fraction.
  public var epoch: Double
  /// Which rows were scored.
  public var split: Split
  /// By task, in the order of ``RunDescription/tasks``.
  public var tasks: [TaskScores]
  /// What decides which step is kept and when to stop, larger is better; see ``RunDescription/keep``.
  ///
  /// Minus the mean log loss where no task has a rank score; NaN where it is undefined.
  public var score: Double
  /// Whether ``score`` is the best of this run so far: these parameters are kept unless better ones
  /// come.
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

/// Where a run stopped being a number.
public struct Divergence: Sendable, Equatable, Codable {
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
  public struct LargestParameter: Sendable, Equatable, Codable {
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
