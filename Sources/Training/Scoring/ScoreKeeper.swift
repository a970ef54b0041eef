import Graph
import Runs
import Tensors

/// What a run's validation scores have come to: which step is kept, and each task's own best.
struct ScoreKeeper {
  let keep: KeepRule
  /// The newest validation scores.
  private(set) var newest: Evaluation?
  private var choice: BestChoice
  /// The scores of the steps whose numbers are remembered.
  private var remembered: [Int: Evaluation] = [:]
  private var bests: [String: TaskBest] = [:]
  private var order: [String] = []
  /// What ends the run early; nil: what is kept.
  private var watch: StopWatch?

  init(_ keep: KeepRule, stop: KeepRule? = nil, store: ParameterStore) {
    self.keep = keep
    watch = stop.flatMap(StopWatch.init)
    choice = BestChoice(store: store)
  }

  /// Takes in validation scores and marks in them what is best so far.
  ///
  /// Unless they are part of the choice only the tasks' own bests are looked at.
  mutating func consider(_ evaluation: inout Evaluation) {
    order = evaluation.tasks.map(\.task)
    for task in evaluation.tasks.indices {
      evaluation.tasks[task].isBest = note(evaluation.tasks[task], step: evaluation.step)
    }
    evaluation.isBest =
      keep == .last || choice.consider(evaluation.score, step: evaluation.step)
    newest = evaluation
    watch?.consider(evaluation)
    guard evaluation.isBest, keep != .last else { return }
    remembered[evaluation.step] = evaluation
    let steps = choice.rememberedSteps
    remembered = remembered.filter { steps.contains($0.key) }
  }

  /// Keeps the newest scores without a choice: of a part of the run whose parameters are not kept.
  mutating func show(_ evaluation: Evaluation) { newest = evaluation }

  private mutating func note(_ scores: TaskScores, step: Int) -> Bool {
    guard let score = scores.decisive, !score.value.isNaN else { return false }
    if let best = bests[scores.task], !score.isBetter(than: best.score, of: scores) { return false }
    bests[scores.task] = TaskBest(task: scores.task, score: score, step: step)
    return true
  }

  /// By task its own best, in the order of the tasks.
  var taskBests: [TaskBest] { order.compactMap { bests[$0] } }

  /// The step whose numbers would be kept if the run ended now; nil: the newest.
  var keptStep: Int? { keep == .last ? nil : choice.bestStep }

  /// The steps whose numbers may still be kept, those of other sets of tasks among them.
  var keptSteps: [Int] { keep == .last ? [] : choice.rememberedSteps }

  /// Whether the numbers of a step have not been scored yet.
  func isUnscored(_ step: Int) -> Bool { newest?.step != step }

  /// Ends an epoch; true if the run should end early.
  mutating func epochEnded(patience: Int) -> Bool {
    let isChoiceOver = keep == .last ? false : choice.epochEnded(patience: patience)
    return watch?.epochEnded(patience: patience) ?? isChoiceOver
  }

  /// Goes on with what another set of tasks has come to.
  mutating func tasksChanged(from old: [Bool], to new: [Bool]) {
    choice.tasksChanged(from: old, to: new)
    if old != new { watch?.restart() }
  }

  /// Begins anew: what is scored from now on cannot be compared with what was before.
  mutating func restart() {
    choice.restart()
    watch?.restart()
    remembered = [:]
    bests = [:]
  }

  /// Changes all numbers that are remembered, in an order that all ranks have.
  mutating func forEachCopy(_ body: (inout ParameterCopy) -> Void) { choice.forEachCopy(body) }

  /// Puts back what is kept and returns its step and scores, those that are known.
  mutating func restore(last step: Int) -> (step: Int, validation: Evaluation?) {
    if keep != .last, let best = choice.restore() {
      newest = remembered[best]
      return (best, newest)
    }
    return (step, newest?.step == step ? newest : nil)
  }
}

extension Score {
  /// Whether a task's score is better than an older one of it; its main score is better than what
  /// stood in for it.
  fileprivate func isBetter(than other: Score, of task: TaskScores) -> Bool {
    guard name == other.name else { return name == task.scores.first?.name }
    return ranking > other.ranking
  }
}

extension ScoreKeeper {
  /// Visits the choice and the scores that it was made by.
  mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.value("newest", &newest)
    try archive.part("choice") { archive throws(ArchiveError) in try choice.visit(&archive) }
    try archive.part("stop") { archive throws(ArchiveError) in try watch?.visit(&archive) }
    var kept = remembered.values.sorted { $0.step < $1.step }
    try archive.value("remembered", &kept)
    remembered = Dictionary(kept.map { ($0.step, $0) }) { $1 }
    var best = bests.values.sorted { $0.task.utf8.lexicographicallyPrecedes($1.task.utf8) }
    try archive.value("task-bests", &best)
    bests = Dictionary(best.map { ($0.task, $0) }) { $1 }
    try archive.value("order", &order)
  }
}
