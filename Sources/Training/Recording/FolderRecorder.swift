public import Datasets
import Foundation
public import Runs
public import Store
import Tensors

/// Keeps a run in a folder of its own.
///
/// The folder is made when the run is ready to train. Events are kept as `ValueCoding` writes them, a line
/// each; commands that a person gave stand in the journal.
public final class FolderRecorder: RunRecorder {
  /// What is known of a run that begins before its data are read.
  public struct Plan: Sendable {
    /// The command that begins it.
    public var command: String
    /// The version of the program.
    public var program: String
    /// Where its folder is made.
    public var collection: RunCollection
    /// Steps between two checkpoints, each of which is kept besides the last and the best; nil: the
    /// usual ones, which are not.
    public var interval: Int?
    /// What it is called from its beginning.
    public var tags: [String] = []

    /// Plans a run's folder.
    public init(
      command: String, program: String, in collection: RunCollection, interval: Int? = nil
    ) {
      self.command = command
      self.program = program
      self.collection = collection
      self.interval = interval
    }
  }

  /// Steps between two checkpoints where a person says nothing.
  public static let usualInterval = 1_000

  private let interval: Int
  private let keepsEvery: Bool
  private let plan: Plan?
  private var writer: RunWriter?
  private var steps: StepFile?
  private var notices: [String] = []

  /// Keeps a run that begins; `notices` is what a person should be told of that.
  public init(_ plan: Plan, saying notices: [String] = []) {
    self.plan = plan
    self.notices = notices
    interval = plan.interval ?? Self.usualInterval
    keepsEvery = plan.interval != nil
  }

  /// What is done when the run goes on; nil: it does already.
  private var going: Going?

  /// How a run goes on, once its state has been put back.
  private struct Going {
    let step: Int
    let configuration: TrainingConfiguration?
    var hasMoreEpochs = false
  }

  private init(_ writer: RunWriter, interval: Int?, going: Going? = nil) {
    plan = nil
    self.going = going
    self.writer = writer
    self.interval = interval ?? Self.usualInterval
    keepsEvery = interval != nil
  }

  /// Changes the folder of a run that goes on; before that it is as it was found.
  public func resumed() throws {
    guard let going, let writer else { return }
    try writer.goOn(from: going.step, saying: going.hasMoreEpochs ? "more epochs" : nil)
    self.going = nil
    if let configuration = going.configuration {
      writer.write(.configuration, Array(configuration.document.utf8))
    }
    startSteps(at: going.step)
  }

  private func startSteps(at step: Int) {
    steps = writer.flatMap { StepFile($0.folder) }
    steps?.write(step)
  }

  /// The run's folder; nil before it begins.
  public var folder: RunFolder? { writer?.folder }

  /// Where that is.
  public var folderPath: String? { writer?.folder.path }

  /// Why the run is not saved just now.
  public var trouble: String? { writer?.trouble }

  /// What is to be said since the last call.
  public func takeNotices() -> [String] {
    defer { notices = [] }
    return notices + (writer?.takeNotices() ?? [])
  }

  /// Whether so many steps have been taken since the checkpoint before; of those that are kept, whether
  /// the step is a multiple of so many.
  public func isDue(after step: Int, since count: Int) -> Bool {
    keepsEvery ? step % interval == 0 : count >= interval
  }

  /// Makes the folder.
  public func begin(_ run: BegunRun) {
    guard let plan else { return }
    var documents: [RunFolder.Document: [UInt8]] = [:]
    documents[.configuration] = Array(run.configuration.document.utf8)
    documents[.description] = Self.bytes(of: run.description)
    documents[.encoding] = encoding(of: run.dataset)
    if !plan.tags.isEmpty { documents[.tags] = Self.bytes(of: Set(plan.tags).sorted()) }
    var card = RunCard(
      command: plan.command, model: run.description.model, data: run.description.data,
      seed: run.configuration.isFitted ? nil : run.configuration.seed,
      configuration: run.configuration.runHash, program: plan.program)
    card.interval = plan.interval
    let writer = RunWriter(
      card, documents: documents, in: plan.collection, keepingEvery: plan.interval)
    self.writer = writer
    steps = StepFile(writer.folder)
  }

  /// What turned rows of files into numbers; nil of data made in memory, and where it cannot be written,
  /// which is said.
  private func encoding(of dataset: Dataset) -> [UInt8]? {
    do throws(EncodingFileError) {
      return try dataset.savedEncoding?.json().map { $0 }
    } catch {
      notices.append("the run is kept without what turns rows into numbers: \(error)")
      return nil
    }
  }

  /// Keeps an event, a person's command in the journal besides, and how the run ended.
  public func record(_ event: Event) {
    guard let writer, going == nil else { return }
    if case .dropped = event { return }
    if let line = Self.bytes(of: event) {
      writer.append(event: String(decoding: line, as: UTF8.self))
    }
    switch event {
    case .acknowledged(let answer): note(answer, in: writer)
    case .finished(let summary):
      writer.end(
        step: summary.step, reason: summary.reason.rawValue, summary: Self.bytes(of: summary))
    default: break
    }
  }

  /// Commands of the configuration have no number; what was refused has done nothing.
  private func note(_ answer: Acknowledgement, in writer: RunWriter) {
    guard answer.id > 0, answer.outcome == .applied else { return }
    writer.append(JournalFact(.command, step: answer.step, text: answer.command.description))
  }

  /// Keeps losses.
  public func record(_ losses: [LossBin]) {
    if !losses.isEmpty { writer?.append(losses) }
  }

  /// Notes a step where a process that is killed leaves it.
  public func stepTaken(_ step: Int) {
    steps?.write(step)
  }

  /// Writes a checkpoint.
  public func save(_ checkpoint: RunCheckpoint) -> Bool {
    guard let writer else { return false }
    return writer.checkpoint(
      step: checkpoint.step, isBest: checkpoint.isBest,
      model: checkpoint.parameters.map(SafetensorsTensor.init), state: checkpoint.state)
  }

  /// Whether the disk has the newest checkpoint.
  public func isKept() -> Bool? {
    guard let writer else { return false }
    return writer.isNewestCheckpointSaved()
  }

  /// Waits for the disk.
  public func settle() { writer?.settle() }

  /// Lets go of the folder.
  public func close() {
    writer?.close()
    steps = nil
  }

  /// A value as JSON; nil for one that cannot be written, of which there is none.
  private static func bytes(of value: some Encodable) -> [UInt8]? {
    try? ValueCoding.encoded(value)
  }
}

// MARK: - Going on

extension FolderRecorder {
  /// Goes on with a run from its last checkpoint that is whole; its folder is changed only once
  /// ``resumed()`` says that its state has been put back.
  ///
  /// - Throws: `StoreError` for a run that a process trains, one that has no checkpoint, and what cannot be
  ///   read.
  ///
  /// - Parameters:
  ///   - folder: The run.
  ///   - configuration: How it goes on, which is kept in place of what was; nil: as before.
  ///   - hasMoreEpochs: Whether a person wants more epochs than before.
  /// - Returns: what keeps it, and where it goes on.
  public static func resuming(
    _ folder: RunFolder, as configuration: TrainingConfiguration? = nil,
    hasMoreEpochs: Bool = false
  ) throws(StoreError) -> Recording {
    if case .live(let process) = folder.life {
      throw .inUse(path: folder.path, process: process)
    }
    guard !folder.checkpointSteps.isEmpty else { return try beginning(folder, configuration) }
    let (checkpoint, damaged) = try folder.lastCheckpoint()
    let reached = StepFile.step(of: folder)
    let interval = try folder.card().interval
    let writer = try RunWriter(
      resuming: folder, from: checkpoint, keepingEvery: interval, waits: true)
    let recorder = FolderRecorder(
      writer, interval: interval,
      going: Going(
        step: checkpoint.step, configuration: configuration, hasMoreEpochs: hasMoreEpochs))
    return Recording(
      recorder,
      resuming: Resumption(
        entries: RunCheckpoint.entries(
          parameters: checkpoint.model.map(\.entry), state: checkpoint.state),
        hasMoreEpochs: hasMoreEpochs,
        remarks: damaged.map { "a checkpoint cannot be used: \($0)" }
          + [words(from: checkpoint.step, reached: reached)] + writer.takeNotices()))
  }

  /// Begins a run anew that was ended before its first checkpoint.
  private static func beginning(
    _ folder: RunFolder, _ configuration: TrainingConfiguration?
  ) throws(StoreError) -> Recording {
    let interval = try folder.card().interval
    let writer = try RunWriter(
      resuming: folder, from: .beginning, keepingEvery: interval, waits: true)
    let recorder = FolderRecorder(
      writer, interval: interval, going: Going(step: 0, configuration: configuration))
    recorder.notices.append("the run was ended before its first checkpoint and begins anew")
    return Recording(recorder)
  }

  /// `the run goes on from its checkpoint of step 1000; the 37 steps behind it were lost with the process
  /// and are taken again`.
  private static func words(from step: Int, reached: Int?) -> String {
    let words = "the run goes on from its checkpoint of step \(step)"
    guard let reached, reached > step else { return words }
    let steps = reached - step == 1 ? "the step" : "the \(reached - step) steps"
    return "\(words); \(steps) behind it \(reached - step == 1 ? "was" : "were") not saved and "
      + "\(reached - step == 1 ? "is" : "are") taken again"
  }
}

// MARK: - Going another way

extension FolderRecorder {
  /// Begins a branch of a run at one of its checkpoints, in a folder of its own.
  ///
  /// - Throws: `StoreError` for a checkpoint that is not there, and what cannot be read.
  public static func branching(
    off folder: RunFolder, at step: Int, in collection: RunCollection
  ) throws(StoreError) -> Recording {
    let checkpoint = try folder.checkpoint(step)
    var card = try folder.card()
    card.started = Date().timeIntervalSince1970
    let writer = try RunWriter(
      card, branchingOff: folder, at: checkpoint, in: collection, keepingEvery: card.interval)
    let recorder = FolderRecorder(writer, interval: card.interval)
    recorder.startSteps(at: step)
    return Recording(
      recorder,
      resuming: Resumption(
        entries: RunCheckpoint.entries(
          parameters: checkpoint.model.map(\.entry), state: checkpoint.state),
        hasMoreEpochs: true,
        remarks: ["a branch of \(folder.id) from its step \(step)"] + writer.takeNotices()))
  }
}

extension RunConfiguration {
  /// What a run's folder keeps of it: every choice written out.
  fileprivate var document: String { completed.yaml() }
}
