internal import Runs

/// What a run writes piece by piece: its journal, its events and its curves.
final class RunRecords {
  private let journal: GrowingFile
  private let events: GrowingFile
  private let curves: GrowingFile
  private var journalLines: Int

  private var all: [GrowingFile] { [journal, events, curves] }

  /// The files of a run that begins.
  init(of folder: RunFolder, on disk: Disk) {
    journal = GrowingFile(folder.journalPath, of: .lines, length: 0, all: [], on: disk)
    events = GrowingFile(folder.eventsPath, of: .lines, length: 0, on: disk)
    curves = GrowingFile(folder.curvesPath, of: .records(LossRecords.size), length: 0, on: disk)
    journalLines = 0
  }

  /// The files of a run that goes on from a checkpoint: the journal as far as it is whole, of the others
  /// what the checkpoint knows of.
  ///
  /// - Throws: ``StoreError`` for what cannot be read.
  /// - Returns: besides, what is left out, in words for a person.
  static func resuming(
    _ folder: RunFolder, from lengths: RecordedLengths, on disk: Disk
  ) throws(StoreError) -> (records: RunRecords, leftOut: String?) {
    let written = try folder.journal(strictLines: lengths.journalLines)
    let records = RunRecords(of: folder, on: disk)
    try records.journal.goOn(behind: written.wholeBytes)
    try records.events.goOn(behind: lengths.eventBytes)
    try records.curves.goOn(behind: lengths.curveBytes)
    records.journalLines = written.facts.count
    return (records, written.leftOut)
  }

  /// How much of each there is.
  var lengths: RecordedLengths {
    var lengths = RecordedLengths()
    lengths.journalLines = journalLines
    (lengths.eventBytes, lengths.curveBytes) = (events.length, curves.length)
    return lengths
  }
}

// MARK: - Writing

extension RunRecords {
  /// What is added to.
  enum Kind { case journal, events, curves }

  /// Adds bytes, without writing them yet; to the journal a line.
  func add(_ bytes: [UInt8], to kind: Kind) {
    if kind == .journal { journalLines += 1 }
    file(kind).add(bytes)
  }

  /// Writes what waits for one.
  func flush(_ kind: Kind) throws(StoreError) { try file(kind).flush() }

  /// Writes what waits.
  func flush() throws(StoreError) { for file in all { try file.flush() } }

  /// Waits until the disk has all.
  func synchronise() throws(StoreError) { for file in all { try file.synchronise() } }

  /// Those of which the disk does not have all, to be waited for elsewhere.
  func unsettled() throws(StoreError) -> [OpenFile] {
    var open: [OpenFile] = []
    for file in all {
      if let file = try file.unsettled() { open.append(file) }
    }
    return open
  }

  /// Notes that the disk has what it was waited for to have.
  func settle() { for file in all { file.settle() } }

  /// Bytes of events and losses that were too many to wait, since the last call.
  func takeLost() -> Int { events.takeLost() + curves.takeLost() }

  private func file(_ kind: Kind) -> GrowingFile {
    switch kind {
    case .journal: journal
    case .events: events
    case .curves: curves
    }
  }
}

// MARK: - What is taken away

extension RunRecords {
  /// Goes on in another folder, in which there is nothing yet.
  func startAnew(in folder: RunFolder) {
    move(to: folder)
    for file in all { file.startAnew() }
  }

  /// Names the files of a folder that could not be made before.
  func move(to folder: RunFolder) {
    journal.move(to: folder.journalPath)
    events.move(to: folder.eventsPath)
    curves.move(to: folder.curvesPath)
  }

  /// Goes on in a folder of this run, behind what it has.
  ///
  /// - Parameter known: How much of it was written there; nil: that is not known.
  /// - Throws: ``StoreError`` for what cannot be read.
  func goOn(behind known: RecordedLengths?) throws(StoreError) {
    try journal.goOn()
    try events.goOn(behind: known?.eventBytes)
    try curves.goOn(behind: known?.curveBytes)
  }

  /// Writes those anew that were taken away or replaced, one by one, while the folder stayed.
  ///
  /// - Returns: What a person should be told.
  func renew() throws(StoreError) -> [String] {
    var remarks: [String] = []
    for file in all where file.isReplaced {
      try file.goOn()
      try file.flush()
      remarks.append(
        "\(file.path) was taken away and is written anew"
          + (file === journal ? "" : ": what it had before is missing"))
    }
    return remarks
  }
}
