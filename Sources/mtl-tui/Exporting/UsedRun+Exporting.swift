import Datasets
import Runs
import Store
import Training

extension UsedRun {
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
