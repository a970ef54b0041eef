/// The table that papers print: models by tasks, with means, deviations, gains and tests.
///
/// All of it are values, so a screen can draw it while the runs go on.
public struct ComparisonTable: Sendable, Equatable, Codable {
  /// The data set's name.
  public var data: String
  /// The seeds of every model that draws something.
  public var seeds: [UInt64]
  /// The columns.
  public var tasks: [ComparedTask]
  /// The rows, in the order in which they are shown.
  public var rows: [ComparisonRow]
  /// The model over which gains are taken; nil if it is left out.
  public var reference: String?

  /// Puts a table together.
  public init(
    data: String, seeds: [UInt64], tasks: [ComparedTask], rows: [ComparisonRow],
    reference: String?
  ) {
    self.data = data
    self.seeds = seeds
    self.tasks = tasks
    self.rows = rows
    self.reference = reference
  }

  /// Whether every planned run has been done.
  public var isComplete: Bool { rows.allSatisfy { $0.status.isEnd } }

  /// Whether some number is a test's: it needs two seeds.
  public var hasTests: Bool { rows.contains { $0.cells.contains { $0.test != nil } } }
}

/// A column of the table: a task and the score that stands for it.
public struct ComparedTask: Sendable, Equatable, Codable {
  /// The task's name.
  public var name: String
  /// Its main score, `auc` or `rmse`.
  public var score: String
  /// Whether a larger score is a better one.
  public var higherIsBetter: Bool
  /// The score of the truth itself, which nothing beats on average; nil where it is not known.
  public var bound: Double?
  /// The baseline of the best mean, against which the others are tested; nil without one.
  public var bestBaseline: String?
  /// Test rows that are positive; nil for a regression.
  public var positives: Int?
  /// What the scores are of and what is reached without a model, as a run that ended says it; nil where
  /// they are of all rows.
  public var surroundings: TaskScores?

  /// Names a column.
  public init(
    name: String, score: String, higherIsBetter: Bool, bound: Double? = nil,
    bestBaseline: String? = nil, positives: Int? = nil
  ) {
    self.name = name
    self.score = score
    self.higherIsBetter = higherIsBetter
    self.bound = bound
    self.bestBaseline = bestBaseline
    self.positives = positives
  }

  /// Positive rows below which an AUC is too rough to tell one model from another: with 100 of them
  /// its standard error is about .02 to .03.
  public static let tellingPositives = 100

  /// Whether the test rows hold too few positives to tell models apart.
  public var hasFewPositives: Bool { positives.map { $0 < Self.tellingPositives } ?? false }

  /// How far a score goes from chance to the bound, (s − ½) / (bound − ½) of an AUC; nil without a
  /// bound or where chance alone has no score of its own.
  public func shareOfBound(_ value: Double) -> Double? {
    guard let bound, let chance = ScoreKind.named(score)?.chance, bound > chance else {
      return nil
    }
    return (value - chance) / (bound - chance)
  }
}

/// A model of the table.
public struct ComparisonRow: Sendable, Equatable, Codable {
  /// How far a model's runs are.
  public enum Status: Sendable, Equatable, Codable {
    /// No run of it has begun.
    case waiting
    /// Some of its runs are done, or one is going on.
    case running
    /// All runs are done.
    case done
    /// The data are not such as the model needs, in one line.
    case unfit(String)
    /// No run could be ended, in one line.
    case failed(String)

    /// Whether nothing more will come.
    public var isEnd: Bool {
      switch self {
      case .waiting, .running: false
      case .done, .unfit, .failed: true
      }
    }
  }

  /// The model's name in the registry.
  public var model: String
  /// The model's name as its paper writes it.
  public var title: String
  /// The choices that were made, by name.
  public var options: [String: String]
  /// How many numbers it learned; nil before its first run has ended.
  public var parameterCount: Int?
  /// Mean seconds of a run; nil before its first run has ended.
  public var seconds: Double?
  /// Runs that were scored.
  public var runsFinished: Int
  /// Runs whose loss stopped being a number.
  public var runsDiverged: Int
  /// Runs that there will be.
  public var runsPlanned: Int
  /// How far they are.
  public var status: Status
  /// By task, in the order of ``ComparisonTable/tasks``.
  public var cells: [ComparisonCell]
  /// By finished run, ``RunSummary/gateOverlap``; empty for models without gates of tasks' own.
  public var gateOverlaps: [Double] = []
  /// Tasks that the model judges by another label than the others do; their cells are empty.
  public var incomparable: [String] = []
  /// By finished run, the step whose parameters were kept and scored.
  public var keptSteps: [Int] = []

  /// Puts a row together.
  public init(
    model: String, title: String, options: [String: String] = [:], parameterCount: Int? = nil,
    seconds: Double? = nil, runsFinished: Int = 0, runsDiverged: Int = 0, runsPlanned: Int,
    status: Status, cells: [ComparisonCell]
  ) {
    self.model = model
    self.title = title
    self.options = options
    self.parameterCount = parameterCount
    self.seconds = seconds
    self.runsFinished = runsFinished
    self.runsDiverged = runsDiverged
    self.runsPlanned = runsPlanned
    self.status = status
    self.cells = cells
  }
}

/// One model's scores on one task.
public struct ComparisonCell: Sendable, Equatable, Codable {
  /// A paired test against the task's best baseline.
  public struct Test: Sendable, Equatable, Codable {
    /// The mean difference of the scores, this model minus the baseline.
    public var meanDifference: Double
    /// Student's t.
    public var t: Double
    /// The two-sided probability of it if nothing differs.
    public var p: Double
    /// ``p`` after Holm's correction for all tests of the table.
    public var corrected: Double
    /// How many pairs of runs of the same seed.
    public var pairs: Int

    /// Records a test; the only one of its table unless ``corrected`` says otherwise.
    public init(
      meanDifference: Double, t: Double, p: Double, corrected: Double? = nil, pairs: Int
    ) {
      self.meanDifference = meanDifference
      self.t = t
      self.p = p
      self.corrected = corrected ?? p
      self.pairs = pairs
    }
  }

  /// One of a task's scores over the finished runs.
  public struct Summary: Sendable, Equatable, Codable {
    /// The score's name.
    public var name: String
    /// The runs' mean; NaN where one is undefined.
    public var mean: Double
    /// Their standard deviation, with n − 1; nil below two runs.
    public var deviation: Double?

    /// Sums a score up.
    public init(name: String, mean: Double, deviation: Double?) {
      self.name = name
      self.mean = mean
      self.deviation = deviation
    }
  }

  /// The scores of the finished runs, in the order of the seeds.
  public var values: [Double]
  /// Their mean; NaN without any, or where one is undefined.
  public var mean: Double
  /// Their standard deviation, with n − 1; nil below two runs.
  public var deviation: Double?
  /// How much better than the reference, larger is better (PLE, equation 11); nil without one.
  public var gain: Double?
  /// The paired test; nil for the best baseline itself and below two pairs.
  public var test: Test?
  /// The standard error that other test rows give a run's score, as the mean over the runs; nil
  /// where it is not known.
  public var rowError: Double?
  /// Every score of the task, in the order in which runs list them.
  public var summaries: [Summary] = []

  /// Puts a cell together.
  public init(
    values: [Double] = [], mean: Double = .nan, deviation: Double? = nil, gain: Double? = nil,
    test: Test? = nil
  ) {
    self.values = values
    self.mean = mean
    self.deviation = deviation
    self.gain = gain
    self.test = test
  }

  /// Where the mean score of models like this lies for 95 of 100 draws of the test rows,
  /// mean ± 1.96 · ``rowError``; nil where the error is not known.
  public var rowInterval: ClosedRange<Double>? {
    guard let rowError, rowError.isFinite, mean.isFinite else { return nil }
    let half = 1.959963984540054 * rowError
    return mean - half...mean + half
  }
}
