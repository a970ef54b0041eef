import Runs

/// A task's scores on the validation rows over the run, in bounded memory.
struct ScoreHistory: Sendable {
  /// The scores at one step.
  struct Entry: Sendable, Equatable {
    var step: Int
    /// The task's main score; NaN where undefined.
    var score: Double
    /// On the scale of the training loss; NaN where unknown.
    var loss: Double

    /// The scores of a task's answer at a step; `unit` is what one of the loss's unit is in the
    /// label's.
    init(_ scores: TaskScores, of answer: Answer, step: Int, unit: Double = 1) {
      self.step = step
      score = scores.scores.first?.value ?? .nan
      loss = ScoreHistory.loss(of: scores, answer, unit: unit)
    }
  }

  /// Entries at most; when full, every second one is dropped.
  static let capacity = 1024

  private(set) var entries: [Entry] = []
  private var every = 1
  private var seen = 0

  /// The newest scores.
  private(set) var newest: Entry?
  /// The task's own best, whatever step the run keeps; nil before there is one.
  private(set) var best: Entry?

  /// Takes in the scores of a later step.
  mutating func add(
    _ scores: TaskScores, of answer: Answer = .chance, step: Int, unit: Double = 1
  ) {
    let entry = Entry(scores, of: answer, step: step, unit: unit)
    newest = entry
    if scores.isBest { best = entry }
    defer { seen += 1 }
    guard seen.isMultiple(of: every) else { return }
    entries.append(entry)
    guard entries.count == Self.capacity else { return }
    entries = entries.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
    every *= 2
  }

  /// What the training loss would be on these rows: what the answer's scores tell of it, or the log
  /// loss of both where a task is conditional on another.
  private static func loss(of scores: TaskScores, _ answer: Answer, unit: Double) -> Double {
    // Of answers that are no probabilities the log loss is another thing than what is trained.
    guard scores.isCalibrated else { return .nan }
    return scores[.jointLogLoss] ?? answer.meanLoss(of: scores, unit: unit)
  }
}
