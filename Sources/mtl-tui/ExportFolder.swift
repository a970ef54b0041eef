import Datasets
import Foundation
import Interface

/// Where the explorer's charts and tables are written.
enum ExportFolder {
  /// Writes files beside their places and renames them together; returns their paths.
  ///
  /// A name that is taken gets a number, `tasks-2.csv`, so that nothing is overwritten.
  ///
  /// - Throws: `WritingError`; then none of the files is there.
  static func write(_ files: [ExportedFile], in folder: String) throws -> [String] {
    var taken: Set<String> = []
    let named = files.map { file in
      let name = free(file.name, in: folder, taken)
      taken.insert(name)
      return (name: name, text: file.text)
    }
    var staged = try StagedFiles(named.map(\.name), in: folder, replacing: .only([]))
    for file in named { try staged.stage(Array(file.text.utf8), as: file.name) }
    try staged.publish()
    return named.map { folder == "." ? $0.name : "\(folder)/\($0.name)" }
  }

  /// The name, or the first with a number behind it that nothing has.
  private static func free(_ name: String, in folder: String, _ taken: Set<String>) -> String {
    let stem = name.prefix { $0 != "." }
    let ending = name.dropFirst(stem.count)
    var candidate = name
    var number = 2
    while taken.contains(candidate) || isThere("\(folder)/\(candidate)") {
      candidate = "\(stem)-\(number)\(ending)"
      number += 1
    }
    return candidate
  }

  /// Whether anything bears a path; a link does, wherever it leads.
  private static func isThere(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }
}
