/// Where a value of a configuration comes from.
public enum ConfigurationSource: Sendable, Hashable {
  /// What the program does where nothing is said.
  case builtIn
  /// What is advised, and for what: `sample`, `mmoe on sample`.
  case advice(String)
  /// What a command of the program does otherwise than others: `the explorer, for the sample`.
  case command(String)
  /// A line of a file; 0 is the file as a whole.
  case file(path: String, line: Int)
  /// A flag, as it is written: `--lr`.
  case flag(String)
  /// The form of the explorer.
  case form
}

extension ConfigurationSource: CustomStringConvertible {
  /// What stands as a comment beside the value.
  public var description: String {
    switch self {
    case .builtIn: "built-in"
    case .advice(let what): "advised for \(what)"
    case .command(let what): what
    case .file(let path, let line): line > 0 ? "\(path):\(line)" : path
    case .flag(let flag): flag
    case .form: "chosen in the explorer"
    }
  }
}

/// Values of one origin: of a file, of the flags, of a form.
public struct ConfigurationLayer: Sendable, Hashable {
  /// What is said of a key.
  public struct Entry: Sendable, Hashable {
    /// The key's name.
    public var name: String
    /// The value as text; several of a key that may be said repeatedly.
    public var texts: [String]
    /// Where it was said.
    public var source: ConfigurationSource

    /// Says something.
    public init(_ name: String, _ texts: [String], _ source: ConfigurationSource) {
      (self.name, self.texts, self.source) = (name, texts, source)
    }
  }

  /// What is said, in the order in which it was.
  public var entries: [Entry]

  /// Puts a layer together.
  public init(_ entries: [Entry] = []) { self.entries = entries }

  /// Adds a value, unless there is none.
  public mutating func add<Value>(_ name: String, _ value: Value?, _ source: ConfigurationSource) {
    guard let value else { return }
    entries.append(Entry(name, ["\(value)"], source))
  }

  /// The last text of a key; nil if nothing is said of it.
  public func text(of name: String) -> String? {
    entries.last { $0.name == name }?.texts.last
  }

  /// The layer without what is said of some keys, and of their families.
  public func without(_ names: Set<String>) -> ConfigurationLayer {
    ConfigurationLayer(
      entries.filter { entry in
        !names.contains(entry.name)
          && !names.contains(String(entry.name.prefix { $0 != "." }) + ".")
      })
  }
}
