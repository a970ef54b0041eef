/// A command that can be typed: its name, what may follow it, what it does.
///
/// From these values follow how a line is read, its completion, help, the manual page and what is
/// said about a line that is wrong.
public struct CommandEntry: Sendable {
  /// The name, of one or more words: `weight reset`.
  public let name: String
  /// What may follow it; one of these.
  public let forms: [[CommandArgument]]
  /// What it does, in a few words.
  public let summary: String
  /// Other spellings, `task.off=TASK`; what the engine does has them.
  public let assignments: [Assignment]
  /// What the engine is asked for, by what was written; nil for a command of the screen, and where
  /// only the screen can say what is meant.
  let engineCommand: (@Sendable ([ArgumentValue]) -> Command?)?

  /// A spelling with `=`: the name, and the words that it stands for behind what is written.
  public struct Assignment: Sendable, Hashable {
    /// `task.off`.
    public let name: String
    /// The words that follow, `off`.
    let trailing: [String]
    /// What it does, in a few words.
    public let summary: String
  }

  /// A command that the screen carries out.
  public init(_ name: String, _ forms: [[CommandArgument]] = [[]], summary: String) {
    self.init(
      name: name, forms: forms, summary: summary, assignments: [], engineCommand: nil)
  }

  /// Who carries it out.
  public var isEngines: Bool { engineCommand != nil }

  /// A command that the engine carries out.
  static func engine(
    _ name: String, _ arguments: [CommandArgument] = [], summary: String,
    assignments: [Assignment] = [],
    _ command: @escaping @Sendable ([ArgumentValue]) -> Command?
  ) -> CommandEntry {
    CommandEntry(
      name: name, forms: [arguments], summary: summary, assignments: assignments,
      engineCommand: command)
  }

  private init(
    name: String, forms: [[CommandArgument]], summary: String, assignments: [Assignment],
    engineCommand: (@Sendable ([ArgumentValue]) -> Command?)?
  ) {
    self.name = name
    self.forms = forms
    self.summary = summary
    self.assignments = assignments
    self.engineCommand = engineCommand
  }

  /// The words of the name.
  public var nameWords: [String] { name.split(separator: " ").map(String.init) }

  /// The name and what may follow it: `task TASK [on|off]`.
  public var usage: String { usage(onScreen: true) }

  /// The name and what may follow it, on the screen or for `--at`.
  public func usage(onScreen: Bool) -> String {
    let follows = forms.map { form in
      form.map { $0.shown(onScreen: onScreen) }.joined(separator: " ")
    }
    let text = follows.filter { !$0.isEmpty }.joined(separator: " | ")
    return text.isEmpty ? name : "\(name) \(text)"
  }

  /// How an assignment is written: `task.weight=TASK:W`.
  public func usage(of assignment: Assignment) -> String {
    let open = arguments(of: assignment).map(\.bare).joined(separator: ":")
    return "\(assignment.name)=\(open)"
  }

  /// What is written behind the `=` of an assignment.
  func arguments(of assignment: Assignment) -> [CommandArgument] {
    (forms.first ?? []).dropLast(assignment.trailing.count).filter { !$0.repeats }
  }

  /// How many words may follow the name at most.
  public var mostWords: Int {
    forms.map { form in
      form.contains { $0.repeats || $0.kinds.contains(.text) } ? Int.max : form.count
    }.max() ?? 0
  }
}

/// A line that was understood.
public struct TypedCommand: Sendable {
  /// What it asks for.
  public let entry: CommandEntry
  /// What was written, in the order of the arguments; those left out at the end are missing.
  public let values: [ArgumentValue]

  /// What the engine is asked for; nil if the screen carries it out or has to say more.
  public var command: Command? { entry.engineCommand?(values) }
}
