internal import Runs

/// The folder that a run is written into, with its lock and its documents.
///
/// It is made where it is not there. If another lies at its path later, what is this run's is gone on with,
/// and what is not is left alone.
final class RunHome {
  /// The folder.
  private(set) var folder: RunFolder
  /// How often a folder was opened: whoever keeps a file in it open opens that again behind each.
  private(set) var openings = 0

  private let disk: Disk
  private var documents: [RunFolder.Document: [UInt8]]
  private var unwritten: Set<RunFolder.Document> = []
  private var lock: RunLock?
  private var state: State
  /// How much was written into folders that were left, by which they are.
  private var left: [FileStatus.Identity: RecordedLengths] = [:]

  private enum State {
    /// It is still to be made, of this name if that is free.
    case unmade(RunCollection, id: String)
    case open(FileStatus.Identity)
    /// It is to be opened; if it was already, its path bears nothing or something else.
    case closed
  }

  /// The folder of a run that begins.
  init(
    _ card: RunCard, _ documents: [RunFolder.Document: [UInt8]], in collection: RunCollection,
    on disk: Disk
  ) {
    self.disk = disk
    self.documents = documents
    self.documents[.card] = jsonBytes(of: card)
    state = .unmade(collection, id: card.id)
    folder = RunFolder(path: "\(collection.path)/\(card.id)")
    // What hinders it now is said by the first attempt to write, which makes the folder if it can.
    if let made = try? collection.makeFolder(card.id, on: disk) {
      (folder, state) = (made, .closed)
    }
  }

  /// The folder of a run that goes on.
  init(
    resuming folder: RunFolder, _ lock: RunLock, on disk: Disk
  ) throws(StoreError) {
    self.folder = folder
    self.disk = disk
    self.lock = lock
    documents = [:]
    for document in RunFolder.Document.allCases where document != .summary {
      documents[document] = try folder.read(document)
    }
    state = FileStatus(folder.path).map { .open($0.identity) } ?? .closed
    openings = 1
  }

  /// Whether the folder is as it was opened.
  var isOpen: Bool {
    guard case .open(let identity) = state else { return false }
    return FileStatus(folder.path)?.identity == identity
  }

  /// Whether it was opened, and is not there any more.
  var isGone: Bool { openings > 0 && !isOpen }

  /// Lets go of the run.
  func release() { lock = nil }

  /// Writes a document later, in place of an earlier one.
  func set(_ document: RunFolder.Document, _ bytes: [UInt8]) {
    documents[document] = bytes
    unwritten.insert(document)
  }

  /// Writes the documents that the folder does not have as they are now.
  func writeDocuments() throws(StoreError) {
    guard !unwritten.isEmpty else { return }
    for document in RunFolder.Document.allCases where unwritten.contains(document) {
      if let bytes = documents[document] {
        try AtomicFile.writeLeavingNames(bytes, to: folder.path(of: document), on: disk)
      }
    }
    try disk.synchroniseNames(of: folder.path)
    unwritten = []
  }
}

// MARK: - Opening

extension RunHome {
  /// Opens the folder, unless it is open: from then on the records are written into it.
  ///
  /// - Returns: What a person should be told; nil: nothing has changed.
  func open(_ records: RunRecords) throws(StoreError) -> String? {
    if isOpen { return nil }
    if case .open(let identity) = state {
      (left[identity], lock, state) = (records.lengths, nil, .closed)
    }
    if case .unmade(let collection, let id) = state {
      (folder, state) = (try collection.makeFolder(id, on: disk), .closed)
      records.move(to: folder)
    }
    guard openings > 0 else {
      try disk.makeFolder(folder.path)
      try hold {}
      return nil
    }
    return try openAgain(records)
  }

  /// Opens what lies at the path of a folder that was left, or another folder.
  private func openAgain(_ records: RunRecords) throws(StoreError) -> String {
    if folder.isOfRun(documents[.card]) {
      let known = FileStatus(folder.path).flatMap { left[$0.identity] }
      try hold { () throws(StoreError) in try records.goOn(behind: known) }
      // A person changes them while the run trains; those of the run are only what it began with.
      if FileStatus(folder.path(of: .tags)) != nil { unwritten.remove(.tags) }
      return
        "the run's folder is back and is gone on with: \(folder.path) has no losses, events and "
        + "checkpoints from meanwhile"
    }
    let path = folder.path
    let isTaken = !folder.holdsNothing
    if isTaken { folder = try folder.collection.makeFolder(folder.id, on: disk) }
    try disk.makeFolder(folder.path)
    try hold { records.startAnew(in: folder) }
    return
      (isTaken
      ? "another folder has taken the place of the run's, \(path): the run is kept in "
      : "the run's folder was taken away and is made anew: ")
      + "\(folder.path) has no losses, events and checkpoints from before"
  }

  /// Takes the folder's lock, does what is to be done first, and has all documents written.
  private func hold(_ body: () throws(StoreError) -> Void) throws(StoreError) {
    lock = nil
    lock = try RunLock(folder, on: disk)
    try body()
    unwritten = Set(documents.keys)
    guard let identity = FileStatus(folder.path)?.identity else { return }
    state = .open(identity)
    openings += 1
  }
}

extension RunFolder {
  /// The folder that it lies in.
  fileprivate var collection: RunCollection {
    RunCollection(path: Store.folder(of: path) ?? ".")
  }

  /// Whether it is the folder of the run of a card, whose configuration may have become another since.
  fileprivate func isOfRun(_ bytes: [UInt8]?) -> Bool {
    guard let bytes, let own = try? ValueCoding.decoded(RunCard.self, from: bytes),
      var found = try? card()
    else { return false }
    found.configuration = own.configuration
    return found == own
  }
}
