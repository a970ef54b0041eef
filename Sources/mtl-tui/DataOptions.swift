import ArgumentParser
import Datasets

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

  /// The data behind the two options.
  ///
  /// - Throws: ``Failure`` for a name that is neither known nor a file.
  func choice(threads: Int) throws -> DataChoice {
    try DataChoice(data, path: path, group: group, threads: threads)
  }
}
