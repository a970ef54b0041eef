import Runs

/// All that the screen knows of a run; it only grows by what the engine says.
struct RunState: Sendable {
  /// Its place among the runs of this session, from 1.
  var number = 1
  /// What it was started with, as far as known.
  var request: StartRequest?
  /// The run that was kept and is shown, or goes on; nil for one that began here.
  var stored: StoredRun?
  /// When it was ready, and when it ended, in the seconds of the app; nil if it was or did not.
  var began: Double?
  var ended: Double?
  /// Whether another run has taken its place.
  var isReplaced = false
  /// Names and sizes; nil until the data are read and the model is built.
  var description: RunDescription?
  /// The newest numbers.
  var snapshot = Snapshot()
  /// When its steps were taken, in seconds of training.
  private(set) var clock = StepClock()
  /// By task.
  var losses: [LossSeries] = []
  /// By task.
  var scores: [ScoreHistory] = []
  /// The newest evaluation on the validation rows.
  var evaluation: Evaluation?
  /// The evaluation on the validation rows whose parameters are kept so far; nil before there is one.
  private(set) var best: Evaluation?
  /// The one before the newest, to tell what changed.
  var earlierEvaluation: Evaluation?
  /// The evaluation on the test rows.
  var test: Evaluation?
  /// The newest change, and what became of the scores since.
  private(set) var lastChange: ChangeEffect?
  /// What happened, oldest first.
  var log = EventLog()
  /// What was said about the run in sentences, oldest first.
  private(set) var notices: [String] = []
  /// What is wrong with the gates and their experts.
  private(set) var alarms: [GateAlarm] = []
  /// How the tasks' gradients went, while somebody watched them.
  private(set) var gradientCourse = GradientCourse()
  /// What is wrong with the tasks' gradients.
  private(set) var gradientAlarms: [GradientAlarm] = []
  /// By gate, the column that is shown until another one is chosen: the one that changed it most when
  /// that was last clear.
  private(set) var tellingColumns: [String: String] = [:]
  /// How the gates moved.
  var gateHistory = GateHistory()
  /// What was expected and said of the pair that is explained.
  private(set) var pairCourse = PairCourse()
  /// The newest scores without an expert.
  var knockOut: KnockOut?
  /// The newest scores without each expert.
  var knockOutMatrix: KnockOutMatrix?
  /// By task, what a thinner mask would cost, as it was asked last.
  var pruningCosts: [String: PruningCost] = [:]
  /// Where the run stopped being a number, until it goes on.
  var divergence: Divergence?
  /// What remains of the run once it has ended.
  var summary: RunSummary?

  /// Sentences that are kept at most.
  static let keptNotices = 20

  /// The tasks' names in their fixed order.
  var taskNames: [String] {
    description?.tasks.map(\.name) ?? snapshot.tasks.map(\.name)
  }

  /// The newest numbers of a task.
  func task(_ index: Int) -> TaskSnapshot? {
    snapshot.tasks.indices.contains(index) ? snapshot.tasks[index] : nil
  }

  /// What is kept of a task so far: its scores at the best step of the run.
  func best(of task: Int) -> ScoreHistory.Entry? {
    guard let best, best.tasks.indices.contains(task) else { return nil }
    return ScoreHistory.Entry(
      best.tasks[task], of: answer(of: task), step: best.step, unit: lossUnit(of: task))
  }

  /// A task's own best score and its step, whatever step the run keeps; nil before there is one.
  func ownBest(of task: Int) -> ScoreHistory.Entry? {
    guard scores.indices.contains(task), let best = scores[task].best, best.score.isFinite else {
      return nil
    }
    return best
  }

  /// The newest loss of a task as every part of the screen shows it: smoothed as the curves are, an
  /// index into ``LossSeries/smoothings``, or that of the newest step where they are not.
  ///
  /// Nil where the task never trained, and without smoothing while it is off.
  func shownLoss(of task: Int, smoothing level: Int?) -> Double? {
    guard losses.indices.contains(task), losses[task].lastStep != nil else { return nil }
    let loss = level.map(losses[task].newestLoss) ?? self.task(task)?.loss ?? .nan
    return loss.isNaN ? nil : loss
  }

  /// The loss with its unit, `0.4724σ²` where labels are divided by their deviation for it.
  func lossWords(_ loss: Double, of task: Int) -> String {
    lossText(loss) + (hasOwnUnit(task) ? "σ²" : "")
  }

  /// The newest loss as a cell of a column: where some tasks' losses have a unit, all are aligned.
  func lossCell(of task: Int, smoothing level: Int?) -> String {
    let loss = shownLoss(of: task, smoothing: level).map { lossWords($0, of: task) } ?? "-"
    return loss + (hasUnits && !hasOwnUnit(task) ? "  " : "")
  }

  /// Whether the loss of some task is not in the unit of its label.
  var hasUnits: Bool { taskNames.indices.contains(where: hasOwnUnit) }

  /// Whether the loss of a task is not in the unit of its label.
  func hasOwnUnit(_ task: Int) -> Bool {
    let tasks = description?.tasks ?? []
    return tasks.indices.contains(task) && tasks[task].lossUnit != nil
  }

  /// What is answered for a task; a chance while the run is not described.
  func answer(of task: Int) -> Answer {
    let tasks = description?.tasks ?? []
    return tasks.indices.contains(task) ? tasks[task].answer : .chance
  }

  /// What one of the unit of a task's loss is in the label's unit: the deviation of its training
  /// labels, where they are divided by it; NaN where that is not known.
  func lossUnit(of task: Int) -> Double {
    guard let tasks = description?.tasks, tasks.indices.contains(task), tasks[task].lossUnit != nil
    else { return 1 }
    let facts = description?.facts.tasks.first { $0.task == tasks[task].name }
    // Labels that never vary are not divided.
    return facts.map { $0.training.deviation == 0 ? 1 : $0.training.deviation } ?? .nan
  }

  /// A task's main score on the validation rows at a step; NaN where it was not scored.
  func score(of task: Int, at step: Int?) -> Double {
    guard scores.indices.contains(task) else { return .nan }
    return scores[task].entries.last { $0.step == step }?.score ?? .nan
  }

  /// The steps at which the validation rows were scored, as far as they are kept.
  var scoredSteps: Set<Int> { Set(scores.first?.entries.map(\.step) ?? []) }

  /// Whether the newest scores are the best ones.
  var isAtBest: Bool { evaluation.map { $0.step == best?.step } ?? false }

  /// The step of the parameters that ``test`` is of.
  var testStep: Int? { test.map { summary?.bestStep ?? $0.step } }

  /// Whether the run has ended.
  var isFinished: Bool { summary != nil || snapshot.phase == .finished || isReplaced }

  /// The scores without each expert, as far as they are known.
  var shownMatrix: KnockOutMatrix? { snapshot.question?.matrix ?? knockOutMatrix }

  /// Whether the run waits for a person.
  var isPaused: Bool {
    if case .paused = snapshot.phase { return !isFinished }
    return false
  }

  /// Whether there is something to try out.
  var isUnderWay: Bool { description != nil && !isLoading && !isFinished }

  /// Whether data are still being read.
  var isLoading: Bool {
    if case .loading = snapshot.phase { return true }
    return false
  }
}

// MARK: - Taking in what the engine says

extension RunState {
  mutating func take(_ newest: Snapshot) {
    let goesOn = newest.phase == .running && newest.step > (divergence?.step ?? .max)
    if goesOn { divergence = nil }
    gateHistory.add(newest.gates, step: newest.step)
    clock.note(step: newest.step, seconds: newest.trainingSeconds)
    let older = snapshot
    snapshot = newest
    // What was not wanted for a moment is shown with its older step until the new one comes.
    if snapshot.gates.isEmpty { snapshot.gates = older.gates }
    if snapshot.experts.isEmpty { snapshot.experts = older.experts }
    if snapshot.gatePairs.isEmpty { snapshot.gatePairs = older.gatePairs }
    alarms = GateAlarm.all(in: snapshot, standing: alarms)
    snapshot.gradients = newest.gradients ?? older.gradients
    if let look = newest.gradients { follow(look) }
    snapshot.segmentRanking = newest.segmentRanking ?? older.segmentRanking
    if let ranking = newest.segmentRanking { follow(ranking) }
    snapshot.segments = newest.segments ?? older.segments
    snapshot.example = newest.example ?? older.example
    snapshot.explanation = newest.explanation ?? older.explanation
    if let explained = newest.explanation { pairCourse.add(explained) }
    snapshot.masks = newest.masks ?? older.masks
    snapshot.maskMap = newest.maskMap ?? older.maskMap
    snapshot.maskCell = newest.maskCell ?? older.maskCell
    let subjects = Set(newest.views.map(\.subject))
    snapshot.views += older.views.filter { !subjects.contains($0.subject) }
  }

  private mutating func follow(_ look: GradientSnapshot) {
    guard look.step != gradientCourse.samples.last?.step else { return }
    gradientCourse.add(look)
    gradientAlarms = GradientAlarm.all(in: gradientCourse, standing: gradientAlarms)
  }

  /// Takes another column for a gate only where it says half as much again: columns that say about the
  /// same would take turns.
  private mutating func follow(_ ranking: SegmentRanking) {
    for gate in ranking.gates {
      let columns = ranking.columns(for: gate)
      guard let best = columns.first else { continue }
      let shown = columns.first { $0.column.name == tellingColumns[gate] }
      if shown.map({ best.divergence > 1.5 * $0.divergence }) ?? true {
        tellingColumns[gate] = best.column.name
      }
    }
  }

  mutating func take(_ bins: [LossBin]) {
    for bin in bins {
      while losses.count <= bin.task, bin.task < 1024 { losses.append(LossSeries()) }
      if losses.indices.contains(bin.task) { losses[bin.task].push(bin) }
    }
  }

  mutating func take(_ event: Event) {
    switch event {
    case .prepared(let description): self.description = description
    case .evaluated(let evaluation): take(evaluation)
    case .diverged(let divergence): self.divergence = divergence
    case .finished(let summary):
      self.summary = summary
      test = summary.test ?? test
    case .acknowledged(let answer) where answer.outcome == .applied:
      if answer.effect.isChange {
        log.mark(answer.step, answer.words(expertNames))
        lastChange = ChangeEffect(
          words: answer.words(expertNames), step: answer.step, before: evaluation)
      }
      for change in answer.effect.parts { take(change) }
    // The newest answer is shown.
    case .knockedOut(let found): (knockOut, knockOutMatrix) = (found, nil)
    case .knockedOutAll(let matrix): (knockOut, knockOutMatrix) = (nil, matrix)
    case .thinned(let cost): pruningCosts[cost.task] = cost
    case .noticed(let text, let step): note("step \(grouped(step)): \(text)")
    case .acknowledged, .phaseBegan, .epochEnded, .failed, .dropped: break
    }
    log.add(event, before: earlierEvaluation)
  }

  /// Takes in a change that holds from now on, though no snapshot has shown it yet: what a key does
  /// next depends on it.
  private mutating func take(_ change: Command) {
    for task in snapshot.tasks.indices {
      switch change {
      case .setTask(snapshot.tasks[task].name, let isOn): snapshot.tasks[task].isOn = isOn
      case .setTaskWeight(snapshot.tasks[task].name, let weight):
        snapshot.tasks[task].weight = weight
      default: break
      }
    }
  }

  private mutating func note(_ sentence: String) {
    notices = (notices + [sentence]).suffix(Self.keptNotices)
  }

  private mutating func take(_ evaluation: Evaluation) {
    guard evaluation.split == .validation else {
      test = evaluation
      return
    }
    if evaluation.isBest { best = evaluation }
    earlierEvaluation = self.evaluation
    self.evaluation = evaluation
    if let change = lastChange, evaluation.step > change.step { lastChange?.after = evaluation }
    while scores.count < evaluation.tasks.count { scores.append(ScoreHistory()) }
    for (task, result) in evaluation.tasks.enumerated() {
      scores[task].add(
        result, of: answer(of: task), step: evaluation.step, unit: lossUnit(of: task))
    }
  }
}

// MARK: - What changes the gates

extension RunState {
  /// The column that is shown for a gate until another one is chosen.
  func tellingColumn(for gate: String?) -> String? {
    gate.flatMap { tellingColumns[$0] } ?? description?.segmentColumns.first
  }

  /// The columns that segments can be made of, those that change a gate most first.
  func rankedColumns(for gate: String?) -> [String] {
    let all = description?.segmentColumns ?? []
    guard let gate, let ranking = snapshot.segmentRanking else { return all }
    let ranked = ranking.columns(for: gate).map(\.column.name)
    return ranked.filter { all.contains($0) } + all.filter { !ranked.contains($0) }
  }
}
