import Foundation
import Interface
import Runs
import Terminal
import Yams

/// `config.yaml`: where it lies, reading it, and keeping what a person chose.
struct ConfigFile {
  /// The first line of a file that the explorer itself wrote.
  static let mark = "# Kept by mtl-tui; :keep writes this file anew."

  /// Where it lies; nil where there is no home.
  let path: String?

  /// The file of a person: `$XDG_CONFIG_HOME/mtl-tui/config.yaml`, else in `~/.config`.
  ///
  /// By the XDG Base Directory Specification a relative `XDG_CONFIG_HOME` counts as not set.
  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    let named = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.config" : nil }
    path = (named ?? home).map { $0 + "/mtl-tui/config.yaml" }
  }

  /// What it says; nothing if there is none.
  func read() throws(ConfigError) -> ExplorerConfig {
    guard let path, let text = try text(path) else { return ExplorerConfig() }
    return try Self.config(text, path: path)
  }

  private static let longest = 65_536

  /// The text of a file; nil if there is none.
  private func text(_ path: String) throws(ConfigError) -> String? {
    var kind = stat()
    guard stat(path, &kind) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw ConfigError(path: path, what: .unreadable(String(cString: strerror(errno))))
    }
    // A pipe or a device might never end.
    guard kind.st_mode & S_IFMT == S_IFREG, kind.st_size <= Self.longest else {
      throw ConfigError(path: path, what: .unreadable("no file of at most 64 KiB"))
    }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw ConfigError(path: path, what: .unreadable("no right to read it"))
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigError(path: path, what: .unreadable("bytes that are not UTF-8"))
    }
    return text
  }
}

// MARK: - Reading

extension ConfigFile {
  /// Reads the text of a file.
  static func config(_ text: String, path: String) throws(ConfigError) -> ExplorerConfig {
    var config = ExplorerConfig()
    guard let root = try compose(text, path: path) else { return config }
    guard let mapping = root.mapping else {
      throw ConfigError(path: path, line: root.mark?.line ?? 1, what: .notAMapping)
    }
    for (key, value) in try entries(mapping, path: path) {
      let entry = ConfigEntry(path: path, key: key.name, line: key.line, node: value)
      switch key.name {
      case "theme": config.theme = try entry.theme()
      case "charset": config.charset = try entry.charset()
      case "mouse": config.mouse = try entry.flag()
      case "fps":
        config.fps = try entry.number(
          "a number from 1 to 60", where: ExplorerConfig.allowsFrames)
      case "pace":
        config.pace = try entry.number(
          "0, or a number from 0.001 to 1000000", where: ExplorerConfig.allowsPace)
      case "keys": config.keys = try entry.keys()
      default:
        throw ConfigError(path: path, line: key.line, what: .unknownKey(key.name))
      }
    }
    return config
  }

  private static func compose(_ text: String, path: String) throws(ConfigError) -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      let (line, problem) =
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
          .composer(_, let problem, let mark, _):
          (mark.line, problem)
        case .duplicatedKeysInMapping(let keys, let context):
          (context.mark.line, "\(keys.count) keys that are named twice")
        default: (1, "\(error)".split(separator: "\n").first.map(String.init) ?? "")
        }
      throw ConfigError(path: path, line: line, what: .syntax(problem))
    } catch {
      throw ConfigError(path: path, what: .syntax("\(error)"))
    }
  }

  /// Keys and values in the order of the file; no key twice.
  static func entries(
    _ mapping: Node.Mapping, path: String
  ) throws(ConfigError) -> [(key: (name: String, line: Int), value: Node)] {
    var seen: Set<String> = []
    var entries: [(key: (name: String, line: Int), value: Node)] = []
    for (key, value) in mapping {
      let line = key.mark?.line ?? value.mark?.line ?? 1
      guard let name = key.scalar?.string else {
        throw ConfigError(path: path, line: line, what: .notAMapping)
      }
      guard seen.insert(name).inserted else {
        throw ConfigError(path: path, line: line, what: .repeated(name))
      }
      entries.append(((name, line), value))
    }
    return entries
  }
}

/// A value of the file with its key, so that each error says where it is.
private struct ConfigEntry {
  let path: String
  let key: String
  let line: Int
  let node: Node

  /// What stands there, in a line.
  private var text: String { node.scalar?.string ?? "a list or more keys" }

  private func wrong(_ expected: String, near: String? = nil) -> ConfigError {
    ConfigError(
      path: path, line: node.mark?.line ?? line,
      what: .wrongValue(key: key, found: text, expected: expected, near: near))
  }

  func theme() throws(ConfigError) -> Theme? {
    let names = Theme.all.map(\.name) + [ExplorerConfig.automatic]
    if text == ExplorerConfig.automatic { return nil }
    guard let theme = Theme.named(text) else {
      throw wrong("one of \(names.joined(separator: ", "))", near: nearest(to: text, in: names))
    }
    return theme
  }

  func charset() throws(ConfigError) -> Charset {
    let names = Charset.allCases.map(\.rawValue)
    guard let charset = Charset(rawValue: text) else {
      throw wrong("one of \(names.joined(separator: ", "))", near: nearest(to: text, in: names))
    }
    return charset
  }

  func flag() throws(ConfigError) -> Bool {
    switch text {
    case "on", "true", "yes": return true
    case "off", "false", "no": return false
    default: throw wrong("on or off", near: nil)
    }
  }

  func number(_ expected: String, where isAllowed: (Double) -> Bool) throws(ConfigError) -> Double {
    guard let number = Double(text), isAllowed(number) else { throw wrong(expected) }
    return number
  }

  func keys() throws(ConfigError) -> [ExplorerConfig.KeptKey] {
    let expected = "names of actions, each with a key"
    guard let mapping = node.mapping else { throw wrong(expected) }
    var keys: [ExplorerConfig.KeptKey] = []
    for (action, chord) in try ConfigFile.entries(mapping, path: path) {
      guard let text = chord.scalar?.string, !text.isEmpty else {
        throw ConfigError(
          path: path, line: action.line,
          what: .wrongValue(
            key: action.name, found: "nothing, or a list", expected: "a key", near: nil))
      }
      keys.append(.init(action: action.name, chord: text, line: action.line))
    }
    return keys
  }
}
