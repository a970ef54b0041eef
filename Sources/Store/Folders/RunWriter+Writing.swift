public import Runs
public import Tensors

// MARK: - What is written

extension RunWriter {
  /// Writes a document in place of an earlier one.
  public func write(_ document: RunFolder.Document, _ bytes: [UInt8]) {
    home.set(document, bytes)
    if trouble == nil { retry() }
  }

  /// Adds an event, in the form in which it is printed as JSON: a line.
  public func append(event line: String) { add(Array((line + "\n").utf8), to: .events) }

  /// Adds losses.
  public func append(_ bins: [LossBin]) { add(LossRecords.bytes(of: bins), to: .curves) }

  /// Adds a fact to the journal.
  public func append(_ fact: JournalFact) { add(JournalLine.text(of: fact), to: .journal) }

  private func add(_ bytes: [UInt8], to kind: RunRecords.Kind) {
    takeOver(waiting: false)
    records.add(bytes, to: kind)
    guard trouble == nil, !bytes.isEmpty else { return }
    attempt { () throws(StoreError) in try records.flush(kind) }
  }

  /// Saves the run as it is after a step: what answers follow from, and the rest of its state.
  ///
  /// The memory that it lies in is free when this returns; the disk may have it later. If the disk is
  /// still waited for from the checkpoint before, that is waited for here.
  ///
  /// - Parameters:
  ///   - step: How many steps were taken.
  ///   - isBest: Whether its scores are the best so far.
  ///   - isStart: Whether the run began with it, and could not be begun so again without it: it is kept.
  ///   - model: What answers follow from.
  ///   - state: The rest.
  ///   - help: Others that have the arrays too and write some of them; nil: nobody.
  /// - Returns: Whether the system has it; ``trouble`` says why not, ``isNewestCheckpointSaved()`` what
  ///   becomes of it.
  @discardableResult
  public func checkpoint(
    step: Int, isBest: Bool, isStart: Bool = false, model: [SafetensorsTensor],
    state: [Archive.Entry], help: (any CheckpointHelp)? = nil
  ) -> Bool {
    takeOver(waiting: true)
    isNewestSaved = false
    // That it works again is said when the disk has it.
    return attempt(provesSaving: false) { () throws(StoreError) in
      notices += try records.renew()
      let (lengths, growing) = (records.lengths, try records.unsettled())
      settlingOpening = home.openings
      let staged = try folder.checkpointFiles(on: disk).stage(
        CheckpointFiles.Label(step: step, isBest: isBest, isStart: isStart, lengths: lengths),
        model: model, state: state, help: help)
      settling = SettlingCheckpoint(
        staged, behind: growing, keepingEvery: interval, on: queue)
    }
  }

  /// Whether the disk has the newest checkpoint; nil: that is not known yet.
  public func isNewestCheckpointSaved() -> Bool? {
    takeOver(waiting: false)
    return settling == nil ? isNewestSaved : nil
  }

  /// Whether the last checkpoint that was saved has gone since with the folder that it lay in; true as
  /// well where that folder came back, since a run is better saved twice.
  public var isSavedCheckpointGone: Bool {
    savedOpening.map { home.isGone || $0 != home.openings } ?? false
  }

  /// Waits until it is known whether the disk has the newest checkpoint.
  ///
  /// - Returns: Whether it has.
  @discardableResult
  public func settle() -> Bool {
    takeOver(waiting: true)
    return isNewestSaved
  }

  /// Says how the run ended, and what remains of it in JSON; nil if it was given up.
  ///
  /// Questions that are answered afterwards may still be written.
  public func end(step: Int, reason: String, summary: [UInt8]?) {
    takeOver(waiting: true)
    append(JournalFact(.ended, step: step, text: reason))
    if let summary { home.set(.summary, summary) }
    attempt { () throws(StoreError) in
      notices += try records.renew()
      try records.synchronise()
    }
  }

  /// Lets go of the run: nothing is written any more, and another process may go on with it.
  public func close() {
    takeOver(waiting: true)
    if trouble != nil { retry() }
    isClosed = true
    home.release()
  }

  /// Tries again to save what waits.
  ///
  /// - Returns: Whether nothing waits any more.
  @discardableResult
  public func retry() -> Bool {
    takeOver(waiting: true)
    return attempt { () throws(StoreError) in }
  }
}

// MARK: - What fails

extension RunWriter {
  /// Learns what came of the checkpoint that the disk is waited for.
  func takeOver(waiting: Bool) {
    guard let checkpoint = settling, let outcome = checkpoint.outcome(waiting: waiting) else {
      return
    }
    settling = nil
    switch outcome {
    case .success:
      // One in a folder that went meanwhile went with it.
      guard !home.isGone, settlingOpening == home.openings else { return }
      isNewestSaved = true
      savedOpening = settlingOpening
      records.settle()
      succeeded()
      append(JournalFact(.checkpoint, step: checkpoint.step))
    case .failure(let error): failed(error)
    }
  }

  /// Writes everything that waits, then does something; says once that it fails, and once that it
  /// works again, unless that is not known yet.
  @discardableResult
  private func attempt(
    provesSaving: Bool = true, _ body: () throws(StoreError) -> Void
  ) -> Bool {
    if isClosed || isWaiting { return false }
    do throws(StoreError) {
      // What failed because the folder went is told by what is said here.
      if home.isGone, case .failure? = settling?.outcome(waiting: true) { settling = nil }
      if let remark = try home.open(records) { notices.append(remark) }
      try home.writeDocuments()
      try records.flush()
      try body()
    } catch {
      failed(error)
      return false
    }
    if provesSaving { succeeded() }
    return true
  }

  private func failed(_ error: StoreError) {
    if trouble == nil { notices.append("the run is not saved: \(error)") }
    trouble = "not saved: \(error)"
  }

  private func succeeded() {
    if trouble != nil {
      let lost = records.takeLost()
      notices.append(
        "the run is saved again, in \(folder.path)"
          + (lost > 0 ? "; \(lost) bytes of events and losses were too many to wait" : ""))
    }
    trouble = nil
  }
}
