import ArgumentParser
import Datasets
import Foundation
import Runs

/// Which rows a trained model is used on.
struct UsedDataOptions: ParsableArguments {
  @Option(
    help: """
      A table (CSV, TSV, gzipped or not, - for standard input), the path of a schema (.yaml), a \
      folder that `data pack` wrote, sample, or the name of a recipe with --path.
      """, completion: .file())
  var data: String
  @Option(
    help: "The folder of the data's files; of a table, that of the tables that are joined.",
    completion: .directory)
  var path: String?
  @Option(help: "Only the rows that a schema's split gives to training, validation or test.")
  var split: RowSplit?
  @Option(help: "Threads that read and answer.") var threads = TrainingDefaults.threads

  func validate() throws {
    try TrainingOptions.check("--threads", threads, TrainingDefaults.threadCounts)
  }

  /// The rows, encoded as a model's training rows were.
  ///
  /// - Throws: ``Failure`` for what is neither known nor a file, and for what is wrong with it.
  func rows(_ encoding: DatasetEncoding, _ wants: RowStream.Wants) throws(Failure)
    -> any EncodedRows
  {
    var wants = wants
    wants.split = split
    try DataName.refuse(path: path, with: data)
    if case .packed = DataName(data) { return try packed(encoding, wants) }
    let files = try files()
    do throws(RowReadingError) {
      return try RowStream(encoding, files, wants: wants, joins: path, threads: threads)
    } catch {
      throw Failure(message: "\(error)")
    }
  }

  /// The rows of a packed folder.
  private func packed(
    _ encoding: DatasetEncoding, _ wants: RowStream.Wants
  ) throws(Failure) -> any EncodedRows {
    do {
      let rows = try PackedStream(encoding, in: data, wants: wants, threads: threads)
      rows.notices.forEach { StandardError.writeLine("mtl-tui: \($0)") }
      return rows
    } catch {
      throw Failure(message: "\(error)")
    }
  }

  private func files() throws(Failure) -> RowStream.Files {
    switch DataName(data) {
    case .sample: return try sample()
    case .recipe(let recipe):
      let folder = try DataName.folder(path, of: recipe)
      return .schema(recipe.schema(in: folder), .folder(folder, hint: recipe.origin))
    case .packed, .path: break
    }
    guard [".yaml", ".yml"].contains(where: { data.lowercased().hasSuffix($0) }) else {
      return .table(data)
    }
    do {
      let file = try SchemaFile(path: data)
      return .schema(file.schema, .folder(path ?? file.folder))
    } catch {
      throw Failure(message: SchemaDoubt(path: data).words(for: error))
    }
  }

  /// The sample is made in memory, as for training.
  private func sample() throws(Failure) -> RowStream.Files {
    do {
      let made = try SampleData.files()
      return .schema(made.schema, .memory(made.files))
    } catch {
      throw Failure(message: "\(error)")
    }
  }
}

extension RowSplit: ExpressibleByArgument {}
