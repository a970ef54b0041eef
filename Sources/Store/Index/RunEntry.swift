internal import Foundation
public import Runs

/// What a list says of a run.
public struct RunEntry: Codable, Sendable, Hashable {
  /// Its id.
  public var id: String
  /// What it said of itself when it began.
  public var card: RunCard
  /// What a person calls it, sorted.
  public var tags: [String]
  /// How it ended in words, `epochs`; nil while it has not.
  public var reason: String?
  /// The last step that is known: of its end, or of its last checkpoint; 0 without either.
  public var step: Int
  /// The step whose parameters were kept and tested; nil if it did not end.
  public var bestStep: Int?
  /// Seconds from the first step to the end; nil if it did not end.
  public var seconds: Double?
  /// How many numbers it learned; nil if it did not end.
  public var parameterCount: Int?
  /// The fingerprint of its parameters; nil if it did not end.
  public var fingerprint: String?
  /// By task, the score that stands for it: on the test rows, or on the validation rows at the best
  /// step where there is no test; empty if it did not end.
  public var scores: [TaskScore]
  /// How many checkpoints it has.
  public var checkpoints: Int

  /// A task's main score.
  public struct TaskScore: Codable, Sendable, Hashable {
    /// The task's name.
    public var task: String
    /// The score's name, `auc`.
    public var name: String
    /// The number; NaN where it is undefined.
    public var value: Double
  }

  /// Reads a run's folder.
  ///
  /// - Throws: ``StoreError`` for what is there and cannot be read.
  public init(_ folder: RunFolder) throws(StoreError) {
    id = folder.id
    card = try folder.card()
    tags = try folder.tags()
    let steps = folder.checkpointSteps
    checkpoints = steps.count
    scores = []
    step = steps.last ?? 0
    if let summary = try folder.decoded(.summary, RunSummary.self) {
      reason = summary.reason.rawValue
      (step, bestStep, seconds) = (summary.step, summary.bestStep, summary.seconds)
      (parameterCount, fingerprint) = (summary.parameterCount, summary.fingerprint)
      scores = (summary.test ?? summary.validation)?.tasks.compactMap(TaskScore.init) ?? []
    } else if let last = try folder.journal().valid.last, last.kind == .ended {
      reason = last.text
      step = last.step
    }
  }
}

extension RunEntry.TaskScore {
  fileprivate init?(_ task: TaskScores) {
    guard let main = task.scores.first else { return nil }
    self.init(task: task.task, name: main.name, value: main.value)
  }
}

/// Which runs are meant; what is nil leaves all in.
public struct RunFilter: Sendable, Hashable {
  /// A part of the data set's name: the sample's is `synthetic-sample`.
  public var data: String?
  /// The model's name.
  public var model: String?
  /// A word that a person calls it.
  public var tag: String?
  /// The first moment, in seconds since 1970.
  public var since: Double?
  /// The moment behind the last, in seconds since 1970.
  public var before: Double?

  /// All runs.
  public init() {}
}
