/// A run that was kept, of now or of another day: what a list says of it.
public struct StoredRun: Sendable, Hashable, Codable {
  /// How a run stands.
  public enum State: String, Sendable, Hashable, Codable, CaseIterable {
    /// A process trains it just now.
    case live
    /// It has not ended and nobody trains it: it can go on from its last checkpoint.
    case interrupted
    /// It has ended.
    case ended
  }

  /// One task's best score.
  public struct Score: Sendable, Hashable, Codable {
    /// The task.
    public var task: String
    /// The score's name, `auc`.
    public var name: String
    /// Its value.
    public var value: Double
    /// Whether a larger number is a better one.
    public var higherIsBetter: Bool

    /// Names a score.
    public init(task: String, name: String, value: Double, higherIsBetter: Bool) {
      self.task = task
      self.name = name
      self.value = value
      self.higherIsBetter = higherIsBetter
    }
  }

  /// The name of its folder.
  public var id: String
  /// The model's name in the registry.
  public var model: String
  /// What the data are called.
  public var data: String
  /// When it began, in the clock of where it is read, `2026-11-27 03:12`.
  public var began: String
  /// The seed of its random draws.
  public var seed: UInt64
  /// Steps taken, as far as they are kept.
  public var step: Int
  /// How it stands.
  public var state: State
  /// By task, the scores on the validation rows of the step that is kept.
  public var scores: [Score]
  /// Words that a person gave it.
  public var tags: [String]
  /// The run that it branched off; nil: it began anew.
  public var parent: String?
  /// Whether it is the run that this process trains.
  public var isOwn = false

  /// Describes a run that was kept.
  public init(
    id: String, model: String, data: String, began: String, seed: UInt64, step: Int, state: State,
    scores: [Score] = [], tags: [String] = [], parent: String? = nil
  ) {
    self.id = id
    self.model = model
    self.data = data
    self.began = began
    self.seed = seed
    self.step = step
    self.state = state
    self.scores = scores
    self.tags = tags
    self.parent = parent
  }
}

/// What was recorded of a run: all that its curves are drawn from.
public struct StoredCourse: Sendable, Equatable {
  /// What the run was.
  public var description: RunDescription
  /// Its losses, by task and then by step.
  public var losses: [LossBin]
  /// What happened, oldest first.
  public var events: [Event]
  /// The steps of the checkpoints from which it can go on, rising.
  public var checkpoints: [Int]

  /// Gathers what was recorded.
  public init(
    description: RunDescription, losses: [LossBin] = [], events: [Event] = [],
    checkpoints: [Int] = []
  ) {
    self.description = description
    self.losses = losses
    self.events = events
    self.checkpoints = checkpoints
  }

  /// What was recorded until a step, which is how many had been taken: what came after it is none of a
  /// run that goes on from there.
  public func upTo(_ step: Int) -> StoredCourse {
    StoredCourse(
      description: description, losses: losses.filter { $0.lastStep < step },
      events: events.filter { event in
        if case .finished = event { return false }
        return event.step.map { $0 <= step } ?? true
      }, checkpoints: checkpoints.filter { $0 <= step })
  }
}

extension Event {
  /// How many steps had been taken when it happened; nil where that is not said.
  public var step: Int? {
    switch self {
    case .prepared, .failed, .dropped: nil
    case .acknowledged(let answer): answer.step
    case .evaluated(let evaluation): evaluation.step
    case .epochEnded(_, let step, _), .phaseBegan(_, let step), .noticed(_, let step): step
    case .knockedOut(let found): found.step
    case .knockedOutAll(let found): found.step
    case .thinned(let found): found.step
    case .diverged(let found): found.step
    case .finished(let summary): summary.step
    }
  }
}
