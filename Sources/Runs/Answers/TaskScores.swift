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
  /// What the scores are of where they are not of every row as it stands, which is to be said beside
  /// them: the candidates of a ranking, the texts that were written; nil for most.
  public var basis: [Basis]?
  /// What is reached without a model, on the same; nil where nobody says.
  public var baseline: Baseline?

  /// Records a task's scores.
  public init(task: String, scores: [Score]) {
    self.task = task
    self.scores = scores
  }

  /// A part of what scores are of: `candidates` `all 900`.
  public struct Basis: Sendable, Equatable, Codable {
    /// What it is, the key in files: `candidates`, `written`, `left_out`.
    public var name: String
    /// In words.
    public var text: String

    /// Names a part.
    public init(_ name: String, _ text: String) {
      self.name = name
      self.text = text
    }
  }

  /// What answers without a model, and what it scores.
  public struct Baseline: Sendable, Equatable, Codable {
    /// What answers: `popularity`, `bigrams`.
    public var name: String
    /// Its scores, some of the task's.
    public var scores: [Score]

    /// Names it.
    public init(_ name: String, _ scores: [Score]) {
      self.name = name
      self.scores = scores
    }
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

// MARK: - In words

extension TaskScores {
  /// What the scores are of and what is reached without a model, `candidates all 900; popularity: ndcg@10
  /// 0.0431, hr@10 0.0874`; nil where neither is said.
  ///
  /// Numbers are written by `text`.
  public func surroundings(_ text: (Double) -> String) -> String? {
    let parts = (basis ?? []).map { "\($0.name.replacing("_", with: " ")) \($0.text)" }
    let reached = baseline.map { baseline in
      let scores = baseline.scores.map { "\($0.title) \(text($0.value))" }
      return "\(baseline.name): \(scores.joined(separator: ", "))"
    }
    let all = parts + [reached].compactMap { $0 }
    return all.isEmpty ? nil : all.joined(separator: "; ")
  }
}
