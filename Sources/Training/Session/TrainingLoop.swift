import Datasets
import Foundation
import Graph
import Models
import Runs
import Tensors

/// The loop over steps of a model that is trained by gradients.
final class TrainingLoop {
  let description: RunDescription
  let dataset: Dataset
  let trainer: Trainer
  let run: TrainingRun
  var state: SessionState
  var inspector: Inspector
  let lottery: Lottery?
  /// What is asked and not answered yet.
  var questions = QuestionQueue()
  var keeper: ScoreKeeper
  /// Sentences about scores that a person was told.
  var said: Set<String> = []
  private let shuffle: EpochShuffle
  private let bins: LossBins
  private var losses: LossWatch
  private var epoch = 0
  private(set) var epochsEnded = 0
  /// Tasks whose runaway a person was told of.
  private var noticed: Set<Int> = []
  /// Tasks whose answers are the same for all rows.
  var constant = ConstantAnswers()
  /// The step at which the optimiser began, anew where a lottery goes back to earlier numbers.
  private var optimizerFrom = 0
  /// Epochs that had ended when joint training began.
  private var jointFrom = 0
  private(set) var stepInEpoch = 0
  /// The tasks that were on when the newest step or evaluation began.
  private var wasOn: [Bool]
  private var divergedAt: Int?
  private var endReason: RunSummary.Reason?
  private var pauseReason = "by you"
  let began = ContinuousClock.now
  private var nextStep = ContinuousClock.now
  private var stepsPerSecondLimit: Double?

  init(_ run: TrainingRun, entry: ModelEntry, dataset: Dataset, trainer: Trainer) {
    self.run = run
    self.dataset = dataset
    self.trainer = trainer
    var description = run.describe(
      entry, dataset, parameterCount: trainer.store.parameterCount)
    description.dials = trainer.dials
    description.subjects = trainer.subjects
    description.addModel(of: trainer, run.configuration)
    lottery = Lottery(
      trainer, tasks: dataset.tasks.map(\.name), epochs: run.configuration.epochs)
    if let lottery { description.epochs = lottery.epochs }
    inspector = Inspector(dataset: dataset, trainer: trainer, lottery: lottery)
    description.experts = inspector.directory.experts
    self.description = description
    state = SessionState(
      tasks: dataset.tasks.map(\.name), weights: dataset.tasks.map(\.weight),
      dials: trainer.dials, isPaused: run.configuration.startsPaused)
    shuffle = EpochShuffle(count: dataset.training.count, seed: run.configuration.seed)
    bins = run.session.openBins(tasks: dataset.tasks.count)
    losses = LossWatch(tasks: dataset.tasks.count)
    keeper = ScoreKeeper(run.configuration.keep, store: trainer.store)
    wasOn = trainer.isOn
    stepsPerSecondLimit = run.configuration.stepsPerSecondLimit
  }

  /// Runs until the end, then answers questions until the session is closed.
  func start() {
    if state.isPaused { pauseReason = "at the start" }
    sayWhatIsUndefined()
    announcePhase()
    publish(state.isPaused ? .paused(pauseReason) : .running)
    while endReason == nil, !run.session.isClosed {
      answerCommands()
      guard endReason == nil else { break }
      if questions.holdsTraining {
        waitForAnswers()
      } else if state.isPaused {
        waitPaused()
      } else {
        pauseReason = "by you"
        takeStep()
        advanceQuestions()
        keepPace()
      }
    }
    guard !run.session.isClosed else { return }
    if divergedAt != trainer.step, !trainer.store.isFinite { sayDivergence() }
    finish(endReason ?? .stopped)
    while !run.session.isClosed { waitFinished() }
  }

  // MARK: - Commands

  private func answerCommands() {
    if run.hasScheduledCommand(at: trainer.step) {
      for command in run.scheduledCommands(at: trainer.step) { answer(command, id: 0) }
    }
    for ticket in run.session.inbox.drain() { answer(ticket.command, id: ticket.id) }
  }

  private func answer(_ command: Command, id: UInt64) {
    let answer = state.handle(command)
    var outcome = Acknowledgement.Outcome.applied
    for action in answer.actions {
      switch action {
      case .setTask(let task, let isOn): setTask(task, isOn: isOn)
      case .setWeight(let task, let weight): trainer.weights[task] = Float(weight)
      case .setRateFactor: break
      case .setPace(let pace): setPace(pace)
      case .setDial(let dial, let value): trainer.setDial(dial, to: value)
      case .knockOut(let expert): outcome = scoreWithout(expert)
      case .knockOutAll(let meanwhile): outcome = scoreWithoutEach(meanwhile)
      case .thinMask(let task, let share): outcome = scoreThinned(task, share: share)
      case .cancel: outcome = cancelQuestions()
      case .evaluate: evaluateValidation()
      case .stop: endReason = .stopped
      case .refuse(let reason): outcome = .refused(reason)
      }
    }
    // Whoever hears of a change finds it in the newest numbers already.
    if answer.effect.isChange { publish(state.isPaused ? .paused(pauseReason) : .running) }
    run.session.events.append(
      .acknowledged(
        Acknowledgement(
          id: id, command: command, effect: answer.effect, step: trainer.step, outcome: outcome)))
  }

  private func setTask(_ task: Int, isOn: Bool) {
    guard trainer.isOn[task] != isOn else { return }
    trainer.isOn[task] = isOn
    // Compiles the plan now, so that the next step is not the slow one.
    _ = trainer.trainingExecutor()
  }

  /// Follows a change of the tasks that are on, once something is done with them: what is taken back
  /// before that has changed nothing.
  func followTasks() {
    guard trainer.isOn != wasOn else { return }
    keeper.tasksChanged(from: wasOn, to: trainer.isOn)
    wasOn = trainer.isOn
    if lottery?.tasksChanged() == true { phaseBegan() }
    for remark in lottery?.takeRemarks() ?? [] { say(remark) }
    sayWhatIsUndefined()
  }

  // MARK: - Steps

  private func takeStep() {
    let start = ContinuousClock.now
    followTasks()
    // A step that is tried again after its loss was no number does not begin another epoch.
    if epoch == epochsEnded { beginEpoch() }
    let first = stepInEpoch * run.configuration.batchSize
    let rows = min(run.configuration.batchSize, dataset.training.count - first)
    let batch = dataset.training.batch(
      of: UnsafePointer(shuffle.order.base + first), rows: rows)
    _ = run.monitor.updateViews()
    let isSnapshotDue = run.monitor.isSnapshotDue
    trainer.keepsWatched = isSnapshotDue && run.monitor.views.gates
    guard trainer.step(batch, rate: rate) else { return diverged() }
    recordLosses()
    run.monitor.stepTaken(examples: rows, duration: .now - start)
    stepInEpoch += 1
    lottery?.stepTaken()
    noticeRunaway()
    state.stepTaken()
    if isSnapshotDue {
      if trainer.keepsWatched { inspector.readGates(rows: rows) }
      publish(state.isPaused ? .paused("by you") : .running)
    }
    endStep()
  }

  /// The rate of the next step.
  private var rate: Double {
    run.configuration.rate(at: trainer.step - optimizerFrom) * state.rateFactor
  }

  private func recordLosses() {
    for task in dataset.tasks.indices where trainer.hasTrained[task] {
      let loss = trainer.loss(of: task)
      bins.add(Float(loss), task: task, step: trainer.step - 1)
      losses.add(loss, task: task)
    }
  }

  private func beginEpoch() {
    epoch += 1
    trainer.epoch = epoch - 1
    shuffle.shuffle(epoch: epoch)
  }

  /// Evaluates where it is due and ends the epoch, perhaps the run.
  private func endStep() {
    if stepInEpoch < description.stepsPerEpoch {
      if let interval = run.configuration.evaluationInterval, trainer.step % interval == 0 {
        if trainer.store.isFinite { evaluateValidation() } else { diverged() }
      }
      return
    }
    stepInEpoch = 0
    epochsEnded = epoch
    guard trainer.store.isFinite else { return diverged() }
    let evaluation = evaluateValidation()
    run.session.events.append(
      .epochEnded(
        epoch: epoch, step: trainer.step, examplesPerSecond: run.monitor.epochEnded()))
    if let lottery, !lottery.isJoint {
      if lottery.epochEnded(evaluation?.rankings ?? [], mean: evaluation?.score) { phaseBegan() }
      return
    }
    _ = lottery?.epochEnded([])
    if keeper.epochEnded(patience: run.configuration.patience) { endReason = .earlyStopping }
    if epoch >= lastEpoch { endReason = .epochs }
  }

  /// The last epoch: of the run, or of joint training after the searches that were made.
  private var lastEpoch: Int {
    lottery == nil ? run.configuration.epochs : jointFrom + run.configuration.epochs
  }

  private func phaseBegan() {
    keeper.restart()
    optimizerFrom = trainer.step
    if lottery?.isJoint == true { jointFrom = epochsEnded }
    losses = LossWatch(tasks: dataset.tasks.count)
    announcePhase()
  }

  /// Says once of each task that its negative loss has reached the cap.
  private func noticeRunaway() {
    guard let capped = lottery?.step.capped, capped.count > noticed.count else { return }
    for task in capped.subtracting(noticed).sorted() {
      run.session.events.append(
        .noticed(
          "the negative loss of \(dataset.tasks[task].name) has run away to the cap; "
            + "the contrast no longer drives it, a smaller lambda or form=logistic would hold it",
          step: trainer.step))
    }
    noticed = capped
  }

  private func announcePhase() {
    guard let lottery else { return }
    inspector.masksChanged()
    run.session.events.append(.phaseBegan(lottery.phase, step: trainer.step))
  }

  /// Pauses where a loss, or a number of the model behind the newest step, is no finite number.
  private func diverged() {
    sayDivergence()
    state.pause()
    pauseReason = "a loss is not a number"
  }

  private func sayDivergence() {
    divergedAt = trainer.step
    let task = losses.culprit(among: dataset.tasks.indices.filter(trainer.isActive)) {
      trainer.loss(of: $0)
    }
    bins.add(Float(trainer.loss(of: task)), task: task, step: trainer.step)
    let largest = trainer.store.largest(of: task).map {
      Divergence.LargestParameter(path: $0.path, magnitude: Double($0.magnitude))
    }
    run.session.events.append(
      .diverged(
        Divergence(
          task: dataset.tasks[task].name, step: trainer.step,
          parameter: trainer.store.firstNotFinite, loss: trainer.loss(of: task),
          largest: largest)))
  }

  // MARK: - Waiting

  /// Changes how many steps a second are taken at most; what the old pace put off is not waited for.
  private func setPace(_ pace: Double) {
    stepsPerSecondLimit = pace > 0 ? pace : nil
    nextStep = .now
  }

  /// Waits until the next step is due, or a command comes, where the run is to be slow enough to
  /// watch.
  private func keepPace() {
    guard let limit = stepsPerSecondLimit else { return }
    let now = ContinuousClock.now
    nextStep = max(nextStep + .seconds(1 / limit), now - .milliseconds(100))
    while ContinuousClock.now < nextStep, run.session.inbox.count == 0, !run.session.isClosed {
      guard questions.isEmpty else {
        advanceQuestions()
        if questions.isEmpty || run.monitor.isSnapshotDue { publish(.running) }
        continue
      }
      run.session.inbox.wait(seconds: (nextStep - ContinuousClock.now).seconds)
      // A screen that is changed at a slow pace sees its views before the next step.
      if run.monitor.updateViews() { publish(.running) }
    }
  }

  /// Sleeps until a command or another wish comes; says where it stands once.
  private func waitPaused() {
    publish(.paused(pauseReason))
    while run.session.inbox.count == 0, !run.session.isClosed {
      guard questions.isEmpty else {
        advanceQuestions()
        if questions.isEmpty || run.monitor.isSnapshotDue { publish(.paused(pauseReason)) }
        continue
      }
      run.session.inbox.wait(seconds: 1)
      if run.monitor.updateViews() { publish(.paused(pauseReason)) }
    }
    run.monitor.restartWindow()
  }

  /// Answers a question that training waits for, until it is answered or a command comes.
  private func waitForAnswers() {
    publish(.evaluating)
    while questions.holdsTraining, run.session.inbox.count == 0, !run.session.isClosed {
      advanceQuestions()
      if run.monitor.isSnapshotDue { publish(.evaluating) }
    }
    run.monitor.restartWindow()
  }

  /// After the end: questions and views are still answered, changes are not.
  private func waitFinished() {
    if questions.isEmpty {
      run.session.inbox.wait(seconds: 1)
    } else {
      advanceQuestions()
      if questions.isEmpty || run.monitor.isSnapshotDue { publish(.finished) }
    }
    for ticket in run.session.inbox.drain() {
      run.session.events.append(
        .acknowledged(
          Acknowledgement(
            id: ticket.id, command: ticket.command, effect: ticket.command, step: trainer.step,
            outcome: answerAfterEnd(ticket.command))))
    }
    if run.monitor.updateViews() { publish(.finished) }
  }

  /// Publishes the numbers of now, with the views that a screen wants.
  func publish(_ phase: Snapshot.Phase) {
    _ = run.monitor.updateViews()
    var snapshot = Snapshot()
    snapshot.phase = phase
    snapshot.step = trainer.step
    snapshot.totalSteps = description.stepsPerEpoch * description.epochs
    snapshot.epoch = epoch
    snapshot.trainingSeconds = run.monitor.trained.seconds
    snapshot.stepsPerSecond = run.monitor.stepsPerSecond
    snapshot.examplesPerSecond = run.monitor.examplesPerSecond
    snapshot.learningRate = rate
    snapshot.learningRateFactor = state.rateFactor
    snapshot.tasks = dataset.tasks.indices.map(taskSnapshot)
    snapshot.trainingPhase = lottery?.phase
    snapshot.dials = trainer.dialValues
    snapshot.pendingCommands = run.session.inbox.count
    askForOrder()
    snapshot.question = questions.progress
    inspector.fill(
      &snapshot, views: run.monitor.views, isIdle: phase.isIdle,
      isSorting: questions.contains { !$0.isCommanded })
    run.monitor.publish(snapshot)
  }

  private func taskSnapshot(_ task: Int) -> TaskSnapshot {
    let scores = keeper.newest?.tasks[task]
    return TaskSnapshot(
      name: dataset.tasks[task].name, isOn: state.isOn[task], weight: state.weights[task],
      loss: trainer.step == 0 ? .nan : trainer.loss(of: task),
      smoothedLoss: losses.smoothed(task), rows: Int(trainer.sums[task].rows),
      calibration: scores?["predicted_over_observed"] ?? .nan,
      calibrationStep: keeper.newest?.step)
  }
}

/// 16 digits.
func hexadecimal(_ number: UInt64) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

extension Snapshot.Phase {
  /// Whether nothing is done that a costly view would hold up; scoring is a part of training.
  fileprivate var isIdle: Bool {
    switch self {
    case .paused, .finished: true
    case .loading, .running, .evaluating: false
    }
  }
}
