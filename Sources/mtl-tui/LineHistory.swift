import Datasets
import Foundation
import Runs

/// The lines typed behind `:`, kept between runs of the program.
///
/// They lie in `$XDG_STATE_HOME/mtl-tui/history`, else in `~/.local/state/mtl-tui/history`, a line
/// each, the newest last; only their owner may read them.
struct LineHistory {
  /// Lines at most.
  static let capacity = 100

  let path: String?

  /// The history of a person with these variables; without a home there is none.
  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    // A relative path is no path, says the specification of these variables.
    let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.local/state" : nil }
    path = (state ?? home).map { $0 + "/mtl-tui/history" }
  }

  /// The lines that were kept, oldest first; what cannot be read is none.
  var lines: [String] {
    guard let path, let data = FileManager.default.contents(atPath: path) else { return [] }
    return Self.kept(String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init))
  }

  /// Keeps the newest lines: written beside and renamed, so that it is whole at any moment.
  ///
  /// - Throws: ``Failure`` if it cannot be written.
  func keep(_ lines: [String]) throws {
    guard let path else {
      throw Failure(message: "typed lines are not kept: HOME names no folder")
    }
    let files = FileManager.default
    let folder = (path as NSString).deletingLastPathComponent
    do {
      try files.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let text = Self.kept(lines).map { $0 + "\n" }.joined()
      let beside = "\(path).\(getpid())"
      guard
        files.createFile(
          atPath: beside, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
      else { throw CocoaError(.fileWriteUnknown) }
      guard rename(beside, path) == 0 else {
        unlink(beside)
        throw CocoaError(.fileWriteUnknown)
      }
    } catch {
      throw Failure(message: "typed lines are not kept: \(printable(path)) cannot be written")
    }
  }

  /// The newest lines that a terminal cannot obey; of several equal ones in a row one.
  private static func kept(_ lines: [String]) -> [String] {
    var kept: [String] = []
    for line in lines where !line.isEmpty && printable(line) == line && line.count <= 400 {
      if kept.last != line { kept.append(line) }
    }
    return Array(kept.suffix(capacity))
  }
}
