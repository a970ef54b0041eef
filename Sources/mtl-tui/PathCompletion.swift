import Foundation
import Runs

/// Paths that begin so, of folders and of files with one of some endings.
enum PathCompletion {
  /// The paths in their order, folders with a `/` at their end; nothing where nothing can be read.
  static func paths(_ start: String, _ endings: [String]) -> [String] {
    let folder = CommandTable.folder(of: start)
    return names(in: folder).map { folder + $0 }.filter { path in
      path.hasPrefix(start) && (path.hasSuffix("/") || endings.contains { path.hasSuffix($0) })
    }
  }

  /// What a folder holds in the order of the names, folders with a `/` at their end; hidden names are
  /// left out.
  static func names(in folder: String) -> [String] {
    let path = folder.isEmpty ? "." : folder
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return [] }
    return names.filter { !$0.hasPrefix(".") }.sorted().map { name in
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(
        atPath: folder + name, isDirectory: &isFolder)
      return exists && isFolder.boolValue ? name + "/" : name
    }
  }
}
