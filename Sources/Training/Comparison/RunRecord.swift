import Runs

/// A line of the results file: a run's identity and what it came to.
struct RunRecord: Codable, Equatable {
  /// The form of this record and what its numbers stand for; lines of other forms are left alone.
  static let version = 4
  /// The oldest version that is still read: its form is this one's, and so are its numbers but for those
  /// of ``hasOtherNumbers``.
  static let oldestVersion = 3

  var version = Self.version
  let identity: RunIdentity
  let outcome: String
  let divergedTask: String?
  let step: Int
  let bestStep: Int
  let parameters: Int
  let seconds: Double
  let fingerprint: String
  /// Nil for models without gates of the tasks' own.
  let gateOverlap: Double?
  let tasks: [Task]
  /// On the validation rows at the best step.
  let validation: [Task]
  /// Each task's own best on the validation rows.
  let bests: [Best]

  /// A task's scores.
  struct Task: Codable, Equatable {
    let name: String
    let scores: [Score]
    let isCalibrated: Bool
    let brokenRows: Int
    let firstBrokenRow: Int?
    let condition: String?
    /// Nil for scores of all rows as they stand.
    let basis: [TaskScores.Basis]?
    /// Nil where nothing is said of answers without a model.
    let baseline: Baseline?
  }

  /// What answers without a model, and what it scores.
  struct Baseline: Codable, Equatable {
    let name: String
    let scores: [Score]
  }

  /// A task's own best score and its step.
  struct Best: Codable, Equatable {
    let task: String
    let score: Score
    let step: Int
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
    bests = run.taskBests.map { Best(task: $0.task, score: Score($0.score), step: $0.step) }
  }

  /// Whether a run of the same configuration has other bits now: under version 3 the schedules `one-cycle`
  /// and `step` had other rates, tables that are moved as wholes other penalties and norms, and experts
  /// no dropout.
  var hasOtherNumbers: Bool {
    let settings = identity.settings
    return version < 4
      && (["one-cycle", "step"].contains(settings["schedule"]) || settings["tables"] == "dense"
        || (settings["dropout"].flatMap(Double.init) ?? 0) > 0)
  }

  /// The run as it was.
  var run: ComparedRun {
    var run = ComparedRun(
      model: identity.label, seed: identity.seed,
      outcome: divergedTask.map { .diverged(task: $0, step: step) } ?? .finished,
      tasks: tasks.map(\.whole), parameterCount: parameters, seconds: seconds, step: step,
      bestStep: bestStep, fingerprint: fingerprint, gateOverlap: gateOverlap)
    run.validation = validation.map(\.whole)
    run.taskBests = bests.map { TaskBest(task: $0.task, score: $0.score.whole, step: $0.step) }
    return run
  }
}

extension RunRecord.Task {
  /// Takes a task's scores down.
  fileprivate init(_ task: TaskScores) {
    self.init(
      name: task.task, scores: task.scores.map(RunRecord.Score.init),
      isCalibrated: task.isCalibrated, brokenRows: task.brokenRows,
      firstBrokenRow: task.firstBrokenRow, condition: task.condition, basis: task.basis,
      baseline: task.baseline.map {
        .init(name: $0.name, scores: $0.scores.map(RunRecord.Score.init))
      })
  }

  /// The scores as they were.
  fileprivate var whole: TaskScores {
    var task = TaskScores(task: name, scores: scores.map(\.whole))
    task.isCalibrated = isCalibrated
    task.brokenRows = brokenRows
    task.firstBrokenRow = firstBrokenRow
    task.condition = condition
    task.basis = basis
    task.baseline = baseline.map { .init($0.name, $0.scores.map(\.whole)) }
    return task
  }
}

extension RunRecord.Score {
  /// Takes a score down; what is no number becomes nothing.
  fileprivate init(_ score: Runs.Score) {
    self.init(
      name: score.name, value: score.value.isFinite ? score.value : nil,
      higherIsBetter: score.higherIsBetter,
      standardError: score.standardError.flatMap { $0.isFinite ? $0 : nil })
  }

  /// The score as it was.
  fileprivate var whole: Runs.Score {
    Runs.Score(
      name: name, value: value ?? .nan, higherIsBetter: higherIsBetter,
      standardError: standardError)
  }
}
