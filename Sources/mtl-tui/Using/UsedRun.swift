import Datasets
import Foundation
import Models
import Runs
import Store
import Training

/// A run whose model is used.
struct UsedRun {
  /// Its folder.
  let folder: RunFolder
  /// How it was trained.
  let configuration: RunConfiguration
  /// How it read its rows.
  let encoding: DatasetEncoding

  /// Finds a run by its id, the beginning of one, `last`, or its folder.
  ///
  /// - Throws: ``Failure``, in the words of what is at fault.
  init(_ name: String, in collection: String? = nil) throws(Failure) {
    do {
      let runs = try collection.map { RunCollection(path: $0) } ?? RunCollection()
      folder = try runs.find(name)
      configuration = try Self.configuration(folder)
      encoding = try Self.encoding(folder)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(message: "\(error)")
    }
  }

  private static func configuration(_ folder: RunFolder) throws -> RunConfiguration {
    let path = folder.path(of: .configuration)
    guard let bytes = try folder.read(.configuration) else { throw missing(path) }
    return try ConfigurationFile.configuration(String(decoding: bytes, as: UTF8.self), path: path)
      .reduced
  }

  private static func encoding(_ folder: RunFolder) throws -> DatasetEncoding {
    let path = folder.path(of: .encoding)
    guard let bytes = try folder.read(.encoding) else { throw missing(path) }
    return try DatasetEncoding(json: Data(bytes), path: path)
  }

  private static func missing(_ path: String) -> Failure {
    Failure(
      message: """
        \(printable(path)): the run has no such file, so its model cannot be used.
          found: nothing at this path
          fix:   name another run; see `mtl-tui runs list`
        """)
  }

  /// The checkpoint of the step that the run keeps; before its end that of the best so far.
  ///
  /// Where tasks were switched, the step that was kept at the end may be an earlier one than the last
  /// that was the best so far, and have no checkpoint any more: another one is used then, and it is said.
  func keptCheckpoint() throws -> Checkpoint {
    if configuration.keep == .last { return try folder.lastCheckpoint().checkpoint }
    let kept = try folder.decoded(.summary, RunSummary.self)?.bestStep
    if let kept, folder.checkpointSteps.contains(kept) { return try folder.checkpoint(kept) }
    let best = try folder.bestCheckpoint()
    if let kept {
      StandardError.writeLine(
        "mtl-tui: the run kept step \(kept), of which there is no checkpoint: step \(best.step) is used"
      )
    }
    return best
  }

  /// The model with the numbers that the run kept: those of its best step, or of its last where it
  /// keeps the last.
  ///
  /// - Throws: ``Failure``.
  func model(threads: Int) throws(Failure) -> (model: AnsweringModel, step: Int) {
    do {
      let checkpoint = try keptCheckpoint()
      var configuration = configuration
      configuration.threads = threads
      let model = try AnsweringModel(
        configuration, encoding: encoding, tensors: checkpoint.model, path: checkpoint.modelPath,
        reviews: try reviews(threads: threads))
      return (model, checkpoint.step)
    } catch {
      throw Failure(message: "\(error)")
    }
  }

  /// The data that trained a model which reads their reviews also when it answers for other rows; nil
  /// for other models.
  ///
  /// - Throws: `Failure` for data that cannot be found, ``RowsError`` for data that are others now.
  func reviews(threads: Int) throws -> Dataset? {
    guard try ModelRegistry.entry(named: configuration.model).readsReviews else {
      return nil
    }
    return try ownData(threads: threads)
  }

  /// The data that trained the model.
  ///
  /// - Throws: `Failure` for data that cannot be found, ``RowsError`` for data that are others now.
  func ownData(threads: Int) throws -> Dataset {
    let data = configuration.data
    // Data that are read again have texts or interactions, which no cache keeps.
    let choice = try DataChoice(
      data.name, path: data.folder, group: data.group, threads: threads, usesCache: false)
    let dataset = try choice.readAloud()
    _ = try configuration.knowing(dataset)
    return dataset
  }
}
