import Foundation
import Interface
import Terminal

extension ConfigFile {
  /// Keeps what a person chose: the theme, and whether the mouse is the explorer's.
  ///
  /// The file is written beside its place and renamed. A file that the explorer did not write, and a
  /// link to one, are left alone.
  ///
  /// - Returns: the path of the file.
  func keep(theme: String, mouse: Bool) throws(ConfigError) -> String {
    guard let path else {
      throw ConfigError(
        path: "config.yaml", what: .unwritable("neither XDG_CONFIG_HOME nor HOME names a folder"))
    }
    let lines = ["theme: \(theme)", "mouse: \(mouse ? "on" : "off")"]
    guard try isOurs(path) else {
      throw ConfigError(path: path, what: .notOurs(adding: lines))
    }
    do {
      let folder = (path as NSString).deletingLastPathComponent
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      let beside = "\(path).\(UUID().uuidString)"
      let text = ([Self.mark] + lines).joined(separator: "\n") + "\n"
      try Data(text.utf8).write(to: URL(fileURLWithPath: beside), options: .withoutOverwriting)
      guard rename(beside, path) == 0 else {
        let reason = String(cString: strerror(errno))
        unlink(beside)
        throw ConfigError(path: path, what: .unwritable(reason))
      }
      return path
    } catch let error as ConfigError {
      throw error
    } catch {
      throw ConfigError(path: path, what: .unwritable(error.localizedDescription))
    }
  }

  /// Whether nothing stands there, or a file that the explorer wrote.
  private func isOurs(_ path: String) throws(ConfigError) -> Bool {
    var kind = stat()
    guard lstat(path, &kind) == 0 else { return true }
    guard kind.st_mode & S_IFMT == S_IFREG, kind.st_size < 4_096,
      let bytes = FileManager.default.contents(atPath: path)
    else { return false }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    // What a person has added since is not ours either.
    return lines.first == Self.mark[...]
      && lines.dropFirst().allSatisfy { $0.hasPrefix("theme: ") || $0.hasPrefix("mouse: ") }
  }
}
