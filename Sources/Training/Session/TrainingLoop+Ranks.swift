import Runs

// MARK: - Several ranks

extension TrainingLoop {
  /// Does what rank 0 has decided: carries out commands, takes a step, or waits for it to decide again.
  ///
  /// What is to be saved behind a step is saved when the next turn begins, by all ranks. A turn with
  /// commands takes no step: what they ask may be what training waits for. While rank 0 waits,
  /// answers questions or looks at gradients the others wait for its next decision.
  func turn(with ranks: RankAgendas) throws {
    if commands.answerSchedule(evaluate: { evaluate() }, publish: { publish(commands.phase) }) {
      saving?.changed()
    }
    guard commands.endReason == nil else { return }
    let agenda = try ranks.agree(at: trainer.step) { decide() }
    if agenda.saves { try withAllRows { try save(with: ranks) } }
    try checkRanks()
    guard !agenda.closes else {
      ranks.isClosed = true
      return run.session.beginClosing()
    }
    guard !agenda.isLate else { return commands.endReason = .timeLimit }
    for ticket in agenda.tickets {
      commands.answer(ticket, evaluate: { evaluate() }, publish: { publish(commands.phase) })
    }
    if !agenda.tickets.isEmpty { saving?.changed() }
    if agenda.takesStep {
      commands.trainingGoesOn()
      _ = try takeStep(keepsWatched: agenda.keepsWatched)
      // What a step of which scores are missing has come to is not kept.
      try checkRanks()
      questions.advance()
      if ranks.isFirst { keepPace() }
    } else if ranks.isFirst, agenda.tickets.isEmpty {
      waitAlone()
    }
  }

  /// Looks whether the other ranks were lost in a step, or while rows were scored together.
  ///
  /// - Throws: ``RankError`` if they were.
  func checkRanks() throws {
    if let error = trainer.rankError { throw error }
  }

  /// What this rank decides for all.
  private func decide() -> Agenda {
    var agenda = Agenda()
    agenda.closes = run.session.isClosed
    agenda.isLate = isLate
    // Behind the end the run is saved in any case.
    agenda.saves =
      !agenda.closes && !agenda.isLate
      && (isSavingDue || (!trainer.hasAllRows && isPauseUnsaved))
    agenda.tickets = run.session.inbox.drain()
    agenda.takesStep =
      agenda.tickets.isEmpty && !commands.state.isPaused && !questions.holdsTraining
    _ = run.monitor.updateViews()
    agenda.keepsWatched = run.monitor.isSnapshotDue && run.monitor.views.gates
    return agenda
  }

  /// Whether a person has paused a run that has changed since it was saved.
  private var isPauseUnsaved: Bool {
    commands.isPausedByPerson && commands.state.isPaused && saving?.isNeeded == true
  }

  /// Does something for which rank 0 has all rows of all tables, with all ranks together.
  ///
  /// - Throws: what they are lost by, before anything is done with a part of the rows.
  func withAllRows(_ body: () throws -> Void) throws {
    trainer.bringRowsHome(scores.forEachCopy)
    try checkRanks()
    try body()
    trainer.keepOwnRows(scores.forEachCopy)
  }

  private func waitAlone() {
    if questions.holdsTraining {
      waitForAnswers()
    } else {
      if commands.isPausedByPerson, trainer.hasAllRows { save(waits: true) }
      if commands.isPausedByPerson, !trainer.hasAllRows, let saving {
        saving.settle()
        for notice in saving.recorder.takeNotices() { subject.notice(notice) }
      }
      waitPaused()
    }
  }
}
