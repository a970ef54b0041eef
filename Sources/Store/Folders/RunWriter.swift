internal import Dispatch
internal import Foundation
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
  /// The run's folder.
  public private(set) var folder: RunFolder
  /// Why the run is not saved just now, in words for a person; nil: it is.
  public private(set) var trouble: String?

  private let disk: Disk
  private let interval: Int?
  private var documents: [RunFolder.Document: [UInt8]]
  private var unwritten: Set<RunFolder.Document> = []
  /// Where a folder of its own is still to be made, and the name that it would get if it is free.
  private var unmade: (collection: RunCollection, id: String)?
  private var lock: RunLock?
  private var identity: FileStatus.Identity?
  private let journal: GrowingFile
  private let events: GrowingFile
  private let curves: GrowingFile
  private var journalLines: Int
  private var notices: [String] = []
  private var isClosed = false
  /// The checkpoint that the disk is waited for.
  private var settling: SettlingCheckpoint?
  private var isNewestSaved = false
  private lazy var queue = DispatchQueue(label: "checkpoints")
  /// Whether the folder of a run that goes on is still as it was found.
  private var isWaiting = false
  private let lengths: RecordedLengths

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
    // What hinders it now is said by the first attempt to write, which makes the folder if it can.
    let made = try? collection.makeFolder(card.id, on: disk)
    folder = made ?? RunFolder(path: "\(collection.path)/\(card.id)")
    unmade = made == nil ? (collection, card.id) : nil
    self.disk = disk
    self.interval = interval
    self.documents = documents
    journal = GrowingFile(folder.journalPath, length: 0, all: [], on: disk)
    events = GrowingFile(folder.eventsPath, length: 0, on: disk)
    curves = GrowingFile(folder.curvesPath, length: 0, on: disk)
    journalLines = 0
    lengths = RecordedLengths()
    self.documents[.card] = jsonBytes(of: card)
    append(JournalFact(.began, step: 0))
  }

  /// Goes on with a run from a checkpoint of it; what was written behind it is cut off, the journal
  /// aside, which says that the run was resumed.
  ///
  /// A writer that waits holds the run, and changes nothing of its folder before ``goOn(from:)``.
  ///
  /// - Throws: ``StoreError/inUse(path:process:)`` if a process trains it, and what cannot be read.
  public convenience init(
    resuming folder: RunFolder, from checkpoint: Checkpoint, keepingEvery interval: Int? = nil,
    waits: Bool = false
  ) throws(StoreError) {
    try self.init(
      resuming: folder, from: checkpoint, keepingEvery: interval, on: .real, waits: waits)
  }

  init(
    resuming folder: RunFolder, from checkpoint: Checkpoint, keepingEvery interval: Int?,
    on disk: Disk, waits: Bool = false
  ) throws(StoreError) {
    self.folder = folder
    self.disk = disk
    self.interval = interval
    lock = try RunLock(folder, on: disk)
    identity = FileStatus(folder.path)?.identity
    documents = [:]
    for document in RunFolder.Document.allCases where document != .summary && document != .tags {
      documents[document] = try folder.read(document)
    }
    let written = try folder.journal()
    journalLines = written.facts.count
    let all =
      FileStatus(folder.journalPath) == nil
      ? [] : try OpenFile(folder.journalPath, .reading, on: disk).read()
    journal = GrowingFile(
      folder.journalPath, length: written.wholeBytes, all: Array(all.prefix(written.wholeBytes)),
      on: disk)
    lengths = checkpoint.lengths
    events = GrowingFile(
      folder.eventsPath, length: try folder.wholeEvents(lengths.eventBytes), on: disk)
    curves = GrowingFile(
      folder.curvesPath, length: folder.wholeCurves(lengths.curveBytes), on: disk)
    if let leftOut = written.leftOut { notices.append(leftOut) }
    isWaiting = true
    if !waits { try goOn(from: checkpoint.step) }
  }

  /// Begins to write into the folder of a run that goes on, if that has waited: what it was is cut off
  /// behind the checkpoint.
  ///
  /// - Throws: ``StoreError`` where the folder cannot be changed.
  public func goOn(from step: Int, saying text: String? = nil) throws(StoreError) {
    guard isWaiting else { return }
    try folder.clearLeftovers(on: disk)
    try disk.remove(folder.path(of: .summary))
    isWaiting = false
    append(JournalFact(.resumed, step: step, text: text, keeps: lengths.journalLines))
  }

  deinit {
    // Whoever takes the lock next finds nothing on its way.
    _ = settling?.outcome(waiting: true)
  }

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
    documents[document] = bytes
    unwritten.insert(document)
    if trouble == nil { retry() }
  }

  /// Adds an event, in the form in which it is printed as JSON: a line.
  public func append(event line: String) { add(Array((line + "\n").utf8), to: events) }

  /// Adds losses.
  public func append(_ bins: [LossBin]) { add(LossRecords.bytes(of: bins), to: curves) }

  /// Adds a fact to the journal.
  public func append(_ fact: JournalFact) {
    journalLines += 1
    add(JournalLine.text(of: fact), to: journal)
  }

  private func add(_ bytes: [UInt8], to file: GrowingFile) {
    takeOver(waiting: false)
    file.add(bytes)
    guard trouble == nil, !bytes.isEmpty else { return }
    attempt { () throws(StoreError) in try file.flush() }
  }

  /// Saves the run as it is after a step: what answers follow from, and the rest of its state.
  ///
  /// The memory that it lies in is free when this returns; the disk may have it later. If the disk is
  /// still waited for from the checkpoint before, that is waited for here.
  ///
  /// - Returns: Whether the system has it; ``trouble`` says why not, ``isNewestCheckpointSaved()`` what
  ///   becomes of it.
  @discardableResult
  public func checkpoint(
    step: Int, isBest: Bool, model: [SafetensorsTensor], state: [Archive.Entry]
  ) -> Bool {
    takeOver(waiting: true)
    isNewestSaved = false
    // That it works again is said when the disk has it.
    return attempt(provesSaving: false) { () throws(StoreError) in
      var lengths = RecordedLengths()
      lengths.journalLines = journalLines
      (lengths.eventBytes, lengths.curveBytes) = (events.length, curves.length)
      var growing: [OpenFile] = []
      for file in [journal, events, curves] {
        if let file = try file.unsettled() { growing.append(file) }
      }
      let staged = try folder.checkpointFiles(on: disk).stage(
        step: step, isBest: isBest, lengths: lengths, model: model, state: state)
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
    if let summary {
      documents[.summary] = summary
      unwritten.insert(.summary)
    }
    attempt { () throws(StoreError) in
      for file in [journal, events, curves] { try file.synchronise() }
    }
  }

  /// Lets go of the run: nothing is written any more, and another process may go on with it.
  public func close() {
    takeOver(waiting: true)
    isClosed = true
    lock = nil
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
      for file in [journal, events, curves] { file.settle() }
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
      try openFolder()
      try writeDocuments()
      for file in [journal, events, curves] { try file.flush() }
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
      let lost = events.takeLost() + curves.takeLost()
      notices.append(
        "the run is saved again, in \(folder.path)"
          + (lost > 0 ? "; \(lost) bytes of events and losses were too many to wait" : ""))
    }
    trouble = nil
  }

  /// Writes the documents that the folder does not have as they are now.
  private func writeDocuments() throws(StoreError) {
    guard !unwritten.isEmpty else { return }
    for document in RunFolder.Document.allCases where unwritten.contains(document) {
      if let bytes = documents[document] {
        try AtomicFile.writeLeavingNames(bytes, to: folder.path(of: document), on: disk)
      }
    }
    try disk.synchroniseNames(of: folder.path)
    unwritten = []
  }

  /// Makes a folder of its own where that failed when the run began: another run may have got the name
  /// since, whose folder is left alone.
  private func makeOwnFolder() throws(StoreError) {
    guard let unmade else { return }
    folder = try unmade.collection.makeFolder(unmade.id, on: disk)
    self.unmade = nil
    journal.move(to: folder.journalPath)
    events.move(to: folder.eventsPath)
    curves.move(to: folder.curvesPath)
  }

  /// Makes the folder if it is not there, or is not any more the one that this run was written into.
  private func openFolder() throws(StoreError) {
    if let identity {
      if FileStatus(folder.path)?.identity == identity { return }
      self.identity = nil
      // What failed because the folder went is told by what is said here.
      if case .failure? = settling?.outcome(waiting: true) { settling = nil }
      for file in [journal, events, curves] { file.startAnew() }
      notices.append(
        "the run's folder was taken away and is made anew: \(folder.path) has no losses, events and "
          + "checkpoints from before")
    }
    lock = nil
    try makeOwnFolder()
    try disk.makeFolder(folder.path)
    lock = try RunLock(folder, on: disk)
    unwritten = Set(documents.keys)
    identity = FileStatus(folder.path)?.identity
  }
}

extension RunFolder {
  /// So many bytes of the events, or fewer that are whole lines, if there are no more.
  fileprivate func wholeEvents(_ bytes: Int) throws(StoreError) -> Int {
    guard let status = FileStatus(eventsPath) else { return 0 }
    if status.size >= bytes { return bytes }
    let found = try OpenFile(eventsPath, .reading, on: .real).read()
    return found.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
  }

  /// So many bytes of the curves, or fewer that are whole records, if there are no more.
  fileprivate func wholeCurves(_ bytes: Int) -> Int {
    let found = min(bytes, FileStatus(curvesPath)?.size ?? 0)
    return found - found % LossRecords.size
  }
}
