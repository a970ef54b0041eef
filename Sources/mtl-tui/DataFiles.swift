import Datasets
import Foundation

/// The names of data that a person may type behind `:open`.
enum DataFiles {
  /// What a beginning may become: known data, schema files, and folders on the way to them.
  static func completions(of beginning: String) -> [String] {
    let known = beginning.contains("/") ? [] : ["sample"]
    let folder = beginning.lastIndex(of: "/").map { String(beginning[...$0]) } ?? ""
    let wanted = expandingHome(folder)
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: wanted.isEmpty ? "." : wanted)) ?? []
    let files = names.sorted().compactMap { name -> String? in
      guard !name.hasPrefix("."), !name.contains(" ") else { return nil }
      var isFolder: ObjCBool = false
      FileManager.default.fileExists(atPath: wanted + name, isDirectory: &isFolder)
      if isFolder.boolValue { return folder + name + "/" }
      return [".yaml", ".yml"].contains { name.lowercased().hasSuffix($0) } ? folder + name : nil
    }
    return (known + files).filter { $0.hasPrefix(beginning) }
  }

  /// A path whose `~/` is the home folder.
  static func expandingHome(_ path: String) -> String {
    path.hasPrefix("~/")
      ? FileManager.default.homeDirectoryForCurrentUser.path + path.dropFirst() : path
  }
}
