/// One task's scores.
public struct TaskScores: Sendable, Equatable, Codable {
  /// The task's name.
  public var task: String
  /// Named scores in the order in which they are shown; the first is the task's main one.
  public var scores: [Score]
  /// Whether its answers were trained to be probabilities or means; those of a focal loss are not, and
  /// their log loss and calibration say little.
  public var isCalibrated = true
  /// Whether the task's main score is its best of this run so far (of validation rows).
  public var isBest = false
  /// Rows that were left out of the scores because the answer is no finite number.
  public var brokenRows = 0
  /// The first of them, by its place among the rows of the split; nil if there are none.
  public var firstBrokenRow: Int?
  /// The task on whose positive rows alone this one is judged, the click of a conversion; nil for most.
  public var condition: String?

  /// Records a task's scores.
  public init(task: String, scores: [Score]) {
    self.task = task
    self.scores = scores
  }

  /// The score of this name, if the task has it.
  public subscript(name: String) -> Double? { scores.first { $0.name == name }?.value }
}

/// A named number; NaN where it is undefined (AUC with one class).
public struct Score: Sendable, Equatable, Codable {
  /// One of ``ScoreKind/all``.
  public var name: String
  /// The number, or NaN.
  public var value: Double
  /// Whether a larger number is a better one.
  public var higherIsBetter: Bool
  /// How far it would differ on other rows of the same kind, as a standard error; nil where that is
  /// not known: of scores other than AUC and RMSE, and where the rows are too few.
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

// MARK: - By kind

extension Score {
  /// A score of a kind, NaN where it is undefined, and its standard error where that is known.
  public init(_ kind: ScoreKind, _ value: Double, standardError: Double = .nan) {
    self.init(
      name: kind.name, value: value, higherIsBetter: kind.higherIsBetter ?? false,
      standardError: standardError.isFinite ? standardError : nil)
  }

  /// The words for people, `predicted ÷ observed`.
  public var title: String { ScoreKind.named(name)?.title ?? name }

  /// The number with its sign such that larger is better.
  public var ranking: Double { higherIsBetter ? value : -value }
}

extension TaskScores {
  /// The score of this kind, if the task has it.
  public subscript(kind: ScoreKind) -> Double? { self[kind.name] }
}
