import Runs

/// A line of the results file: a run's identity and what it came to.
struct RunRecord: Codable, Equatable {
  /// The form of this record; lines of other forms are left alone.
  static let version = 2

  var version = Self.version
  let identity: RunIdentity
  let outcome: String
  let divergedTask: String?
  let step: Int
  let bestStep: Int
  let parameters: Int
  let seconds: Double
  let fingerprint: String
  /// Nil for models without gates of the tasks' own, and in records from before it was kept.
  let gateOverlap: Double?
  let tasks: [Task]
  /// On the validation rows at the best step.
  let validation: [Task]

  /// A task's scores.
  struct Task: Codable, Equatable {
    let name: String
    let scores: [Score]
  }

  /// A named number; nil where it is undefined.
  struct Score: Codable, Equatable {
    let name: String
    let value: Double?
    let higherIsBetter: Bool
    /// Nil where it is not known.
    let standardError: Double?
  }

  /// Records a run that ended; nil for one that could not go on, which is tried again.
  init?(_ run: ComparedRun, identity: RunIdentity) {
    switch run.outcome {
    case .finished: (outcome, divergedTask) = ("finished", nil)
    case .diverged(let task, _): (outcome, divergedTask) = ("diverged", task)
    case .failed: return nil
    }
    self.identity = identity
    step = run.step
    bestStep = run.bestStep
    parameters = run.parameterCount
    seconds = run.seconds.isFinite ? run.seconds : 0
    fingerprint = run.fingerprint
    gateOverlap = run.gateOverlap
    tasks = run.tasks.map(Task.init)
    validation = run.validation.map(Task.init)
  }

  /// The run as it was.
  var run: ComparedRun {
    var run = ComparedRun(
      model: identity.model, seed: identity.seed,
      outcome: divergedTask.map { .diverged(task: $0, step: step) } ?? .finished,
      tasks: tasks.map(\.whole), parameterCount: parameters, seconds: seconds, step: step,
      bestStep: bestStep, fingerprint: fingerprint, gateOverlap: gateOverlap)
    run.validation = validation.map(\.whole)
    return run
  }
}

extension RunRecord.Task {
  /// Takes a task's scores down; what is no number becomes nothing.
  fileprivate init(_ task: TaskScores) {
    name = task.task
    scores = task.scores.map { score in
      RunRecord.Score(
        name: score.name, value: score.value.isFinite ? score.value : nil,
        higherIsBetter: score.higherIsBetter,
        standardError: score.standardError.flatMap { $0.isFinite ? $0 : nil })
    }
  }

  /// The scores as they were.
  fileprivate var whole: TaskScores {
    TaskScores(
      task: name,
      scores: scores.map {
        Runs.Score(
          name: $0.name, value: $0.value ?? .nan, higherIsBetter: $0.higherIsBetter,
          standardError: $0.standardError)
      })
  }
}
