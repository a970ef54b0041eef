import Runs

// MARK: - What changes on the way

extension TrainingLoop {
  /// Follows a change of the tasks that are on, once something is done with them: what is taken back
  /// before that has changed nothing.
  func followTasks() {
    guard trainer.isOn != wasOn else { return }
    scores.tasksChanged(from: wasOn, to: trainer.isOn)
    wasOn = trainer.isOn
    if lottery?.tasksChanged() == true { phaseBegan() }
    for remark in lottery?.takeRemarks() ?? [] { subject.sayOnce(remark) }
    scores.sayWhatIsUndefined()
  }

  /// Begins anew what belongs to a phase of a search: which step is best, the pace of epochs, smoothed
  /// losses.
  func phaseBegan() {
    scores.restart()
    course.phaseBegan(
      isJoint: lottery?.isJoint == true, step: trainer.step, epochs: lottery?.epochsOfStage)
    losses.restart()
    announcePhase()
  }

  /// Says in which phase of a search the run is; nothing without a search.
  func announcePhase(isNew: Bool = true) {
    guard let lottery else { return }
    let event = Event.phaseBegan(lottery.phase, step: trainer.step)
    // A run that goes on within a phase has kept its beginning.
    guard isNew else { return run.session.events.append(event) }
    subject.inspector.masksChanged()
    subject.tell(event)
  }
}
