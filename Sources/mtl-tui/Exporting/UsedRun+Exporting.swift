import Datasets
import Runs
import Store
import Training

extension UsedRun {
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

  /// The model with the numbers of a step.
  func model(at step: Int, threads: Int) throws -> AnsweringModel {
    let checkpoint = try folder.checkpoint(step)
    var configuration = configuration
    configuration.threads = threads
    return try AnsweringModel(
      configuration, encoding: encoding, tensors: checkpoint.model, path: checkpoint.modelPath)
  }

  /// The first rows of a table or a schema, as many as are read at once; without a name the
  /// validation rows of the run's own data.
  func examples(named data: String?, threads: Int) throws(Failure) -> Examples {
    var options: [String] = ["--data", data ?? configuration.data.name]
    if data == nil {
      options += ["--split", "validation"]
      if let folder = configuration.data.folder { options += ["--path", folder] }
    }
    options += ["--threads", "\(threads)"]
    let rows: any EncodedRows
    do {
      rows = try UsedDataOptions.parse(options).rows(encoding, RowStream.Wants())
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(message: "\(error)")
    }
    do throws(RowReadingError) {
      while let block = try rows.nextBlock() {
        if block.examples.count > 0 { return block.examples }
      }
    } catch {
      throw Failure(message: "\(error)")
    }
    throw Failure(message: "there are no rows")
  }
}
