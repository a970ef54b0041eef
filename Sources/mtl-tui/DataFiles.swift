import Foundation

/// The names of data that a person may type behind `:open`.
enum DataFiles {
  /// What a beginning may become: known data, schema files, and folders on the way to them.
  ///
  /// A line is divided at its blanks, so that names with blanks are left out.
  static func completions(of beginning: String) -> [String] {
    let known = beginning.contains("/") ? [] : ["sample"].filter { $0.hasPrefix(beginning) }
    let home = expandingHome("~/")
    let paths = PathCompletion.paths(expandingHome(beginning), [".yaml", ".yml"])
      .map { beginning.hasPrefix("~/") ? "~/" + $0.dropFirst(home.count) : $0 }
    return known + paths.filter { !$0.contains(" ") }
  }

  /// A path whose `~/` is the home folder.
  static func expandingHome(_ path: String) -> String {
    path.hasPrefix("~/")
      ? FileManager.default.homeDirectoryForCurrentUser.path + path.dropFirst() : path
  }
}
