/// Why a text is not a command, or not one that can be done here.
public enum CommandError: Error, Equatable, Sendable {
  /// No command of this name; the near one, if there is one.
  case unknown(String, near: String?)
  /// No task, gate or column of this name; the near one, if there is one.
  case unknownName(NameKind, String, near: String?)
  /// Something is missing at the end.
  case missing(expected: String, usage: String)
  /// What was found is not what belongs there; the near word, if one of some words was expected.
  case badValue(found: String, expected: String, near: String?, usage: String)
  /// There is more than belongs there.
  case tooMuch(found: String, usage: String)
  /// One of several commands that are one action changes nothing.
  case noChange(String)
  /// It is done on the screen, and the engine, which was asked, does these.
  case onlyOnScreen(String, engine: [String])
}

extension CommandError: CustomStringConvertible {
  /// What was found, what belongs there, how to write it, in one line.
  public var description: String {
    switch self {
    case .unknown(let name, let near):
      "no command '\(name)'" + Self.meant(near)
    case .unknownName(let kind, let name, let near):
      "no \(kind) '\(name)'" + Self.meant(near)
    case .missing(let expected, let usage):
      "found nothing where \(expected) belongs; write: \(usage)"
    case .badValue(let found, let expected, let near, let usage):
      "found '\(found)' where \(expected) belongs" + Self.meant(near) + "; write: \(usage)"
    case .tooMuch(let found, let usage):
      "found '\(found)' behind the end; write: \(usage)"
    case .noChange(let found):
      "found '\(found)', where only changes may stand on both sides of '+'"
    case .onlyOnScreen(let name, let engine):
      "'\(name)' is a command of the screen, where it follows ':'; --at takes "
        + engine.dropLast().joined(separator: ", ") + " and " + (engine.last ?? "")
    }
  }

  /// What is said of a command that the engine does not know, where these can be typed on the screen.
  public func knowing(screen: CommandTable) -> CommandError {
    guard case .unknown(let name, _) = self,
      let entry = screen.entries.first(where: { !$0.isEngines && $0.nameWords.first == name })
    else { return self }
    return .onlyOnScreen(entry.name, engine: CommandTable.engine.entries.map(\.name))
  }

  private static func meant(_ near: String?) -> String {
    near.map { "; did you mean '\($0)'?" } ?? ""
  }
}
