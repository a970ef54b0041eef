import Ranks
import Runs
import Store
import Tensors

// MARK: - The state of a run

extension TrainingLoop {
  /// Visits everything that the next steps follow from besides configuration and data, and what a person
  /// was told already.
  ///
  /// Commands come first: what the trainer remembers depends on how its tasks are balanced.
  func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.part("commands") { archive throws(ArchiveError) in
      try commands.visit(&archive)
      try run.visitSchedule(&archive)
    }
    try archive.part("trainer") { archive throws(ArchiveError) in
      try trainer.visit(&archive)
    }
    try archive.part("lottery") { archive throws(ArchiveError) in
      try subject.lottery?.visit(&archive)
    }
    try archive.part("course") { archive throws(ArchiveError) in
      try course.visit(&archive)
      try archive.flags("was-on", &wasOn, count: wasOn.count)
    }
    try archive.part("scores") { archive throws(ArchiveError) in try scores.visit(&archive) }
    try archive.part("losses") { archive throws(ArchiveError) in try losses.visit(&archive) }
    try archive.part("monitor") { archive throws(ArchiveError) in
      try run.monitor.visit(&archive)
      var seconds = elapsed
      try archive.number("elapsed", &seconds)
      if archive.isLoading { elapsedBefore = seconds }
    }
    try archive.part("views") { archive throws(ArchiveError) in
      try subject.inspector.visit(&archive)
    }
    try archive.part("told") { archive throws(ArchiveError) in try subject.visit(&archive) }
    try archive.part("given-up") { archive throws(ArchiveError) in
      try visitGivenUp(&archive)
    }
  }

  /// Visits what is not saved: its words alone, so that it can be said.
  private func visitGivenUp(_ archive: inout Archive) throws(ArchiveError) {
    var givenUp: [String] = []
    if let shadow = subject.shadow { givenUp.append("the shadow \(shadow.snapshot.change)") }
    if let question = questions.unanswered { givenUp.append("the question: \(question)") }
    try archive.value("words", &givenUp)
    guard archive.isLoading, !givenUp.isEmpty else { return }
    remarks.append("given up, since it is not saved: \(givenUp.joined(separator: "; "))")
  }
}

// MARK: - Saving

extension TrainingLoop {
  /// Saves the run where it is time, or where an epoch has ended or the scores are the best so far.
  func saveIfDue() {
    if isSavingDue { save() }
  }

  /// Whether it is time to save the run.
  var isSavingDue: Bool {
    guard let saving, saving.isNeeded else { return false }
    let isBest = scores.keeper.keptStep == trainer.step
    return saving.isDue(after: trainer.step) || course.isBetweenEpochs || isBest
  }

  /// Saves the run together with the other ranks: rank 0 its own state, of which the others have the large
  /// arrays as well.
  ///
  /// - Throws: what the other ranks are lost by.
  func save(with ranks: RankAgendas) throws {
    let together = SharedSaving(ranks, keeping: trainer.store.growingPaths)
    guard ranks.isFirst else {
      return try together.help {
        var archive = Archive.saving()
        do throws(ArchiveError) {
          try archive.part("trainer") { archive throws(ArchiveError) in
            try trainer.visit(&archive)
          }
        } catch {
          return []
        }
        return archive.entries
      }
    }
    save(with: together)
    together.end()
    if let failure = together.failure { throw failure }
    for rank in together.idle.sorted() {
      subject.sayOnce(
        "rank \(rank) cannot write into the run's folder: rank 0 writes its part of checkpoints, too"
      )
    }
  }

  /// Saves the run if it has changed since it was saved last.
  ///
  /// - Parameters:
  ///   - waits: Whether the disk is waited for: where no step is to be taken.
  ///   - help: Others who write some of it; nil: nobody.
  func save(waits: Bool = false, with help: (any CheckpointHelp)? = nil) {
    guard let saving else { return }
    if waits { saving.settle() }
    write(saving, with: help)
    if waits { saving.settle() }
    for notice in saving.recorder.takeNotices() { subject.notice(notice) }
  }

  /// Hands the state on if it has changed.
  ///
  /// Numbers that are none would take the place of the last ones that can be gone on with.
  private func write(_ saving: RunSaving, with help: (any CheckpointHelp)?) {
    guard saving.isNeeded else { return }
    guard trainer.hasAllRows else {
      if let words = saving.refuse(step: trainer.step, since: "other ranks keep rows of its tables")
      {
        subject.notice(words)
      }
      return
    }
    guard trainer.store.isFinite else {
      if let words = saving.refuse(step: trainer.step, since: "a number of the model is not finite")
      {
        subject.notice(words)
      }
      return
    }
    var archive = Archive.saving()
    do throws(ArchiveError) {
      try visit(&archive)
    } catch {
      return subject.sayOnce("the state of the run cannot be written: \(error)")
    }
    saving.save(
      step: trainer.step, isBest: scores.keeper.keptStep == trainer.step,
      isStart: run.warmStart != nil && trainer.step == 0, archive.entries, help: help)
  }

  /// Puts a saved state back and says what is to be known of it.
  ///
  /// - Throws: ``ArchiveError`` where it does not fit this run, and what hinders its folder's change.
  func resume(_ resumption: Resumption) throws {
    isResumed = true
    var archive = Archive.loading(resumption.entries)
    trainer.keepAllRows()
    try visit(&archive)
    // What a person has set since the run began may need what ranks do not have.
    if let reason = trainer.reasonAgainstSharedRows {
      throw RankError.ownedRows(model: run.configuration.model, reason: reason)
    }
    trainer.keepOwnRows(scores.forEachCopy)
    try archive.finish()
    trainer.prepareStep()
    try saving?.recorder.resumed()
    saving?.resumed(at: trainer.step)
    commands.resume(isPaused: run.configuration.startsPaused)
    goOnPastEnd(resumption)
    let bend = resumption.epochsBefore.flatMap { course.words(of: trainer.step, epochsBefore: $0) }
    for remark in resumption.remarks + [bend].compactMap(\.self) + remarks {
      subject.notice(remark)
    }
  }

  /// A run that was saved at its end ends at once, unless it may go on: a person stopped it, or wants
  /// more epochs.
  private func goOnPastEnd(_ resumption: Resumption) {
    if commands.endReason != .earlyStopping || resumption.hasMoreEpochs { commands.endReason = nil }
    if commands.endReason == nil, course.epoch > 0, course.isBetweenEpochs, course.isLast,
      subject.lottery?.isJoint != false
    {
      commands.endReason = .epochs
    }
  }
}
