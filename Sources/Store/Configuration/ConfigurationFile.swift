internal import Foundation
public import Runs
import Yams

/// A file of values of a run: a key and a value a line, as `--print-config` writes them.
public struct ConfigurationFile {
  private static let longest = 1_048_576
  private let path: String

  /// The file of a path.
  public init(path: String) { self.path = path }

  /// What the file says.
  ///
  /// Paths in it are those from the file's folder. Whether keys and values are right is said where layers are merged, by their lines.
  ///
  /// - Throws: ``ConfigurationFileError``.
  public func layer() throws(ConfigurationFileError) -> ConfigurationLayer {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var layer = try Self.layer(try text(), path: path)
    for index in layer.entries.indices
    where layer.entries[index].name == "path" || layer.entries[index].namesAFile {
      layer.entries[index].texts = layer.entries[index].texts.map {
        URL(fileURLWithPath: $0, relativeTo: URL(fileURLWithPath: folder, isDirectory: true)).path
      }
    }
    return layer
  }

  /// The configuration of a run as its folder keeps it, in which every value stands.
  ///
  /// - Throws: ``ConfigurationFileError``, and `ConfigurationError` for what no configuration can say.
  public static func configuration(_ text: String, path: String) throws -> RunConfiguration {
    try SourcedConfiguration([layer(text, path: path)]).configuration
  }

  private func text() throws(ConfigurationFileError) -> String {
    var kind = stat()
    guard stat(path, &kind) == 0 else {
      throw ConfigurationFileError(path, .unreadable(String(cString: strerror(errno))))
    }
    // A pipe or a device might never end.
    guard kind.st_mode & S_IFMT == S_IFREG, kind.st_size <= Self.longest else {
      throw ConfigurationFileError(path, .unreadable("no file of at most 1 MiB"))
    }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw ConfigurationFileError(path, .unreadable("no right to read it"))
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationFileError(path, .unreadable("bytes that are not UTF-8"))
    }
    return text
  }
}

// MARK: - Reading

extension ConfigurationFile {
  /// What a text says; `path` is what its values are said to come from.
  public static func layer(
    _ text: String, path: String
  ) throws(ConfigurationFileError) -> ConfigurationLayer {
    guard let root = try compose(text, path: path) else { return ConfigurationLayer() }
    guard let mapping = root.mapping else {
      throw ConfigurationFileError(path, line: root.mark?.line ?? 1, .notAMapping)
    }
    var layer = ConfigurationLayer()
    for (key, value) in mapping {
      let line = key.mark?.line ?? value.mark?.line ?? 1
      guard let name = key.scalar?.string else {
        throw ConfigurationFileError(path, line: line, .notAMapping)
      }
      layer.entries.append(
        .init(name, try texts(value, of: name, path: path), .file(path: path, line: line)))
    }
    return layer
  }

  /// A value, or the values of a list.
  private static func texts(
    _ node: Node, of name: String, path: String
  ) throws(ConfigurationFileError) -> [String] {
    if let scalar = node.scalar { return [scalar.string] }
    let isList = ConfigurationKey.named(name)?.form == .scheduled
    guard isList, let sequence = node.sequence else {
      throw ConfigurationFileError(path, line: node.mark?.line ?? 1, .notOneValue(name))
    }
    var texts: [String] = []
    for node in sequence {
      guard let scalar = node.scalar else {
        throw ConfigurationFileError(path, line: node.mark?.line ?? 1, .notOneValue(name))
      }
      texts.append(scalar.string)
    }
    return texts
  }

  private static func compose(
    _ text: String, path: String
  ) throws(ConfigurationFileError) -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      let (line, problem) =
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
          .composer(_, let problem, let mark, _):
          (mark.line, problem)
        case .duplicatedKeysInMapping(let keys, _):
          throw ConfigurationFileError(path, .repeated(keys.first ?? ""))
        default: (1, "\(error)".split(separator: "\n").first.map(String.init) ?? "")
        }
      throw ConfigurationFileError(path, line: line, .syntax(problem))
    } catch {
      throw ConfigurationFileError(path, .syntax("\(error)"))
    }
  }
}

extension ConfigurationLayer.Entry {
  /// Whether it names data by the path of a schema.
  fileprivate var namesAFile: Bool {
    guard name == "data", let text = texts.last else { return false }
    return DataSelection(text).isSchemaPath
  }
}

/// Why a file cannot be read as values of a run.
public struct ConfigurationFileError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum What: Hashable, Sendable {
    /// The system's reason.
    case unreadable(String)
    /// It is not YAML.
    case syntax(String)
    /// It is something else than keys with values.
    case notAMapping
    /// A key is there twice.
    case repeated(String)
    /// A list, or further keys, where one value belongs.
    case notOneValue(String)
  }

  /// The file.
  public var path: String
  /// The line, from 1; 0 is the file as a whole.
  public var line: Int
  /// What is wrong.
  public var what: What

  init(_ path: String, line: Int = 0, _ what: What) {
    (self.path, self.line, self.what) = (path, line, what)
  }
}

extension ConfigurationFileError: CustomStringConvertible {
  /// Where, what, what was found, how to mend it.
  public var description: String {
    "\(path)\(line > 0 ? ":\(line)" : ""): \(sentence).\n  found: \(found)\n  fix:   \(fix)"
  }

  private var sentence: String {
    switch what {
    case .unreadable: "the configuration cannot be read"
    case .syntax: "not valid YAML"
    case .notAMapping: "a configuration is keys with values"
    case .repeated(let key): "'\(key)' is named twice"
    case .notOneValue(let key): "'\(key)' takes one value"
    }
  }

  private var found: String {
    switch what {
    case .unreadable(let reason): reason
    case .syntax(let problem): problem
    case .notAMapping: "something else"
    case .repeated(let key): "\(key), twice"
    case .notOneValue: "a list or further keys"
    }
  }

  private var fix: String {
    switch what {
    case .unreadable: "name a file that `--print-config` has written, or one like it"
    case .syntax, .notAMapping: "write a key and a value a line, as in 'epochs: 4'"
    case .repeated: "keep one of the lines"
    case .notOneValue(let key): "write '\(key): VALUE'; only 'at' takes a list"
    }
  }
}
