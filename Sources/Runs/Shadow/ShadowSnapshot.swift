/// A shadow: the same run with one thing changed since a step, beside the main one, on the same
/// batches with the same draws.
public struct ShadowSnapshot: Sendable, Equatable, Codable {
  /// One task in the shadow, against the main run in the same phase.
  public struct Task: Sendable, Equatable, Codable {
    /// The task's name.
    public var name: String
    /// Whether it trains in the shadow.
    public var isOn: Bool
    /// Its loss in the shadow minus its loss in the main run on the same rows; nil until it is known.
    public var difference: PairedDifference.Estimate?
    /// The main score on the validation rows in both; nil until both were scored at one step.
    public var score: Score?
    /// The mean loss in the shadow since the point before, at ``ShadowSnapshot/steps``.
    public var losses: [Float]

    /// Records a task.
    public init(
      name: String, isOn: Bool, difference: PairedDifference.Estimate? = nil, score: Score? = nil,
      losses: [Float] = []
    ) {
      self.name = name
      self.isOn = isOn
      self.difference = difference
      self.score = score
      self.losses = losses
    }
  }

  /// A score of both runs at one step.
  public struct Score: Sendable, Equatable, Codable {
    /// One of ``ScoreKind/all``.
    public var name: String
    /// The step.
    public var step: Int
    /// In the main run.
    public var main: Double
    /// In the shadow.
    public var shadow: Double
    /// The standard error of the difference at most: as if both were scored on rows of their own; nil
    /// where that of a score is not known.
    public var error: Double?

    /// Records a score of both.
    public init(name: String, step: Int, main: Double, shadow: Double, error: Double?) {
      self.name = name
      self.step = step
      self.main = main
      self.shadow = shadow
      self.error = error
    }
  }

  /// The phases of both runs, of which a search of masks makes several.
  public struct Phases: Sendable, Equatable, Codable {
    /// The shadow's, in words.
    public var shadow: String
    /// The main run's, in words.
    public var main: String

    /// Names the phases.
    public init(shadow: String, main: String) {
      self.shadow = shadow
      self.main = main
    }
  }

  /// What is different, in words: `without like`.
  public var change: String
  /// The step at which it was forked.
  public var fork: Int
  /// The newest step of both.
  public var step: Int
  /// The share of the steps' time that the shadow's took since the fork, 0 to 1.
  public var share: Double
  /// By task.
  public var tasks: [Task]
  /// The steps at which points of ``Task/losses`` end.
  public var steps: [Int]
  /// The phases of both, where they are different ones: nothing is compared then; nil: they are the same.
  public var phases: Phases?

  /// Records a shadow.
  public init(
    change: String, fork: Int, step: Int, share: Double, tasks: [Task], steps: [Int] = []
  ) {
    self.change = change
    self.fork = fork
    self.step = step
    self.share = share
    self.tasks = tasks
    self.steps = steps
  }
}
