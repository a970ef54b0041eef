import Datasets
import Foundation
import Interface
import Runs
import Terminal

/// What is wrong with `config.yaml`.
struct ConfigError: Error, Equatable {
  enum What: Equatable {
    case unreadable(String)
    case syntax(String)
    case notAMapping
    case unknownKey(String)
    case repeated(String)
    case wrongValue(key: String, found: String, expected: String, near: String?)
    /// A key that cannot be given to an action, in words.
    case binding(String)
    /// Something stands there that this program did not write.
    case notOurs(adding: [String])
    case unwritable(String)
  }

  var path: String
  /// From 1; 0 is the file as a whole.
  var line = 0
  var what: What
}

extension ConfigError: CustomStringConvertible {
  /// Where, what, what was found, how to mend it.
  var description: String {
    let place = printable(path) + (line > 0 ? ":\(line)" : "")
    return "\(place): \(sentence).\n  found: \(found)\n  fix:   \(fix)"
  }

  private var sentence: String {
    switch what {
    case .unreadable: "the configuration cannot be read"
    case .syntax: "not valid YAML"
    case .notAMapping: "the configuration must be keys with values"
    case .unknownKey(let key): "unknown key '\(printable(key))'"
    case .repeated(let key): "'\(printable(key))' is named twice"
    case .wrongValue(let key, _, let expected, _): "'\(printable(key))' must be \(expected)"
    case .binding: "this key cannot be given"
    case .notOurs: "the file was not written by the explorer, and is left alone"
    case .unwritable: "the configuration cannot be written"
    }
  }

  private var found: String {
    switch what {
    case .unreadable(let reason), .unwritable(let reason): printable(reason)
    case .syntax(let problem), .binding(let problem): printable(problem)
    case .notAMapping: "something else"
    case .unknownKey(let key), .repeated(let key): printable(key)
    case .wrongValue(_, let found, _, _): printable(fit(found, into: 60))
    case .notOurs: "a file without the first line '\(ConfigFile.mark)'"
    }
  }

  private var fix: String {
    switch what {
    case .unreadable, .unwritable: "make it a file of yours, or remove it"
    case .syntax: "write a key and a value a line, as in 'theme: light'"
    case .notAMapping: "write a key and a value a line, as in 'theme: light'"
    case .unknownKey(let key):
      (nearest(to: key, in: ExplorerConfig.names).map { "did you mean '\($0)'? " } ?? "")
        + "keys are \(ExplorerConfig.names.joined(separator: ", "))"
    case .repeated: "keep one of the lines"
    case .wrongValue(let key, _, let expected, let near):
      near.map { "did you mean '\($0)'?" } ?? "write '\(printable(key)): …' with \(expected)"
    case .binding: "`?` in the explorer shows the keys and the names of what they do"
    case .notOurs(let lines): "add by hand: \(lines.joined(separator: "; "))"
    }
  }
}
