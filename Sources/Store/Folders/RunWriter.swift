internal import Dispatch
public import Runs
public import Tensors

/// Writes a run into its folder while it trains.
///
/// Nothing that fails here ends the run: ``trouble`` says what is wrong as long as it is, what could not
/// be written waits, and the next checkpoint tries again. If the folder is taken away, it is made anew.
///
/// A checkpoint is handed to the system when ``checkpoint(step:isBest:model:state:)`` returns; another
/// thread waits for the disk, and what it found is known at a later call. Until then the run can be gone
/// on with from the checkpoint before.
public final class RunWriter {
  /// Why the run is not saved just now, in words for a person; nil: it is.
  public private(set) var trouble: String?

  private let disk: Disk
  private let interval: Int?
  private let home: RunHome
  private let records: RunRecords
  private var notices: [String] = []
  private var isClosed = false
  /// The checkpoint that the disk is waited for.
  private var settling: SettlingCheckpoint?
  private var isNewestSaved = false
  private lazy var queue = DispatchQueue(label: "checkpoints")
  /// Whether the folder of a run that goes on is still as it was found.
  private var isWaiting = false
  /// How many lines of the journal the checkpoint knows of from which the run goes on.
  private var keptLines = 0
  /// Of a run that goes on, how many epochs it had at the checkpoint; nil: as many as its configuration
  /// says.
  public private(set) var epochsBefore: Int?

  /// Begins a run in a folder of its own.
  ///
  /// - Parameters:
  ///   - card: What a list says of it.
  ///   - documents: What is written when it begins.
  ///   - collection: Where its folder is made.
  ///   - interval: Of how many steps each one's checkpoint is kept besides the last and the best.
  public convenience init(
    _ card: RunCard, documents: [RunFolder.Document: [UInt8]], in collection: RunCollection,
    keepingEvery interval: Int? = nil
  ) {
    self.init(card, documents: documents, in: collection, keepingEvery: interval, on: .real)
  }

  init(
    _ card: RunCard, documents: [RunFolder.Document: [UInt8]], in collection: RunCollection,
    keepingEvery interval: Int?, on disk: Disk
  ) {
    collection.clearLeftovers(on: disk)
    home = RunHome(card, documents, in: collection, on: disk)
    records = RunRecords(of: home.folder, on: disk)
    self.disk = disk
    self.interval = interval
    append(JournalFact(.began, step: 0))
  }

  /// Goes on with a run from a checkpoint of it; what was written behind it is cut off, the journal
  /// aside, which says that the run was resumed.
  ///
  /// A writer that waits holds the run, and changes nothing of its folder before ``goOn(from:epochsBefore:)``.
  ///
  /// - Parameters:
  ///   - folder: The run's folder.
  ///   - checkpoint: A checkpoint of it.
  ///   - interval: Of how many steps each one's checkpoint is kept besides the last and the best.
  ///   - lock: The run's lock, of who took it before reading the checkpoint; nil: it is taken here.
  ///   - waits: Whether nothing is changed yet.
  /// - Throws: ``StoreError/inUse(path:process:)`` if a process trains it, and what cannot be read.
  public convenience init(
    resuming folder: RunFolder, from checkpoint: Checkpoint, keepingEvery interval: Int? = nil,
    holding lock: RunLock? = nil, waits: Bool = false
  ) throws(StoreError) {
    try self.init(
      resuming: folder, from: checkpoint, keepingEvery: interval, on: .real, holding: lock,
      waits: waits)
  }

  init(
    resuming folder: RunFolder, from checkpoint: Checkpoint, keepingEvery interval: Int?,
    on disk: Disk, holding lock: RunLock? = nil, waits: Bool = false
  ) throws(StoreError) {
    self.disk = disk
    self.interval = interval
    let held: RunLock
    if let lock { held = lock } else { held = try RunLock(folder, on: disk) }
    home = try RunHome(resuming: folder, held, on: disk)
    let (records, leftOut) = try RunRecords.resuming(folder, from: checkpoint.lengths, on: disk)
    self.records = records
    keptLines = checkpoint.lengths.journalLines
    epochsBefore = try folder.epochsBefore(checkpoint)
    notices = [leftOut].compactMap(\.self)
    isWaiting = true
    if !waits { try goOn(from: checkpoint.step) }
  }

  /// Begins to write into the folder of a run that goes on, if that has waited: what it was is cut off
  /// behind the checkpoint.
  ///
  /// - Parameters:
  ///   - step: The checkpoint's step.
  ///   - epochs: How many epochs the run had until there; nil: as many as it has from there on.
  /// - Throws: ``StoreError`` where the folder cannot be changed.
  public func goOn(from step: Int, epochsBefore epochs: Int? = nil) throws(StoreError) {
    guard isWaiting else { return }
    try folder.clearLeftovers(on: disk)
    try disk.remove(folder.path(of: .summary))
    isWaiting = false
    append(JournalFact(.resumed, step: step, keeps: keptLines, epochsBefore: epochs))
  }

  deinit {
    // Whoever takes the lock next finds nothing on its way.
    _ = settling?.outcome(waiting: true)
  }

  /// The run's folder.
  public var folder: RunFolder { home.folder }

  /// How often its folder was opened: whoever keeps a file in it open opens that again behind each.
  public var openings: Int { home.openings }

  /// Adds what a person should be told.
  func say(_ sentence: String) { notices.append(sentence) }

  /// What a person should be told since the last call: that saving fails, or works again.
  public func takeNotices() -> [String] {
    takeOver(waiting: false)
    defer { notices = [] }
    return notices
  }
}

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
  /// - Returns: Whether the system has it; ``trouble`` says why not, ``isNewestCheckpointSaved()`` what
  ///   becomes of it.
  @discardableResult
  public func checkpoint(
    step: Int, isBest: Bool, isStart: Bool = false, model: [SafetensorsTensor],
    state: [Archive.Entry]
  ) -> Bool {
    takeOver(waiting: true)
    isNewestSaved = false
    // That it works again is said when the disk has it.
    return attempt(provesSaving: false) { () throws(StoreError) in
      notices += try records.renew()
      let (lengths, growing) = (records.lengths, try records.unsettled())
      let staged = try folder.checkpointFiles(on: disk).stage(
        CheckpointFiles.Label(step: step, isBest: isBest, isStart: isStart, lengths: lengths),
        model: model, state: state)
      settling = SettlingCheckpoint(
        staged, behind: growing, keepingEvery: interval, on: queue)
    }
  }

  /// Whether the disk has the newest checkpoint; nil: that is not known yet.
  public func isNewestCheckpointSaved() -> Bool? {
    takeOver(waiting: false)
    return settling == nil ? isNewestSaved : nil
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
  private func takeOver(waiting: Bool) {
    guard let checkpoint = settling, let outcome = checkpoint.outcome(waiting: waiting) else {
      return
    }
    settling = nil
    switch outcome {
    case .success:
      isNewestSaved = true
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
