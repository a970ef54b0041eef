import ArgumentParser
import Datasets
import Foundation
import Runs

/// Which data a command works on.
struct DataOptions: ParsableArguments {
  @Option(
    help: """
      sample, \(Recipe.all.map(\.name).joined(separator: ", ")), or the path of a schema (.yaml). \
      The sample is made in memory.
      """, completion: ShellCompletion.data)
  var data = "sample"
  @Option(help: "The folder of the data's files.", completion: .directory)
  var path: String?
  @Option(
    help: """
      A column whose values group the rows: AUC within groups (gauc, gxauc) is scored besides. It \
      need not be an input.
      """)
  var group: String?

  /// What a run's configuration says of its data: files by their whole paths, so that the run can be
  /// taken up again from anywhere.
  var selection: DataSelection {
    DataSelection(
      Self.whole(data), folder: path.map { Self.wholePath($0) }, group: group)
  }

  /// A name of data, or the whole path of a schema.
  static func whole(_ data: String) -> String {
    let isKnown = data == "sample" || Recipe.all.contains { $0.name == data }
    return isKnown ? data : wholePath(data)
  }

  private static func wholePath(_ path: String) -> String {
    URL(fileURLWithPath: DataFiles.expandingHome(path)).standardizedFileURL.path
  }

  /// The data behind the two options.
  ///
  /// - Throws: ``Failure`` for a name that is neither known nor a file.
  func choice(threads: Int) throws -> DataChoice {
    try DataChoice(data, path: path, group: group, threads: threads)
  }
}
