import Objectives
import Runs
import Tensors

/// What a person does with a run: commands carried out between steps, each acknowledged with the
/// step at which it took effect.
final class RunCommands {
  private let subject: TrainedRun
  private let questions: RunQuestions
  private let scores: RunScores
  /// What a person has set and may undo.
  private(set) var state: SessionState
  var pacing: Pacing
  /// Why the run is to end; nil: it goes on.
  var endReason: RunSummary.Reason?
  private(set) var pauseReason: String
  /// Whether a person's command paused it, rather than the end of some steps.
  private(set) var isPausedByPerson = false
  /// Whether this process answers questions: of several ranks one does.
  private let isFirstRank: Bool

  init(_ subject: TrainedRun, questions: RunQuestions, scores: RunScores) {
    self.subject = subject
    self.questions = questions
    self.scores = scores
    isFirstRank = subject.trainer.exchange?.share.rank ?? 0 == 0
    let configuration = subject.run.configuration
    let tasks = subject.dataset.tasks
    state = SessionState(
      tasks: tasks.map(\.name), weights: tasks.map(\.weight), dials: subject.trainer.dials,
      balancer: configuration.balancer,
      balancing: BalancingContext(subject.trainer, model: configuration.model),
      isPaused: configuration.startsPaused)
    pacing = Pacing(configuration.stepsPerSecondLimit)
    pauseReason = configuration.startsPaused ? "at the start" : "by you"
  }

  private var trainer: Trainer { subject.trainer }
  private var run: TrainingRun { subject.run }

  /// Where a run stands that is neither scored nor at its end.
  var phase: Snapshot.Phase { state.isPaused ? .paused(pauseReason) : .running }

  /// Notes that training goes on: the next pause is a person's.
  func trainingGoesOn() {
    pauseReason = "by you"
    isPausedByPerson = false
  }

  /// Pauses without a person's command.
  func pause(_ reason: String) {
    state.pause()
    pauseReason = reason
  }

  /// Notes that a step was taken.
  func stepTaken() { state.stepTaken() }

  /// Carries out what is due by the schedule, then what has come; `evaluate` scores the validation
  /// rows, `publish` shows the newest numbers; true if there was anything.
  func answer(evaluate: () -> Void, publish: () -> Void) -> Bool {
    var hasAnswered = answerSchedule(evaluate: evaluate, publish: publish)
    for ticket in run.session.inbox.drain() {
      answer(ticket, evaluate: evaluate, publish: publish)
      hasAnswered = true
    }
    return hasAnswered
  }

  /// Carries out what is due by the schedule; true if there was anything.
  func answerSchedule(evaluate: () -> Void, publish: () -> Void) -> Bool {
    guard run.hasScheduledCommand(at: trainer.step) else { return false }
    for command in run.scheduledCommands(at: trainer.step) {
      answer(command, id: 0, evaluate: evaluate, publish: publish)
    }
    return true
  }

  /// Carries out what has come.
  func answer(_ ticket: CommandTicket, evaluate: () -> Void, publish: () -> Void) {
    answer(ticket.command, id: ticket.id, evaluate: evaluate, publish: publish)
  }

  private func answer(
    _ command: Command, id: UInt64, evaluate: () -> Void, publish: () -> Void
  ) {
    if command.looksAtWholeTables, !trainer.hasAllRows {
      return acknowledge(command, id: id, effect: command, .refused(Self.rowsElsewhere))
    }
    var next = state
    let answer = next.handle(command)
    // What is undone or done again may be a balancer of before.
    if !trainer.hasAllRows, answer.actions.contains(where: \.changesBalancer) {
      return acknowledge(command, id: id, effect: command, .refused(Self.rowsElsewhere))
    }
    state = next
    if command == .pause { isPausedByPerson = true }
    var outcome = Acknowledgement.Outcome.applied
    for action in answer.actions where isFirstRank || !action.isOfOneRank {
      carryOut(action, evaluate, &outcome)
    }
    // Whoever hears of a change finds it in the newest numbers already.
    if answer.effect.isChange { publish() }
    acknowledge(command, id: id, effect: answer.effect, outcome)
  }

  /// Changes the outcome where an action has one of its own.
  private func carryOut(
    _ action: SessionState.Action, _ evaluate: () -> Void, _ outcome: inout Acknowledgement.Outcome
  ) {
    switch action {
    case .setTask(let task, let isOn): setTask(task, isOn: isOn)
    case .setWeight(let task, let weight): trainer.weights[task] = Float(weight)
    case .setRateFactor: break
    case .setPace(let pace): pacing.set(pace)
    case .setDial(let dial, let value): trainer.setDial(dial, to: value)
    case .setBalancer(let balancer): outcome = set(balancer)
    case .knockOut(let expert): outcome = questions.scoreWithout(expert)
    case .knockOutAll(let meanwhile): outcome = questions.scoreWithoutEach(meanwhile)
    case .thinMask(let task, let share): outcome = questions.scoreThinned(task, share: share)
    case .shadow(let task): outcome = subject.beginShadow(without: task)
    case .shadowUnder(let balancer):
      outcome = subject.beginShadow(under: balancer, for: state.balancing.tasks)
    case .dropShadow: outcome = subject.dropShadow()
    case .cancel: outcome = questions.cancel()
    case .evaluate: evaluate()
    case .stop: endReason = .stopped
    case .refuse(let reason): outcome = .refused(reason)
    }
  }

  private static var rowsElsewhere: String {
    "each rank keeps rows of its own of the tables (--table-rows owned): ask when training has ended"
  }

  private func set(_ balancer: BalancerSetting) -> Acknowledgement.Outcome {
    do throws(BalancerError) {
      try trainer.balance(by: balancer, for: state.balancing.tasks)
      trainer.prepareStep()
      subject.balanceShadow(by: balancer, for: state.balancing.tasks)
      return .applied
    } catch {
      return .refused(error.sentence)
    }
  }

  private func setTask(_ task: Int, isOn: Bool) {
    guard trainer.isOn[task] != isOn else { return }
    trainer.isOn[task] = isOn
    trainer.prepareStep()
  }

  private func acknowledge(
    _ command: Command, id: UInt64, effect: Command, _ outcome: Acknowledgement.Outcome
  ) {
    subject.tell(
      .acknowledged(
        Acknowledgement(
          id: id, command: command, effect: effect, step: trainer.step, outcome: outcome)))
  }

  /// After the end, answers questions with the parameters that were kept; whatever would change them
  /// is refused.
  func answerAfterEnd(at epoch: Double) {
    for ticket in run.session.inbox.drain() {
      let command = ticket.command
      let outcome: Acknowledgement.Outcome =
        switch command {
        case .knockOut(let expert): questions.scoreWithout(expert)
        case .knockOutAll(let meanwhile): questions.scoreWithoutEach(meanwhile)
        case .thinMask(let task, let share): questions.scoreThinned(task, share: share)
        case .cancel: questions.cancel()
        case .evaluate: scores.scoreAfterEnd(at: epoch)
        default: .refused("the run has ended")
        }
      acknowledge(command, id: ticket.id, effect: command, outcome)
    }
  }
}

extension Command {
  /// Whether it asks for something that needs all rows of all tables.
  fileprivate var looksAtWholeTables: Bool {
    switch self {
    case .setBalancer, .knockOut, .knockOutAll, .thinMask, .shadow, .shadowUnder: true
    case .together(let changes): changes.contains(where: \.looksAtWholeTables)
    default: false
    }
  }
}

// MARK: - Saving

extension RunCommands {
  /// Visits what was set, and the pace; a run that is put back goes on unless it is to start paused.
  ///
  /// How the tasks are balanced is put back first: what the balancer remembers is the trainer's.
  func visit(_ archive: inout Archive) throws(ArchiveError) {
    try state.visit(&archive)
    try pacing.visit(&archive)
    var reason = endReason?.rawValue ?? ""
    try archive.text("end", &reason)
    guard archive.isLoading else { return }
    if !reason.isEmpty {
      guard let known = RunSummary.Reason(rawValue: reason) else {
        throw .content("end", "'\(reason)' is no reason to end")
      }
      endReason = known
    }
    if let error = state.balancing.error(state.balancer) {
      throw .content("balancer", error.sentence)
    }
    do throws(BalancerError) {
      try trainer.balance(by: state.balancer, for: state.balancing.tasks)
    } catch {
      throw .content("balancer", error.sentence)
    }
    trainer.isOn = state.isOn
  }

  /// Goes on, or waits for a person, whatever was when the run was saved.
  func resume(isPaused: Bool) {
    _ = state.handle(isPaused ? .pause : .resume)
    pauseReason = isPaused ? "at the start" : "by you"
  }
}
