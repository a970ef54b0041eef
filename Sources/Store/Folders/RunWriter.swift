internal import Dispatch

/// Writes a run into its folder while it trains.
///
/// Nothing that fails here ends the run: ``trouble`` says what is wrong as long as it is, what could not
/// be written waits, and the next checkpoint tries again. If the folder is taken away, it is made anew; if it
/// comes back, it is gone on with.
///
/// A checkpoint is handed to the system when ``checkpoint(step:isBest:model:state:)`` returns; another
/// thread waits for the disk, and what it found is known at a later call. Until then the run can be gone
/// on with from the checkpoint before.
public final class RunWriter {
  /// Why the run is not saved just now, in words for a person; nil: it is.
  public internal(set) var trouble: String?

  let disk: Disk
  let interval: Int?
  let home: RunHome
  let records: RunRecords
  var notices: [String] = []
  var isClosed = false
  /// The checkpoint that the disk is waited for.
  var settling: SettlingCheckpoint?
  var isNewestSaved = false
  /// Behind which opening of the folder the checkpoint that is waited for was written.
  var settlingOpening = 0
  /// Behind which opening of the folder the last one was written that the disk has, or that the run goes on
  /// from; nil: there is none.
  var savedOpening: Int?
  lazy var queue = DispatchQueue(label: "checkpoints")
  /// Whether the folder of a run that goes on is still as it was found.
  var isWaiting = false
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
    savedOpening = home.openings
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
