import Datasets
import Foundation
import Graph
import Models
import Runs
import Tensors

/// The loop over steps of a model that is trained by gradients.
///
/// It knows in which order things happen; what they are is ``RunCommands``, ``EpochCourse``,
/// ``RunScores``, ``RunQuestions``, ``LossRecord`` and ``Pacing``.
final class TrainingLoop {
  let description: RunDescription
  let subject: TrainedRun
  let questions: RunQuestions
  let scores: RunScores
  let commands: RunCommands
  var course: EpochCourse
  var losses: LossRecord
  /// The tasks that were on when the newest step or evaluation began.
  var wasOn: [Bool]
  /// What keeps the run; nil: nothing does.
  let saving: RunSaving?
  /// Whether the run goes on from a saved state.
  var isResumed = false
  /// What is to be said of the saved state.
  var remarks: [String] = []
  /// Seconds that the run had taken when it was saved.
  var elapsedBefore = 0.0
  private let began = ContinuousClock.now
  /// How long the rows of the next step were waited for, where something else was done meanwhile.
  private var waitedForRows = Duration.zero
  private var waits = RowWaits()
  /// What several ranks agree by; nil: there is one process.
  let ranks: RankAgendas?
  /// Whether a screen wants to see what the next step's rows say, and they were not there.
  var lacksRows = false

  /// Trains on rows of the data set, or on other ones like them where they are given.
  ///
  /// - Throws: ``ThreadRefusal`` where rows are read by a thread that the system does not start.
  init(
    _ run: TrainingRun, entry: ModelEntry, dataset: Dataset, trainer: Trainer,
    rows: (any TrainingRows)? = nil
  ) throws(ThreadRefusal) {
    subject = TrainedRun(run, dataset: dataset, trainer: trainer)
    description = subject.describe(entry)
    questions = RunQuestions(subject)
    scores = RunScores(subject)
    commands = RunCommands(subject, questions: questions, scores: scores)
    let rows = if let rows { rows } else { try dataset.training.inOrder(run.configuration) }
    course = EpochCourse(
      run.configuration, rows: rows, stepsPerEpoch: description.stepsPerEpoch,
      epochs: subject.lottery?.epochsOfStage,
      past: run.past)
    saving = run.recorder.map { RunSaving($0, tasks: dataset.tasks.count) }
    losses = LossRecord(
      run.session.openBins(tasks: dataset.tasks.count), saving: saving, trainer: trainer)
    wasOn = trainer.isOn
    ranks = trainer.exchange.map { RankAgendas($0.group, lanes: trainer.lanes) }
  }

  /// Seconds since the first step, those before it was saved included.
  var elapsed: Double { elapsedBefore + (ContinuousClock.now - began).seconds }

  var run: TrainingRun { subject.run }
  var trainer: Trainer { subject.trainer }
  private var dataset: Dataset { subject.dataset }
  var lottery: Lottery? { subject.lottery }

  /// Runs until the end, then answers questions until the session is closed.
  ///
  /// - Throws: ``WindowError`` where the rows of a step cannot be read; the state behind the step before is
  ///   kept then, where all of it is here. ``RankError`` where the other ranks are lost.
  func start() throws {
    // What is said at the beginning stands behind the first checkpoint, and is said again after it.
    if !isResumed { try withAllRows { save() } }
    scores.sayWhatIsUndefined()
    announcePhase(isNew: !isResumed || trainer.step == 0)
    publish(commands.phase)
    try ranks?.begin()
    while commands.endReason == nil, !(ranks?.isClosed ?? run.session.isClosed) {
      do {
        if let ranks { try turn(with: ranks) } else { try turn() }
        try checkRanks()
      } catch let error as WindowError {
        throw kept(error)
      }
    }
    trainer.bringRowsHome(scores.forEachCopy)
    try checkRanks()
    trainer.leaveRanks()
    // Nobody needs the others any more: one that ends now takes nobody with it.
    ranks?.leave()
    defer { ranks?.end() }
    // The state of the last step, before it is scored once more and the kept numbers come back.
    save(waits: true)
    guard !run.session.isClosed else { return }
    guard trainer.hasAllRows else { return finishElsewhere(commands.endReason ?? .stopped) }
    run.monitor.showsNumbersAlone = false
    if losses.divergedAt != trainer.step, !trainer.store.isFinite { sayDivergence() }
    finish(commands.endReason ?? .stopped)
    while !run.session.isClosed { waitFinished() }
  }

  /// Keeps the state where the next step's rows cannot be read, if all of it is here.
  private func kept(_ error: WindowError) -> WindowError {
    guard trainer.hasAllRows else { return error }
    save(waits: true)
    return saving == nil ? error : WindowError(reason: error.reason, step: trainer.step)
  }

  /// Answers what has come, then takes a step or waits.
  private func turn() throws {
    if commands.answer(evaluate: { evaluate() }, publish: { publish(commands.phase) }) {
      saving?.changed()
    }
    guard commands.endReason == nil else { return }
    if questions.holdsTraining {
      waitForAnswers()
    } else if commands.state.isPaused {
      if commands.isPausedByPerson { save(waits: true) }
      waitPaused()
    } else {
      commands.trainingGoesOn()
      let hasStepped = try takeStep()
      questions.advance()
      endIfLate()
      guard hasStepped else { return }
      saveIfDue()
      keepPace()
    }
  }

  // MARK: - Steps

  /// Takes a step; false where its rows are not there yet and something else is to be done.
  ///
  /// `keepsWatched` is what several ranks have agreed on: they do nothing else then; nil: one process looks
  /// for itself.
  func takeStep(keepsWatched: Bool? = nil) throws -> Bool {
    let start = ContinuousClock.now
    followTasks()
    if course.beginIfDue() { trainer.epoch = course.epoch - 1 }
    let waitedBefore = course.waited
    guard let batch = try course.batch(unless: { keepsWatched == nil && hasOtherWork }) else {
      waitedForRows += ContinuousClock.now - start
      waits.add(course.waited - waitedBefore, of: ContinuousClock.now - start)
      return false
    }
    let waited = course.waited - waitedBefore
    _ = run.monitor.updateViews()
    let isSnapshotDue = run.monitor.isSnapshotDue
    subject.inspector.lookAtGradients(
      batch, rate: rate, views: run.monitor.views, isIdle: false)
    trainer.keepsWatched = keepsWatched ?? (isSnapshotDue && run.monitor.views.gates)
    let rate = rate
    guard trainer.step(batch, rate: rate) else {
      try stepFailed()
      return true
    }
    losses.stepTaken()
    let duration = stepTook(ContinuousClock.now - start, waiting: waited, rows: batch.rows)
    subject.stepShadow(batch, rate: rate, seconds: duration.seconds)
    course.stepTaken()
    lottery?.stepTaken()
    for sentence in losses.newRunaways(lottery?.step.capped) { subject.notice(sentence) }
    commands.stepTaken()
    saving?.stepTaken(trainer.step)
    if isSnapshotDue {
      if trainer.keepsWatched { subject.inspector.readGates(rows: batch.rows) }
      publish(commands.phase)
    }
    endStep()
    return true
  }

  /// Notes how long a step took; returns that with what was waited for its rows before.
  private func stepTook(_ own: Duration, waiting waited: Duration, rows: Int) -> Duration {
    waits.add(waited, of: own)
    let duration = waitedForRows + own
    waitedForRows = .zero
    run.monitor.stepTaken(examples: rows, duration: duration)
    ranks?.stepTaken(duration)
    for sentence in ranks?.takeNews() ?? [] { subject.notice(sentence) }
    return duration
  }

  /// Pauses where a loss is no number.
  ///
  /// - Throws: ``RankError`` where the other ranks are lost.
  private func stepFailed() throws {
    try checkRanks()
    diverged()
  }

  /// Whether something is to be done that does not wait for rows.
  private var hasOtherWork: Bool {
    run.session.inbox.count > 0 || run.session.isClosed || !questions.isEmpty || isLate
  }

  /// Whether the run's time is over, which begins anew where the run goes on.
  var isLate: Bool {
    run.configuration.timeLimitSeconds.map { elapsed - elapsedBefore >= $0 } ?? false
  }

  private func endIfLate() {
    if commands.endReason == nil, isLate { commands.endReason = .timeLimit }
  }

  /// The rate of the next step.
  var rate: Double { course.rate(step: trainer.step) * commands.state.rateFactor }

  /// Evaluates where it is due and ends the epoch, perhaps the run.
  private func endStep() {
    guard course.endIfComplete() else {
      guard course.isEvaluationDue(step: trainer.step) else { return }
      if trainer.isFinite { evaluate() } else { diverged() }
      return
    }
    guard trainer.isFinite else { return diverged() }
    let evaluation = evaluate()
    subject.tell(
      .epochEnded(
        epoch: course.epoch, step: trainer.step, examplesPerSecond: run.monitor.epochEnded()))
    subject.endShadowEpoch(isScored: evaluation != nil)
    if let lottery, !lottery.isJoint {
      if lottery.epochEnded(evaluation?.rankings ?? [], mean: evaluation?.score) { phaseBegan() }
      return
    }
    _ = lottery?.epochEnded([])
    if scores.epochEnded(), !run.past.passedEnds.contains(trainer.step) {
      commands.endReason = .earlyStopping
    }
    if course.isLast { commands.endReason = .epochs }
  }

  /// Scores the validation rows; nil without rows.
  @discardableResult func evaluate() -> Evaluation? {
    guard scores.hasValidation else { return nil }
    followTasks()
    publish(.evaluating)
    let evaluation = scores.scoreValidation(at: course.position)
    subject.scoreShadow(beside: evaluation)
    return evaluation
  }

  /// Pauses where a loss, or a number of the model behind the newest step, is no finite number.
  private func diverged() {
    trainer.bringRowsHome(scores.forEachCopy)
    sayDivergence()
    trainer.keepOwnRows(scores.forEachCopy)
    commands.pause("a loss is not a number")
  }

  private func sayDivergence() { subject.tell(.diverged(losses.divergence())) }

  // MARK: - The end

  /// Says that the run ended where rank 0 has all rows of its tables, and scores it.
  private func finishElsewhere(_ reason: RunSummary.Reason) {
    publish(.finished)
    run.tellEnd(
      RunSummary(
        reason: reason, step: trainer.step, bestStep: trainer.step, test: nil,
        examplesPerSecond: 0, seconds: elapsed, parameterCount: description.parameterCount,
        fingerprint: ""))
  }

  /// Goes back to the kept step, scores the test rows with its numbers, and says that the run ended.
  private func finish(_ reason: RunSummary.Reason) {
    if scores.keeper.isUnscored(trainer.step), trainer.store.isFinite { evaluate() }
    let kept = scores.scoreKept(at: course.position)
    run.noticeUnreached(at: trainer.step)
    questions.noticeUnanswered()
    if let words = waits.words { subject.sayOnce(words) }
    if let words = ranks?.words { subject.notice(words) }
    // Whoever hears of the end finds the last numbers already there.
    publish(.finished)
    var summary = RunSummary(
      reason: reason, step: trainer.step, bestStep: kept.step, test: kept.test,
      examplesPerSecond: Double(run.monitor.trained.examples)
        / max(1e-9, run.monitor.trained.seconds),
      seconds: elapsed,
      parameterCount: description.parameterCount,
      fingerprint: hexadecimal(trainer.store.fingerprint), gateOverlap: scores.gateOverlap())
    summary.validation = kept.validation
    summary.taskBests = scores.keeper.taskBests
    summary.waitingShare = waits.share
    saving?.finish()
    run.tellEnd(summary)
  }
}
