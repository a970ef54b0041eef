import ArgumentParser
import Runs
import Store

/// Where values come from besides the flags, and what became of them.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: """
      A file of values under the names of the flags, as --print-config writes it; flags go before it.
      """, completion: .file(extensions: ["yaml", "yml"]))
  var config: String?
  @Flag(help: "Print what would be run, and where each value comes from, instead of running it.")
  var printConfig = false

  /// What the file says; nothing without one.
  ///
  /// - Throws: ``Failure`` for a file that cannot be read.
  func layer() throws(Failure) -> ConfigurationLayer {
    guard let config else { return ConfigurationLayer() }
    do throws(ConfigurationFileError) {
      return try ConfigurationFile(path: config).layer()
    } catch {
      throw Failure(message: printableLines(error.description))
    }
  }
}
