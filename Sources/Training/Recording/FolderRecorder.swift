import Datasets
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
    /// Names of more bytes lie beside the description of the data.
    var namesBound = NamesApart.usualBound

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
  /// The file of the newest step, and behind which opening of the folder it was opened.
  private var steps: (file: StepFile?, opening: Int) = (nil, 0)
  /// The names that lie beside the description of the data; nil where they are in it.
  private var names: NamesApart?
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
    let configuration: RunConfiguration?
    /// How many epochs it had until there; nil: as many as it has from there on.
    var epochsBefore: Int?
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
    var card = try writer.folder.card()
    try writer.goOn(from: going.step, epochsBefore: going.epochsBefore)
    self.going = nil
    if let configuration = going.configuration {
      writer.write(.configuration, Array(configuration.document.utf8))
      card.configuration = configuration.runHash
      if let bytes = bytes(of: card, "the run's card") { writer.write(.card, bytes) }
    }
    stepTaken(going.step)
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
    documents[.description] = bytes(of: run.description, "what the run is")
    let encoding = run.dataset.savedEncoding
    documents[.schema] = encoding?.schema.yaml.map { Array($0.utf8) }
    documents[.encoding] = encoding.flatMap { bytes(of: $0, namesAbove: plan.namesBound) }
    names = encoding?.namesApart(above: plan.namesBound)
    if !plan.tags.isEmpty {
      documents[.tags] = bytes(of: Set(plan.tags).sorted(), "the run's tags")
    }
    var card = RunCard(
      command: plan.command, model: run.description.model, data: run.description.data,
      seed: run.configuration.isFitted ? nil : run.configuration.seed,
      configuration: run.configuration.runHash, program: plan.program)
    card.interval = plan.interval
    card.warmStart = run.warmStart
    writer = RunWriter(
      card, documents: documents, in: plan.collection, keepingEvery: plan.interval)
    stepTaken(0)
  }

  /// What turned rows of files into numbers; nil where it cannot be written, which is said.
  private func bytes(of encoding: DatasetEncoding, namesAbove bound: Int) -> [UInt8]? {
    do throws(EncodingFileError) {
      return try encoding.json(namesAbove: bound).map { $0 }
    } catch {
      notices.append("the run is kept without what turns rows into numbers: \(error)")
      return nil
    }
  }

  /// Puts the names that lie apart into a folder that was just opened.
  private func keepNames(in folder: RunFolder) {
    do throws(EncodingFileError) {
      try names?.keep(in: folder.path)
    } catch {
      notices.append("\(error)")
    }
  }

  /// Keeps an event, a person's command in the journal besides, and how the run ended.
  public func record(_ event: Event) {
    guard let writer, going == nil else { return }
    if case .dropped = event { return }
    if let line = bytes(of: event, "an event") {
      writer.append(event: String(decoding: line, as: UTF8.self))
    }
    switch event {
    case .acknowledged(let answer): note(answer, in: writer)
    case .finished(let summary):
      writer.end(
        step: summary.step, reason: summary.reason.rawValue,
        summary: bytes(of: summary, "how the run ended"))
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
  ///
  /// The file lies in the folder: another folder has another one.
  public func stepTaken(_ step: Int) {
    guard let writer else { return }
    if steps.opening != writer.openings {
      keepNames(in: writer.folder)
      steps = (StepFile(writer.folder), writer.openings)
    }
    steps.file?.write(step)
  }

  /// Writes a checkpoint.
  public func save(_ checkpoint: RunCheckpoint) -> Bool {
    guard let writer else { return false }
    return writer.checkpoint(
      step: checkpoint.step, isBest: checkpoint.isBest, isStart: checkpoint.isStart,
      model: checkpoint.parameters.map(SafetensorsTensor.init), state: checkpoint.state,
      help: checkpoint.help)
  }

  /// Whether the disk has the newest checkpoint.
  public func isKept() -> Bool? {
    guard let writer else { return false }
    return writer.isNewestCheckpointSaved()
  }

  /// Whether the folder of the newest checkpoint was taken away.
  public func isGone() -> Bool { writer?.isSavedCheckpointGone ?? false }

  /// Waits for the disk.
  public func settle() { writer?.settle() }

  /// Tries again to keep what could not be kept.
  public func retry() { if trouble != nil { writer?.retry() } }

  /// Lets go of the folder.
  public func close() {
    if let writer, steps.opening != writer.openings { keepNames(in: writer.folder) }
    writer?.close()
    steps = (nil, 0)
  }

  /// A value as JSON; nil for one that cannot be written, which is said.
  private func bytes(of value: some Encodable, _ what: String) -> [UInt8]? {
    do { return try ValueCoding.encoded(value) } catch {
      notices.append("\(what) is not kept: \(error)")
      return nil
    }
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
  /// A run of a model that is fitted at once begins anew.
  ///
  /// - Parameters:
  ///   - folder: The run.
  ///   - configuration: How it goes on, which is kept in place of what was; nil: as before.
  ///   - epochs: How many epochs it had, where it is given others; nil: as many as before.
  /// - Returns: what keeps it, and where it goes on.
  public static func resuming(
    _ folder: RunFolder, as configuration: RunConfiguration? = nil, epochsBefore epochs: Int? = nil
  ) throws(StoreError) -> Recording {
    // Nobody else may go on with the run between what is read here and what is written.
    let lock = try folder.hold()
    let card = try folder.card()
    guard card.seed != nil, !folder.checkpointSteps.isEmpty else {
      return try beginning(folder, card, configuration, lock)
    }
    let (checkpoint, damaged) = try folder.lastCheckpoint()
    let reached = StepFile.step(of: folder)
    let writer = try RunWriter(
      resuming: folder, from: checkpoint, keepingEvery: card.interval, holding: lock, waits: true)
    let before = writer.epochsBefore ?? epochs
    let recorder = FolderRecorder(
      writer, interval: card.interval,
      going: Going(
        step: checkpoint.step, configuration: configuration,
        epochsBefore: before == configuration?.epochs ? nil : before))
    recorder.names = NamesApart(in: folder.path)
    return Recording(
      recorder,
      resuming: Resumption(
        checkpoint, epochsBefore: before,
        hasMoreEpochs: epochs.map { $0 < configuration?.epochs ?? 0 } ?? false,
        remarks: damaged.map { "a checkpoint cannot be used: \($0)" }
          + [words(from: checkpoint.step, reached: reached)] + writer.takeNotices()))
  }

  /// Begins a run anew that was ended before its first checkpoint, or has no steps to go on from.
  private static func beginning(
    _ folder: RunFolder, _ card: RunCard, _ configuration: RunConfiguration?, _ lock: RunLock
  ) throws(StoreError) -> Recording {
    let writer = try RunWriter(
      resuming: folder, from: .beginning, keepingEvery: card.interval, holding: lock, waits: true)
    let recorder = FolderRecorder(
      writer, interval: card.interval, going: Going(step: 0, configuration: configuration))
    recorder.names = NamesApart(in: folder.path)
    recorder.notices.append(
      card.seed == nil
        ? "the model is fitted at once, so the run begins anew"
        : "the run was ended before its first checkpoint and begins anew")
    if let taken = card.warmStart {
      recorder.notices.append("its embeddings are drawn anew; of those before: \(taken)")
    }
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
    let epochs = try folder.epochsBefore(checkpoint)
    var card = try folder.card()
    card.started = Date().timeIntervalSince1970
    let writer = try RunWriter(
      card, branchingOff: folder, at: checkpoint, in: collection, keepingEvery: card.interval)
    let recorder = FolderRecorder(writer, interval: card.interval)
    recorder.names = NamesApart(in: folder.path)
    recorder.stepTaken(step)
    return Recording(
      recorder,
      resuming: Resumption(
        checkpoint, epochsBefore: epochs, hasMoreEpochs: true,
        remarks: ["a branch of \(folder.id) from its step \(step)"] + writer.takeNotices()))
  }
}

extension RunConfiguration {
  /// What a run's folder keeps of it: every choice written out.
  fileprivate var document: String { completed.yaml() }
}
