import ArgumentParser
import Datasets
import Foundation
import Runs
import Store
import Training

/// Where a run is kept.
struct RecordingOptions: ParsableArguments {
  @Flag(help: "Keep nothing of the run.") var noSave = false
  @Option(
    help: """
      The folder in which the run's own folder is made. \
      (default: $XDG_STATE_HOME/mtl-tui/runs, else ~/.local/state/mtl-tui/runs)
      """, completion: .directory)
  var out: String?
  @Option(
    help: """
      Steps between checkpoints, each of which is kept; without it the last and the best are. \
      (default: \(FolderRecorder.usualInterval))
      """)
  var checkpointEvery: Int?

  func validate() throws {
    if noSave, out != nil || checkpointEvery != nil {
      throw ValidationError(
        "--no-save keeps nothing: leave it out, or --out and --checkpoint-every.")
    }
    if out == "" { throw ValidationError("--out needs a folder.") }
    if let checkpointEvery {
      try TrainingOptions.check("--checkpoint-every", checkpointEvery, 1...1_000_000_000)
    }
  }

  /// Where runs are.
  ///
  /// - Throws: `StoreError` where no variable names a home.
  func collection() throws(StoreError) -> RunCollection {
    guard let out else { return try RunCollection() }
    return RunCollection(path: DataFiles.expandingHome(out))
  }

  /// What keeps a run that begins by a command; nil: nothing does, which is said where nobody asked for
  /// it.
  func source(command: String) -> Recording.Source? {
    guard !noSave, let plan = FolderRecorder.Plan(command, checkpointEvery, in: collection) else {
      return nil
    }
    return { Recording(FolderRecorder(plan)) }
  }
}

extension FolderRecorder.Plan {
  /// How a command's runs are kept; nil, which is said: there is no place for them.
  init?(
    _ command: String, _ interval: Int?, in collection: () throws(StoreError) -> RunCollection
  ) {
    do throws(StoreError) {
      self.init(
        command: command, program: programVersion, in: try collection(),
        interval: interval)
    } catch {
      StandardError.writeLine("mtl-tui: nothing is kept of runs: \(printableLines("\(error)"))")
      return nil
    }
  }
}

/// A run that was kept, as a command takes it up again.
struct KeptRun {
  let folder: RunFolder
  /// How it was trained.
  var configuration: RunConfiguration

  /// Finds a run by an id, the beginning of one, `last` or a path.
  ///
  /// - Throws: ``Failure`` for one that is not there or cannot be read.
  init(_ name: String, in collection: RunCollection) throws {
    do {
      folder = try collection.find(name)
      guard let text = try folder.read(.configuration) else {
        throw StoreError.noRun(
          path: folder.path, missing: RunFolder.Document.configuration.rawValue)
      }
      configuration = try ConfigurationFile.configuration(
        String(decoding: text, as: UTF8.self), path: folder.path(of: .configuration)
      ).reduced
    } catch {
      throw Failure(message: "\(error)")
    }
  }

  /// Its data.
  ///
  /// - Throws: ``Failure`` for data that are not there any more.
  func data(usesCache: Bool = true) throws -> DataChoice {
    try DataChoice(
      configuration.data.name, path: configuration.data.folder, group: configuration.data.group,
      threads: configuration.threads, usesCache: usesCache)
  }

  /// How it ended; nil: it did not.
  func summary() throws -> RunSummary? {
    do {
      return try folder.decoded(.summary, RunSummary.self)
    } catch {
      throw Failure(message: "\(error)")
    }
  }
}

extension KeptRun {
  /// The session that goes on with it, for so many epochs where they are given.
  ///
  /// - Throws: ``Failure`` where nothing is left to do.
  func resumed(
    epochs: Int?, threads: Int? = nil, keepingTestAnswers keepsAnswers: Bool = false,
    using use: ThreadUse = ThreadUse(), usesCache: Bool = true,
    data source: TrainingSession.DataSource? = nil
  ) throws -> TrainingSession {
    try checkThatSomethingIsLeft(epochs: epochs)
    var configuration = configuration
    let before = configuration.epochs
    configuration.epochs = epochs ?? before
    configuration.threads = threads ?? configuration.threads
    configuration.startsPaused = false
    return TrainingSession(
      configuration,
      recording: { [folder, configuration] in
        use.keepsRun
          ? try FolderRecorder.resuming(folder, as: configuration, epochsBefore: before)
          : try Recording.reading(
            folder, epochsBefore: before, hasMoreEpochs: before < configuration.epochs)
      }, keepingTestAnswers: keepsAnswers, threads: use,
      data:
        try source ?? data(usesCache: usesCache).source)
  }

  /// Throws where the run has come to its end, and is given no more epochs.
  ///
  /// - Throws: ``Failure``.
  func checkThatSomethingIsLeft(epochs: Int?) throws {
    let hasMore = epochs.map { $0 > configuration.epochs } ?? false
    guard let summary = try summary(), ![.stopped, .timeLimit].contains(summary.reason), !hasMore
    else { return }
    throw Failure(
      message: Self.words(for: summary, of: folder, epochs: epochs ?? configuration.epochs))
  }

  /// The session of a branch of it that begins at a checkpoint.
  func branched(
    at step: Int, in collection: RunCollection, using use: ThreadUse = ThreadUse(),
    data: @escaping TrainingSession.DataSource
  ) -> TrainingSession {
    var configuration = configuration
    configuration.startsPaused = false
    return TrainingSession(
      configuration,
      recording: { [folder] in
        use.keepsRun
          ? try FolderRecorder.branching(off: folder, at: step, in: collection)
          : try Recording.reading(folder, at: step, hasMoreEpochs: true)
      }, threads: use, data: data)
  }

  private static func words(for summary: RunSummary, of folder: RunFolder, epochs: Int) -> String {
    """
    \(folder.id): the run has ended; nothing is left to do.
      found: it ended at step \(summary.step) (\(summary.reason.rawValue))
      fix:   give it more than its \(epochs) epochs, as in --epochs \(2 * epochs)
    """
  }
}
