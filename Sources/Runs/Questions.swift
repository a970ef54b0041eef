/// What every task would score without each expert: a row a task, a column an expert, on the
/// validation rows and the parameters of one step.
public struct KnockOutMatrix: Sendable, Equatable, Codable {
  /// One task's row.
  public struct Line: Sendable, Equatable, Codable {
    /// The task's name.
    public var task: String
    /// Its main score: one of ``ScoreKind/all``.
    public var score: String
    /// Whether a larger score is a better one.
    public var higherIsBetter: Bool
    /// The score with all experts; NaN where it is undefined or not known yet.
    public var full: Double
    /// By expert, the score without it, the other weights scaled up to sum to 1; NaN where it is
    /// undefined or not known yet.
    public var without: [Double]
    /// By expert, the share of rows whose largest weight in the task's gate is this expert's; NaN
    /// where no gate of the task weighs it.
    public var firstChoices: [Float]

    /// Records one task's row.
    public init(
      task: String, score: String, higherIsBetter: Bool, full: Double, without: [Double],
      firstChoices: [Float]
    ) {
      self.task = task
      self.score = score
      self.higherIsBetter = higherIsBetter
      self.full = full
      self.without = without
      self.firstChoices = firstChoices
    }

    /// By how much the score changes without an expert; NaN where either score is.
    public func change(without expert: Int) -> Double {
      without.indices.contains(expert) ? without[expert] - full : .nan
    }

    /// By how much the task is worse off without an expert, above 0 where it needs it.
    public func cost(without expert: Int) -> Double {
      higherIsBetter ? -change(without: expert) : change(without: expert)
    }
  }

  /// The step of the parameters.
  public var step: Int
  /// Validation rows that were scored.
  public var rows: Int
  /// The experts' names.
  public var experts: [String]
  /// By task.
  public var lines: [Line]

  /// Records scores by task and expert.
  public init(step: Int, rows: Int, experts: [String], lines: [Line]) {
    self.step = step
    self.rows = rows
    self.experts = experts
    self.lines = lines
  }
}

/// What training does while a question is answered that takes a while.
public enum TrainingMeanwhile: String, Sendable, Hashable, CaseIterable, Codable {
  /// It waits; the answer comes as soon as it can.
  case waits = "wait"
  /// It goes on between the parts of the answer, which is of the parameters of the step at which
  /// it was asked for.
  case goesOn = "go-on"
}

/// How far a question is answered that takes a while.
public struct QuestionProgress: Sendable, Equatable, Codable {
  /// What is asked, in a few words.
  public var title: String
  /// The step of the parameters that answer.
  public var step: Int
  /// Parts that are done.
  public var done: Int
  /// Parts in all.
  public var total: Int
  /// Whether training waits for it.
  public var trainingWaits: Bool
  /// The matrix as far as it is known, where that is asked for.
  public var matrix: KnockOutMatrix?

  /// Says how far a question is answered.
  public init(
    title: String, step: Int, done: Int, total: Int, trainingWaits: Bool,
    matrix: KnockOutMatrix? = nil
  ) {
    self.title = title
    self.step = step
    self.done = done
    self.total = total
    self.trainingWaits = trainingWaits
    self.matrix = matrix
  }

  /// The share that is done, 0 to 1.
  public var share: Double { total > 0 ? min(1, Double(done) / Double(total)) : 0 }
}

/// What a task would score if more of its mask were pruned just now, without training after it.
public struct PruningCost: Sendable, Equatable, Codable {
  /// The task whose mask is thinned.
  public var task: String
  /// The step of the parameters.
  public var step: Int
  /// The share of what its mask keeps that would go, the smallest weights.
  public var share: Double
  /// The share of all masked weights that the task keeps now.
  public var keptBefore: Double
  /// The share that it would keep.
  public var keptAfter: Double
  /// Validation rows that were scored.
  public var rows: Int
  /// The task's scores with the mask as it is.
  public var with: [Score]
  /// The same scores with the thinner mask.
  public var without: [Score]

  /// Records what a thinner mask would cost.
  public init(
    task: String, step: Int, share: Double, keptBefore: Double, keptAfter: Double, rows: Int,
    with: [Score], without: [Score]
  ) {
    self.task = task
    self.step = step
    self.share = share
    self.keptBefore = keptBefore
    self.keptAfter = keptAfter
    self.rows = rows
    self.with = with
    self.without = without
  }
}
