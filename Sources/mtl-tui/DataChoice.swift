import Datasets
import Foundation
import Runs
import Training

/// Which data a person asked for: the sample, a recipe, or a schema of their own.
struct DataChoice {
  /// What the data are called.
  let name: String
  /// Reads them.
  let source: TrainingSession.DataSource

  /// Resolves `--data` and `--path`.
  ///
  /// - Throws: ``Failure`` for a name that is neither known nor a file.
  init(_ data: String, path: String?, threads: Int) throws {
    if data == "sample" {
      name = "sample"
      source = { progress in try SampleData.load(threads: threads, progress: progress) }
      return
    }
    if let recipe = Recipe.all.first(where: { $0.name == data }) {
      guard let path else {
        throw Failure(
          message: """
            --data \(data): the folder of its files is not given.
              found: no --path
              fix:   \(recipe.origin)
            """)
      }
      name = data
      source = { progress in
        try withoutActuallyEscaping(progress) { progress in
          try DatasetLoader(
            recipe.schema(in: path), from: .folder(path, hint: recipe.origin), threads: threads
          ).load(progress: progress)
        }
      }
      return
    }
    throw Self.unknown(data)
  }

  private static func unknown(_ data: String) -> Failure {
    let known = ["sample"] + Recipe.all.map(\.name)
    let near = nearest(to: data, in: known)
    return Failure(
      message: """
        --data \(printable(data)): no such data set or schema file.
          known: \(known.joined(separator: ", ")), or the path of a schema (.yaml)
          fix:   \(near.map { "did you mean '\($0)'?" } ?? "choose one of these")
        """)
  }
}

/// The data that the program carries: the synthetic log's sample, made in memory.
enum SampleData {
  static func load(threads: Int, progress: (Double, String) -> Void) throws -> Dataset {
    throw Failure(message: "the sample is not there yet")
  }
}
