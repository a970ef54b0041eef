/// The text form of a command: `task.off=income`, `task.weight=income:0.5`, `lr.factor=0.5`,
/// `dial=alpha:0.1`, `expert.without=3`, `pause`, `resume`, `step=10`, `stop`, `evaluate`, `undo`, `redo`;
/// changes that are one action have `+` between them: `task.off=click + task.off=like`.
extension Command: CustomStringConvertible {
  /// The text form.
  public var description: String {
    switch self {
    case .pause: "pause"
    case .resume: "resume"
    case .step(let count): "step=\(count)"
    case .stop: "stop"
    case .setTask(let task, isOn: true): "task.on=\(task)"
    case .setTask(let task, isOn: false): "task.off=\(task)"
    case .setTaskWeight(let task, let weight): "task.weight=\(task):\(weight)"
    case .setLearningRateFactor(let factor): "lr.factor=\(factor)"
    case .setDial(let name, let value): "dial=\(name):\(value)"
    case .together(let changes): changes.map(\.description).joined(separator: Self.and)
    case .knockOut(let expert): "expert.without=\(expert)"
    case .evaluate: "evaluate"
    case .undo: "undo"
    case .redo: "redo"
    }
  }
}

/// Why a text is not a command.
public enum CommandError: Error, Equatable, Sendable {
  /// No command of this name; the near one, if there is one.
  case unknown(String, near: String?)
  /// The command takes no value.
  case unexpectedValue(command: String, value: String)
  /// The command needs a value of this form.
  case badValue(command: String, found: String, expected: String)
}

extension CommandError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .unknown(let name, let near):
      "no command '\(name)'" + (near.map { "; did you mean '\($0)'?" } ?? "")
        + "\n  known: \(Command.grammar.map(\.form).joined(separator: ", "))"
    case .unexpectedValue(let command, let value):
      "'\(command)' takes no value, found '\(value)'"
    case .badValue(let command, let found, let expected):
      "'\(command)' needs \(expected), found '\(found)'"
    }
  }
}

extension Command {
  /// One row of the grammar: the name, the form shown to a person, and what it does.
  public struct GrammarEntry: Sendable, Hashable {
    /// `task.weight`.
    public let name: String
    /// `task.weight=NAME:W`.
    public let form: String
    /// What it does, in a few words.
    public let summary: String
  }

  /// Every command by name, in the order of help texts.
  public static let grammar: [GrammarEntry] = [
    GrammarEntry(name: "pause", form: "pause", summary: "wait before the next step"),
    GrammarEntry(name: "resume", form: "resume", summary: "go on"),
    GrammarEntry(name: "step", form: "step=N", summary: "take N steps, then pause"),
    GrammarEntry(name: "stop", form: "stop", summary: "end the run and keep its results"),
    GrammarEntry(name: "task.on", form: "task.on=NAME", summary: "train the task"),
    GrammarEntry(name: "task.off", form: "task.off=NAME", summary: "leave the task out"),
    GrammarEntry(
      name: "task.weight", form: "task.weight=NAME:W", summary: "weigh the task's loss by W"),
    GrammarEntry(
      name: "lr.factor", form: "lr.factor=X", summary: "multiply the learning rate by X"),
    GrammarEntry(name: "dial", form: "dial=NAME:X", summary: "set a number of the model"),
    GrammarEntry(
      name: "expert.without", form: "expert.without=N", summary: "score without expert N"),
    GrammarEntry(name: "evaluate", form: "evaluate", summary: "score the validation rows now"),
    GrammarEntry(name: "undo", form: "undo", summary: "take back the last change"),
    GrammarEntry(name: "redo", form: "redo", summary: "do it again"),
  ]

  /// What stands between the changes of one action.
  private static let and = " + "

  /// Reads the text form.
  ///
  /// - Throws: ``CommandError``.
  public init(parsing text: String) throws(CommandError) {
    let changes = text.split(separator: Self.and, omittingEmptySubsequences: false).map(String.init)
    guard changes.count > 1 else {
      self = try Self.single(text)
      return
    }
    var parts: [Command] = []
    for change in changes {
      let part = try Self.single(change)
      guard part.isChange else {
        throw .badValue(
          command: text, found: change, expected: "changes on both sides of '+'")
      }
      parts.append(part)
    }
    self = .together(parts)
  }

  /// Reads a command that is no action of several changes.
  private static func single(_ text: String) throws(CommandError) -> Command {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let value = parts.count > 1 ? String(parts[1]) : nil
    switch name {
    case "pause", "resume", "stop", "evaluate", "undo", "redo":
      if let value { throw .unexpectedValue(command: name, value: value) }
      return Self.plain[name] ?? .pause
    case "step":
      return .step(try Self.count(value ?? "1", of: name))
    case "task.on", "task.off":
      guard let value, !value.isEmpty else {
        throw .badValue(command: name, found: value ?? "", expected: "the name of a task")
      }
      return .setTask(value, isOn: name == "task.on")
    case "task.weight":
      let (task, weight) = try Self.pair(value ?? "", of: name, form: "NAME:W, as in income:0.5")
      return .setTaskWeight(task, weight)
    case "dial":
      let (dial, number) = try Self.pair(value ?? "", of: name, form: "NAME:X, as in alpha:0.1")
      return .setDial(dial, number)
    case "expert.without":
      guard let expert = Int(value ?? ""), expert >= 0 else {
        throw .badValue(command: name, found: value ?? "", expected: "an expert's number from 0")
      }
      return .knockOut(expert)
    case "lr.factor":
      return .setLearningRateFactor(try Self.factor(value ?? "", of: name))
    default:
      throw .unknown(name, near: nearest(to: name, in: Self.grammar.map(\.name)))
    }
  }

  private static let plain: [String: Command] = [
    "pause": .pause, "resume": .resume, "stop": .stop, "evaluate": .evaluate, "undo": .undo,
    "redo": .redo,
  ]

  private static func pair(
    _ text: String, of name: String, form: String
  ) throws(CommandError) -> (String, Double) {
    guard let colon = text.lastIndex(of: ":"), colon != text.startIndex else {
      throw .badValue(command: name, found: text, expected: form)
    }
    let number = String(text[text.index(after: colon)...])
    return (String(text[..<colon]), try factor(number, of: name))
  }

  private static func count(_ text: String, of name: String) throws(CommandError) -> Int {
    guard let count = Int(text), count > 0 else {
      throw .badValue(command: name, found: text, expected: "a number of steps from 1")
    }
    return count
  }

  private static func factor(_ text: String, of name: String) throws(CommandError) -> Double {
    guard let factor = Double(text), factor.isFinite, factor >= 0 else {
      throw .badValue(command: name, found: text, expected: "a number of 0 or more")
    }
    return factor
  }
}
