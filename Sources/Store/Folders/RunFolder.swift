internal import Foundation
public import Runs

/// A run's folder: everything that is kept of it.
///
///     run.json             what a list says of it (RunCard)
///     configuration.yaml   the configuration as used
///     schema.yaml          the schema of the data as it was written, if it was a text
///     encoding.json        what turns a row into numbers
///     names.i64, .utf8     the names of categories that are too many for it; whoever reads it maps them
///     description.json     names and sizes
///     journal.jsonl        commands with their steps, checkpoints, resumptions
///     events.jsonl         every event, as `--json` prints it
///     curves.bin           losses
///     checkpoints/         pairs of safetensors files by step
///     summary.json         how it ended; absent before
///     tags.json            what a person calls it
///     output.log           what it said, of a run that trains in the background
///     lock                 held by the process that trains it, whose number it has
public struct RunFolder: Sendable, Hashable {
  /// Where it is.
  public let path: String

  /// A document that is written as a whole.
  public enum Document: String, Sendable, CaseIterable {
    case card = "run.json"
    case configuration = "configuration.yaml"
    case schema = "schema.yaml"
    case encoding = "encoding.json"
    case description = "description.json"
    case summary = "summary.json"
    case tags = "tags.json"
  }

  /// Names a folder, whatever it is.
  init(path: String) { self.path = path }

  /// Opens the folder of a run.
  ///
  /// - Throws: ``StoreError/noRun(path:missing:)`` for any other folder.
  public init(opening path: String) throws(StoreError) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard FileStatus(self.path(of: .card))?.isFile == true else {
      throw .noRun(path: self.path, missing: Document.card.rawValue)
    }
  }

  /// Its name, which is the run's id.
  public var id: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// Where a document lies.
  public func path(of document: Document) -> String { "\(path)/\(document.rawValue)" }

  /// Where the socket lies through which others watch.
  public var socketPath: String { "\(path)/socket" }

  /// Where the output of a run lies that trains in the background.
  public var outputPath: String { "\(path)/output.log" }

  /// Where the names lie that are too many for `encoding.json`, where they start first.
  public var namesPaths: [String] { ["\(path)/names.i64", "\(path)/names.utf8"] }

  var journalPath: String { "\(path)/journal.jsonl" }
  var eventsPath: String { "\(path)/events.jsonl" }
  var curvesPath: String { "\(path)/curves.bin" }
  var lockPath: String { "\(path)/lock" }
  var checkpointsPath: String { "\(path)/checkpoints" }

  func checkpointFiles(on disk: Disk) -> CheckpointFiles {
    CheckpointFiles(folder: checkpointsPath, disk: disk)
  }
}

// MARK: - Reading

extension RunFolder {
  /// A document's bytes; nil if it is not there.
  public func read(_ document: Document) throws(StoreError) -> [UInt8]? {
    let path = path(of: document)
    guard FileStatus(path) != nil else { return nil }
    return try OpenFile(path, .reading, on: .real).read()
  }

  /// What a list says of the run.
  public func card() throws(StoreError) -> RunCard {
    guard let card = try decoded(.card, RunCard.self) else {
      throw .noRun(path: path, missing: Document.card.rawValue)
    }
    return card
  }

  /// What a person calls the run, sorted.
  public func tags() throws(StoreError) -> [String] { try decoded(.tags, [String].self) ?? [] }

  /// A document in JSON; nil if it is not there.
  public func decoded<Value: Decodable>(
    _ document: Document, _ type: Value.Type
  ) throws(StoreError) -> Value? {
    guard let bytes = try read(document) else { return nil }
    do { return try ValueCoding.decoded(from: bytes) } catch {
      throw .damaged(path: path(of: document), what: "it is not what this program writes there")
    }
  }

  /// What happened in the run.
  public func journal() throws(StoreError) -> Journal { try journal(strictLines: nil) }

  /// What happened in the run; of the lines behind so many, those before the first that is wrong.
  func journal(strictLines lines: Int?) throws(StoreError) -> Journal {
    let bytes =
      FileStatus(journalPath) == nil
      ? [] : try OpenFile(journalPath, .reading, on: .real).read()
    return try Journal(bytes, path: journalPath, strictLines: lines)
  }

  /// The lines of the events, as they were written; a torn last one is left out.
  public func events() throws(StoreError) -> [String] {
    guard FileStatus(eventsPath) != nil else { return [] }
    let bytes = try OpenFile(eventsPath, .reading, on: .real).read()
    let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return bytes[..<end].split(separator: UInt8(ascii: "\n")).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// The losses, as they were drained.
  public func curves() throws(StoreError) -> [LossBin] {
    let (bins, damage) = try wholeCurves()
    if let damage { throw damage }
    return bins
  }

  /// The losses before the first record that is damaged, and what is wrong with that; nil: nothing.
  public func wholeCurves() throws(StoreError) -> (bins: [LossBin], damage: StoreError?) {
    guard FileStatus(curvesPath) != nil else { return ([], nil) }
    return LossRecords.bins(
      of: try OpenFile(curvesPath, .reading, on: .real).read(), path: curvesPath)
  }
}

// MARK: - Checkpoints

extension RunFolder {
  /// The steps of its checkpoints, the earliest first.
  public var checkpointSteps: [Int] { checkpointFiles(on: .real).steps }

  /// The steps of those that were the best so far when they were written.
  public var bestSteps: [Int] {
    let files = checkpointFiles(on: .real)
    return files.steps.filter(files.isBest)
  }

  /// The step of the checkpoint that the run began with, where it is kept because nothing else tells what
  /// the run began with; nil for most.
  public var startStep: Int? {
    let files = checkpointFiles(on: .real)
    return files.steps.first.flatMap { files.isStart($0) ? $0 : nil }
  }

  /// Reads the checkpoint of a step and checks every byte of it.
  ///
  /// - Throws: ``StoreError/damaged(path:what:)`` with the file's path, or what the system said.
  public func checkpoint(_ step: Int) throws(StoreError) -> Checkpoint {
    try checkpointFiles(on: .real).read(step)
  }

  /// Reads the last checkpoint that is whole, and says of later ones what is wrong with them.
  ///
  /// - Throws: ``StoreError/noCheckpoint(path:damaged:)`` if there is none.
  public func lastCheckpoint() throws(StoreError) -> (checkpoint: Checkpoint, damaged: [String]) {
    try whole(checkpointSteps)
  }

  /// Reads the last checkpoint that was the best so far when it was written; the last of all, if none
  /// says so.
  public func bestCheckpoint() throws(StoreError) -> Checkpoint {
    let best = bestSteps
    return try whole(best.isEmpty ? checkpointSteps : best).checkpoint
  }

  private func whole(
    _ steps: [Int]
  ) throws(StoreError) -> (checkpoint: Checkpoint, damaged: [String]) {
    var damaged: [String] = []
    for step in steps.reversed() {
      do throws(StoreError) {
        return (try checkpoint(step), damaged)
      } catch {
        damaged.append("\(error)")
      }
    }
    throw .noCheckpoint(path: path, damaged: damaged)
  }
}

extension RunFolder {
  /// How many epochs the run had at a checkpoint, where it was given others since; nil: as many as its
  /// configuration says.
  public func epochsBefore(_ checkpoint: Checkpoint) throws(StoreError) -> Int? {
    let lines = checkpoint.lengths.journalLines
    return try journal(strictLines: lines).epochsBefore(lines: lines)
  }
}

// MARK: - Changing

extension RunFolder {
  /// Says what a person calls the run, in place of what was said before.
  public func setTags(_ tags: [String]) throws(StoreError) {
    let bytes = jsonBytes(of: Set(tags).sorted()) + [UInt8(ascii: "\n")]
    try AtomicFile.write(bytes, to: path(of: .tags), on: .real)
  }
}
