import ArgumentParser
import Datasets
import Runs

/// Which data a command works on.
struct DataOptions: ParsableArguments {
  @Option(
    help: """
      sample, \(Recipe.all.map(\.name).joined(separator: ", ")), the path of a schema (.yaml), or a \
      folder that `data pack` wrote. The sample is made in memory. (default: sample)
      """, completion: ShellCompletion.data)
  var data: String?
  @Option(help: "The folder of the data's files.", completion: .directory)
  var path: String?
  @Option(
    help: """
      A column whose values group the rows: AUC within groups (gauc, gxauc) is scored besides. It \
      need not be an input.
      """)
  var group: String?
  @OptionGroup var cache: CacheOptions

  /// What the flags say.
  var layer: ConfigurationLayer {
    var layer = ConfigurationLayer()
    layer.add("data", data, .flag("--data"))
    layer.add("path", path, .flag("--path"))
    layer.add("group", group, .flag("--group"))
    return layer
  }
}

/// Whether what was packed of files before is used in their place.
struct CacheOptions: ParsableArguments {
  @Flag(
    help: """
      Read the files though a cache of them is there, and make none. (A cache is made beside the data \
      where reading took longer than 5 seconds; see data cache.)
      """)
  var noCache = false

  /// Whether a cache may be used and made.
  var isUsed: Bool { !noCache }
}
