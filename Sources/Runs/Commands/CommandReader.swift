// How a line is read. Names may hold blanks: those that are known are found as they are, and of others
// everything belongs to the name that the words behind it do not need.

extension CommandTable {
  /// Reads a line: one command, or several changes with ` + ` between them, which are one action.
  ///
  /// - Throws: ``CommandError``.
  public func read(
    _ text: String, known: KnownNames = KnownNames()
  ) throws(CommandError) -> [TypedCommand] {
    let changes = CommandText(text).changes
    guard changes.count > 1 else { return [try readSingle(text, known: known)] }
    var commands: [TypedCommand] = []
    for change in changes {
      let command = try readSingle(change, known: known)
      guard command.command?.isChange == true else { throw .noChange(change) }
      commands.append(command)
    }
    return commands
  }

  private func readSingle(
    _ text: String, known: KnownNames
  ) throws(CommandError) -> TypedCommand {
    let words = CommandText(text).words
    if let (name, value) = Self.assignment(text) {
      return try readAssignment(name, value, known: known)
    }
    guard let first = words.first else { throw .unknown("", near: nil) }
    let spelled = words.prefix { !$0.isQuoted }.map(\.text)
    let named = entries.filter { spelled.starts(with: $0.nameWords) }
      .sorted { $0.nameWords.count > $1.nameWords.count }
    guard !named.isEmpty else {
      if let entry = entries.lazy.flatMap({ entry in entry.assignments.map { (entry, $0) } })
        .first(where: { $0.1.name == first.text })
      {
        throw .missing(
          expected: entry.0.arguments(of: entry.1).first?.expected ?? "",
          usage: entry.0.usage(of: entry.1))
      }
      throw unknown(spelled.isEmpty ? [first.text] : spelled)
    }
    var failure: CommandError?
    for entry in named {
      var reading = CommandReading(entry, known: known, isOnScreen: isOnScreen)
      do throws(CommandError) {
        let values = try reading.values(of: Array(words.dropFirst(entry.nameWords.count)))
        return TypedCommand(entry: entry, values: values)
      } catch {
        // A longer name with nothing behind it is no shorter one with a name: those have quotes.
        if case .missing = error, words.count == entry.nameWords.count { throw error }
        failure = failure ?? error
      }
    }
    throw failure ?? unknown(spelled)
  }

  /// The name and the value of a text such as `task.off=income`; nil if it is none.
  static func assignment(_ text: String) -> (name: String, value: String)? {
    let text = text.drop { $0 == " " }
    guard let equals = text.firstIndex(of: "="), !text[..<equals].contains(" "),
      !text[..<equals].contains("\"")
    else { return nil }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }

  private func readAssignment(
    _ name: String, _ value: String, known: KnownNames
  ) throws(CommandError) -> TypedCommand {
    for entry in entries {
      guard let assignment = entry.assignments.first(where: { $0.name == name }) else { continue }
      let reading = CommandReading(entry, known: known, isOnScreen: isOnScreen)
      return TypedCommand(entry: entry, values: try reading.values(of: value, assignment))
    }
    if let entry = self[name] {
      throw .tooMuch(found: "=\(value)", usage: entry.usage(onScreen: isOnScreen))
    }
    throw .unknown(name, near: nearest(to: name, in: names))
  }

  /// No command begins so; a longer one may, or one of nearly this name.
  private func unknown(_ words: [String]) -> CommandError {
    let first = words.first ?? ""
    let two = words.prefix(2).joined(separator: " ")
    let longer = names.first { $0.hasPrefix(first + " ") }
    let near =
      longer ?? nearest(to: first, in: names)
      ?? (words.count > 1 ? nearest(to: two, in: names.filter { $0.contains(" ") }) : nil)
    return .unknown(first, near: near)
  }
}

/// One attempt to read what follows the name of a command.
struct CommandReading {
  let entry: CommandEntry
  let known: KnownNames
  let isOnScreen: Bool
  /// What is wrong at the argument that the attempt came to.
  private var furthest: (argument: Int, error: CommandError)?

  init(_ entry: CommandEntry, known: KnownNames, isOnScreen: Bool) {
    self.entry = entry
    self.known = known
    self.isOnScreen = isOnScreen
  }

  private var usage: String { entry.usage(onScreen: isOnScreen) }

  // MARK: - Words with blanks between them

  /// The values of the first form that fits.
  mutating func values(
    of words: [CommandText.Word]
  ) throws(CommandError) -> [ArgumentValue] {
    for form in entry.forms {
      if let values = match(form[...], words[...], after: [], anyName: false) { return values }
    }
    let strict = furthest
    // Which words a name that does not exist was meant to have, only the words behind it tell.
    if let strict, strict.argument == 0, case .unknownName = strict.error {
      furthest = nil
      for form in entry.forms {
        guard let values = match(form[...], words[...], after: [], anyName: true) else { continue }
        try checkNames(values, form)
      }
    }
    throw strict?.error ?? .tooMuch(found: words.map(\.text).joined(separator: " "), usage: usage)
  }

  private func checkNames(
    _ values: [ArgumentValue], _ form: [CommandArgument]
  ) throws(CommandError) {
    for (argument, value) in zip(form, values) {
      for kind in argument.kinds.compactMap(\.nameKind) {
        guard let names = known.texts(kind), case .text(let name) = value, !names.contains(name)
        else { continue }
        throw unknownName(kind, name, in: names)
      }
    }
  }

  private func unknownName(_ kind: NameKind, _ name: String, in names: [String]) -> CommandError {
    // Of several words the first alone may be the name that was meant.
    let near = nearest(to: name, in: names)
    if near == nil, let first = name.split(separator: " ").first.map(String.init),
      let nearFirst = nearest(to: first, in: names)
    {
      return .unknownName(kind, first, near: nearFirst)
    }
    return .unknownName(kind, name, near: near)
  }

  private mutating func match(
    _ form: ArraySlice<CommandArgument>, _ words: ArraySlice<CommandText.Word>,
    after earlier: [ArgumentValue], anyName: Bool
  ) -> [ArgumentValue]? {
    guard let argument = form.first else {
      if words.isEmpty { return earlier }
      note(.tooMuch(found: Self.text(words), usage: usage), at: form.startIndex)
      return nil
    }
    let isFurther = argument.repeats && earlier.count > form.startIndex
    if words.isEmpty {
      if isFurther || argument.mayBeMissing(onScreen: isOnScreen) { return earlier }
      note(.missing(expected: argument.expected, usage: usage), at: form.startIndex)
      return nil
    }
    let rest = argument.repeats ? form : form.dropFirst()
    for length in lengths(of: argument, words, anyName: anyName) {
      let head = words.prefix(length)
      do throws(CommandError) {
        let value = try value(of: argument, head, after: earlier, anyName: anyName)
        let found = match(
          rest, words.dropFirst(length), after: earlier + [value], anyName: anyName)
        if let found { return found }
      } catch {
        note(error, at: form.startIndex)
      }
    }
    return nil
  }

  private mutating func note(_ error: CommandError, at argument: Int) {
    guard argument > furthest?.argument ?? -1 else { return }
    furthest = (argument, error)
  }

  /// How many words the argument may have, in the order in which they are tried.
  private func lengths(
    of argument: CommandArgument, _ words: ArraySlice<CommandText.Word>, anyName: Bool
  ) -> [Int] {
    guard argument.kinds.contains(where: \.mayHoldBlanks), words.first?.isQuoted == false else {
      return [1]
    }
    let most = words.prefix { !$0.isQuoted }.count
    if argument.kinds.contains(.text) { return [words.count] }
    guard !anyName else { return Array(1...most) }
    let names = argument.kinds.compactMap(\.nameKind).compactMap(known.texts)
    guard !names.isEmpty else { return Array(1...most) }
    let fitting = (1...most).reversed().filter { length in
      names.contains { $0.contains(Self.text(words.prefix(length))) }
    }
    return fitting.contains(1) ? fitting : fitting + [1]
  }

  private static func text(_ words: ArraySlice<CommandText.Word>) -> String {
    words.map(\.text).joined(separator: " ")
  }

  // MARK: - Assignments

  /// The values of what follows the `=`, parted by colons.
  func values(
    of text: String, _ assignment: CommandEntry.Assignment
  ) throws(CommandError) -> [ArgumentValue] {
    let arguments = entry.arguments(of: assignment)
    let usage = entry.usage(of: assignment)
    let parts = CommandText(text).parts(arguments.count)
    guard parts.count == arguments.count, parts[0].isQuoted || !parts[0].text.isEmpty else {
      let expected = arguments.map(\.bare).joined(separator: ":")
      throw .badValue(found: text, expected: expected, near: nil, usage: usage)
    }
    var values: [ArgumentValue] = []
    for (argument, part) in zip(arguments, parts) {
      values.append(
        try value(of: argument, [part], after: values, anyName: false, usage: usage))
    }
    return values + assignment.trailing.map { .text($0) }
  }
}
