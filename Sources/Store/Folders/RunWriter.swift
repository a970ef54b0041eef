internal import Foundation
public import Runs
public import Tensors

/// Writes a run into its folder while it trains.
///
/// Nothing that fails here ends the run: ``trouble`` says what is wrong as long as it is, what could not
/// be written waits, and the next checkpoint tries again. If the folder is taken away, it is made anew.
public final class RunWriter {
  /// The run's folder.
  public let folder: RunFolder
  /// Why the run is not saved just now, in words for a person; nil: it is.
  public private(set) var trouble: String?

  private let disk: Disk
  private let interval: Int?
  private var documents: [RunFolder.Document: [UInt8]]
  private var unwritten: Set<RunFolder.Document> = []
  private var lock: RunLock?
  private var identity: FileStatus.Identity?
  private let journal: GrowingFile
  private let events: GrowingFile
  private let curves: GrowingFile
  private var journalLines: Int
  private var notices: [String] = []
  private var isClosed = false

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
    folder =
      (try? collection.makeFolder(card.id, on: disk))
      ?? RunFolder(path: "\(collection.path)/\(card.id)")
    self.disk = disk
    self.interval = interval
    self.documents = documents
    journal = GrowingFile(folder.journalPath, length: 0, all: [], on: disk)
    events = GrowingFile(folder.eventsPath, length: 0, on: disk)
    curves = GrowingFile(folder.curvesPath, length: 0, on: disk)
    journalLines = 0
    self.documents[.card] = jsonBytes(of: card)
    append(JournalFact(.began, step: 0))
  }

  /// Goes on with a run from a checkpoint of it; what was written behind it is cut off, the journal
  /// aside, which says that the run was resumed.
  ///
  /// - Throws: ``StoreError/inUse(path:process:)`` if a process trains it, and what cannot be read.
  public convenience init(
    resuming folder: RunFolder, from checkpoint: Checkpoint, keepingEvery interval: Int? = nil
  ) throws(StoreError) {
    try self.init(resuming: folder, from: checkpoint, keepingEvery: interval, on: .real)
  }

  init(
    resuming folder: RunFolder, from checkpoint: Checkpoint, keepingEvery interval: Int?,
    on disk: Disk
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
    let lengths = checkpoint.lengths
    events = GrowingFile(
      folder.eventsPath, length: try folder.wholeEvents(lengths.eventBytes), on: disk)
    curves = GrowingFile(
      folder.curvesPath, length: folder.wholeCurves(lengths.curveBytes), on: disk)
    if let leftOut = written.leftOut { notices.append(leftOut) }
    try folder.clearLeftovers(on: disk)
    try disk.remove(folder.path(of: .summary))
    append(JournalFact(.resumed, step: checkpoint.step, keeps: lengths.journalLines))
  }

  /// What a person should be told since the last call: that saving fails, or works again.
  public func takeNotices() -> [String] {
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
    file.add(bytes)
    guard trouble == nil, !bytes.isEmpty else { return }
    attempt { () throws(StoreError) in try file.flush() }
  }

  /// Saves the run as it is after a step: what answers follow from, and the rest of its state.
  ///
  /// - Returns: Whether it is saved; ``trouble`` says why not.
  @discardableResult
  public func checkpoint(
    step: Int, isBest: Bool, model: [SafetensorsTensor], state: [Archive.Entry]
  ) -> Bool {
    let isSaved = attempt { () throws(StoreError) in
      var lengths = RecordedLengths()
      lengths.journalLines = journalLines
      for file in [journal, events, curves] { try file.synchronise() }
      (lengths.eventBytes, lengths.curveBytes) = (events.length, curves.length)
      let files = folder.checkpointFiles(on: disk)
      try files.write(step: step, isBest: isBest, lengths: lengths, model: model, state: state)
      try files.retain(written: step, every: interval)
    }
    if isSaved { append(JournalFact(.checkpoint, step: step)) }
    return isSaved
  }

  /// Says how the run ended, and what remains of it in JSON; nil if it was given up.
  ///
  /// Questions that are answered afterwards may still be written.
  public func end(step: Int, reason: String, summary: [UInt8]?) {
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
    isClosed = true
    lock = nil
  }

  /// Tries again to save what waits.
  ///
  /// - Returns: Whether nothing waits any more.
  @discardableResult
  public func retry() -> Bool { attempt { () throws(StoreError) in } }
}

// MARK: - What fails

extension RunWriter {
  /// Writes everything that waits, then does something; says once that it fails, and once that it
  /// works again.
  @discardableResult
  private func attempt(_ body: () throws(StoreError) -> Void) -> Bool {
    if isClosed { return false }
    do throws(StoreError) {
      try openFolder()
      try writeDocuments()
      for file in [journal, events, curves] { try file.flush() }
      try body()
    } catch {
      if trouble == nil { notices.append("the run is not saved: \(error)") }
      trouble = "not saved: \(error)"
      return false
    }
    if trouble != nil {
      let lost = events.takeLost() + curves.takeLost()
      notices.append(
        "the run is saved again, in \(folder.path)"
          + (lost > 0 ? "; \(lost) bytes of events and losses were too many to wait" : ""))
    }
    trouble = nil
    return true
  }

  /// Writes the documents that the folder does not have as they are now.
  private func writeDocuments() throws(StoreError) {
    for document in RunFolder.Document.allCases where unwritten.contains(document) {
      if let bytes = documents[document] {
        try AtomicFile.write(bytes, to: folder.path(of: document), on: disk)
      }
      unwritten.remove(document)
    }
  }

  /// Makes the folder if it is not there, or is not any more the one that this run was written into.
  private func openFolder() throws(StoreError) {
    if let identity {
      if FileStatus(folder.path)?.identity == identity { return }
      self.identity = nil
      for file in [journal, events, curves] { file.startAnew() }
      notices.append(
        "the run's folder was taken away and is made anew: \(folder.path) has no losses, events and "
          + "checkpoints from before")
    }
    lock = nil
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
