import Foundation
import Graph
import Runs

// MARK: - Between steps

extension TrainingLoop {
  /// Waits until the next step is due, or a command comes, where the run is to be slow enough to
  /// watch.
  func keepPace() {
    guard let due = commands.pacing.stepEnded() else { return }
    wait(.running, until: due)
  }

  /// Sleeps until a command or another wish comes; says where it stands once.
  func waitPaused() {
    publish(commands.phase)
    wait(commands.phase, until: nil)
    run.monitor.interrupted()
  }

  /// Waits for a command, and answers questions and wishes of screens meanwhile.
  private func wait(_ phase: Snapshot.Phase, until due: ContinuousClock.Instant?) {
    while due.map({ ContinuousClock.now < $0 }) ?? true, run.session.inbox.count == 0,
      !run.session.isClosed
    {
      guard questions.isEmpty else {
        questions.advance()
        if questions.isEmpty || run.monitor.isSnapshotDue { publish(phase) }
        continue
      }
      run.session.inbox.wait(
        seconds: due.map { ($0 - ContinuousClock.now).seconds } ?? (lacksRows ? 0.05 : 1))
      // A screen that is changed at a slow pace sees its views before the next step.
      if run.monitor.updateViews() || (lacksRows && phase.isIdle) { publish(phase) }
    }
  }

  /// Answers a question that training waits for, until it is answered or a command comes.
  func waitForAnswers() {
    // A run that is paused stays so whatever is asked.
    let phase = commands.state.isPaused ? commands.phase : .evaluating
    publish(phase)
    while questions.holdsTraining, run.session.inbox.count == 0, !run.session.isClosed {
      questions.advance()
      if run.monitor.isSnapshotDue { publish(phase) }
    }
    run.monitor.interrupted()
  }

  /// After the end: questions and views are still answered, changes are not.
  func waitFinished() {
    if questions.isEmpty {
      run.session.inbox.wait(seconds: 1)
    } else {
      questions.advance()
      if questions.isEmpty || run.monitor.isSnapshotDue { publish(.finished) }
    }
    commands.answerAfterEnd(at: course.position)
    // What could not be kept of the end is kept when it can be.
    if run.retrySaving(at: trainer.step) { publish(.finished) }
    if run.monitor.updateViews() { publish(.finished) }
  }
}

// MARK: - The newest numbers

extension TrainingLoop {
  /// Publishes the numbers of now, with the views that a screen wants.
  func publish(_ phase: Snapshot.Phase) {
    _ = run.monitor.updateViews()
    var snapshot = Snapshot()
    snapshot.phase = phase
    snapshot.step = trainer.step
    snapshot.totalSteps = description.stepsPerEpoch * description.epochs
    snapshot.epoch = course.epoch
    snapshot.trainingSeconds = run.monitor.trained.seconds
    snapshot.stepsPerSecond = run.monitor.rate.stepsPerSecond
    snapshot.examplesPerSecond = run.monitor.rate.examplesPerSecond
    snapshot.learningRate = rate
    snapshot.learningRateFactor = commands.state.rateFactor
    snapshot.tasks = trainer.tasks.indices.map(taskSnapshot)
    snapshot.trainingPhase = subject.lottery?.phase
    snapshot.dials = trainer.dialValues
    snapshot.pendingCommands = run.session.inbox.count
    snapshot.shadow = subject.shadow?.snapshot
    snapshot.saving = saving?.snapshot
    snapshot.ranks = ranks?.snapshot
    questions.askForOrder()
    questions.askForExplanation(isIdle: phase.isIdle)
    snapshot.question = questions.progress
    lacksRows = false
    if phase.isIdle {
      subject.inspector.lookAtGradients(
        nextRows(), rate: rate, views: run.monitor.views, isIdle: true)
    }
    subject.inspector.fill(
      &snapshot, views: run.monitor.views, isIdle: phase.isIdle, isSorting: questions.isSorting)
    run.monitor.publish(snapshot)
  }

  /// The rows of the next step for an idle look, which waits for nothing: it is looked again.
  private func nextRows() -> Batch? {
    let batch = course.nextBatch()
    lacksRows = batch == nil && !course.isBetweenEpochs
    return batch
  }

  private func taskSnapshot(_ task: Int) -> TaskSnapshot {
    let newest = scores.keeper.newest
    return TaskSnapshot(
      name: trainer.tasks[task].name, isOn: commands.state.isOn[task],
      weight: commands.state.weights[task],
      loss: trainer.sums[task].rows == 0 ? .nan : trainer.loss(of: task),
      smoothedLoss: losses.smoothed(task), rows: Int(trainer.sums[task].rows),
      calibration: newest?.tasks[task]["predicted_over_observed"] ?? .nan,
      calibrationStep: newest?.step)
  }
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
