import Runs
import Terminal

/// A command that is being typed.
struct CommandLine: Sendable, Equatable {
  var editor = LineEditor()
  /// How far back in the lines typed before; 0 for the line being typed.
  var back = 0
  /// The line being typed, while an older one is shown.
  var draft = ""
  /// The words that Tab goes through, and the one it is at.
  var candidates: [String] = []
  var chosen: Int?
}

extension CommandLine {
  /// Puts text where the cursor is.
  mutating func insert(_ text: String) {
    editor.insert(text)
    candidates = []
    chosen = nil
  }
}

extension App {
  mutating func handle(_ key: Key, typing line: CommandLine) -> [Effect] {
    var line = line
    switch key {
    case .escape, .control("c"):
      desk.mode = .normal
      return []
    case .backspace where line.editor.text.isEmpty:
      desk.mode = .normal
      return []
    case .enter: return enter(line.editor.text)
    case .tab: complete(&line, step: 1)
    case .backTab: complete(&line, step: -1)
    case .up: recall(&line, back: 1)
    case .down: recall(&line, back: -1)
    default:
      _ = line.editor.handle(key)
      line.candidates = []
      line.chosen = nil
    }
    desk.mode = .command(line)
    return []
  }

  /// Does what a line says; an empty line does the last one again.
  private mutating func enter(_ typed: String) -> [Effect] {
    desk.mode = .normal
    let words = typed.split(separator: " ")
    guard let text = words.isEmpty ? desk.typed.last : words.joined(separator: " ") else {
      return []
    }
    if desk.typed.last != text { desk.typed.append(text) }
    if desk.typed.count > 100 { desk.typed.removeFirst() }
    return execute(text)
  }

  /// Does a typed command, or says why not.
  mutating func execute(_ text: String) -> [Effect] {
    do throws(CommandLineError) {
      let (action, typed) = try parse(text)
      let words = joiningNames(typed)
      guard words.count <= action.mostWords else {
        throw CommandLineError.usage(
          action.usage, found: words.dropFirst(action.mostWords).joined(separator: " "))
      }
      return start(action, Action.Invocation(words: words))
    } catch {
      desk.say(error.description, .error, untilKey: true)
      return []
    }
  }

  private mutating func recall(_ line: inout CommandLine, back: Int) {
    let wanted = max(0, min(desk.typed.count, line.back + back))
    guard wanted != line.back else { return }
    if line.back == 0 { line.draft = line.editor.text }
    line.back = wanted
    line.editor.text = wanted == 0 ? line.draft : desk.typed[desk.typed.count - wanted]
  }
}

// MARK: - Grammar

extension App {
  /// The action that a line names, and the words after the name.
  ///
  /// Both forms are understood: the engine's own, `task.off=income`, and words with spaces,
  /// `task income off`.
  func parse(_ text: String) throws(CommandLineError) -> (Action, [String]) {
    let words = text.split(separator: " ").map(String.init)
    guard let first = words.first else { throw .unknown("", near: nil) }
    let isAssignment = isGrammarName(String(first.prefix { $0 != "=" })) && first.contains("=")
    if isAssignment || words.count == 1 && (first.contains("=") || isGrammarName(first)) {
      return (try engineAction(words.joined(separator: " ")), [])
    }
    if let action = action(startingWith: words) {
      return (action, Array(words.dropFirst(action.name.split(separator: " ").count)))
    }
    if let screen = screens.first(where: { $0.name == first }),
      let view = keymap.action(named: "view")
    {
      return (view, [screen.name])
    }
    throw .unknown(first, near: nearest(to: first, in: typableNames))
  }

  /// The action of the longest name that these words begin with.
  private func action(startingWith words: [String]) -> Action? {
    let names = keymap.actions.map(\.name).filter {
      words.starts(with: $0.split(separator: " ").map(String.init))
    }
    return names.max { $0.count < $1.count }.flatMap { keymap.action(named: $0, on: shown) }
  }

  /// The words with those put together again that are one name, as `long view` of a task.
  private func joiningNames(_ words: [String]) -> [String] {
    let names = Set(
      (desk.run.taskNames + (desk.run.description?.categoricalColumns ?? []))
        .filter { $0.contains(" ") })
    guard !names.isEmpty else { return words }
    var joined: [String] = []
    var rest = words[...]
    while let first = rest.first {
      let lengths = (1...rest.count).reversed()
      let length = lengths.first { names.contains(rest.prefix($0).joined(separator: " ")) }
      joined.append(length.map { rest.prefix($0).joined(separator: " ") } ?? first)
      rest = rest.dropFirst(length ?? 1)
    }
    return joined
  }

  private func isGrammarName(_ word: String) -> Bool {
    word.contains(".") && CommandTable.engine.names.contains(word)
  }

  /// A command in the engine's own form, as an action.
  private func engineAction(_ text: String) throws(CommandLineError) -> Action {
    let command: Command
    do {
      command = try Command(parsing: text)
    } catch {
      throw .malformed(error)
    }
    let isQuestion = command.isQuestion
    return Action(
      name: text, summary: command.words,
      whyNot: { isQuestion ? $0.desk.whyNotAsking : $0.desk.whyNotTraining }
    ) {
      app, _ throws(CommandLineError) in try app.send(command)
    }
  }

  /// Every first word that means something.
  var typableNames: [String] {
    keymap.actions.map(\.name) + screens.map(\.name)
      + CommandTable.engine.entries.flatMap { $0.assignments.map(\.name) }
  }

  /// Sends a command after a look at the name in it.
  private mutating func send(_ command: Command) throws(CommandLineError) -> [Effect] {
    switch command {
    case .setTask(let name, let isOn):
      return try toggle(Action.Invocation(words: [name, isOn ? "on" : "off"]))
    case .setTaskWeight(let name, _): _ = try task(name)
    case .setDial(let name, _): _ = try desk.place(ofDial: name)
    case .together(let changes):
      for case .setTask(let name, _) in changes { _ = try task(name) }
    default: break
    }
    return [.send(command)]
  }
}

// MARK: - Completion

extension App {
  /// What the last word of a line may become.
  func completions(of text: String) -> [String] {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard let last = words.last else { return [] }
    let before = words.dropLast().filter { !$0.isEmpty }
    let names = before.isEmpty ? firstWords : wordsAfter(Array(before))
    var seen: Set<String> = [last]
    return names.filter { $0.hasPrefix(last) && seen.insert($0).inserted }
  }

  private var firstWords: [String] {
    var seen: Set<String> = []
    return typableNames.compactMap { name in
      let word = name.split(separator: " ").first.map(String.init) ?? name
      return seen.insert(word).inserted ? word : nil
    }.sorted()
  }

  private func wordsAfter(_ before: [String]) -> [String] {
    let longer = keymap.actions.compactMap { action -> String? in
      let name = action.name.split(separator: " ").map(String.init)
      guard name.count == before.count + 1, name.starts(with: before) else { return nil }
      return name.last
    }
    let exact = keymap.actions.filter { action in
      before.starts(with: action.name.split(separator: " ").map(String.init))
    }.max { $0.name.count < $1.name.count }
    guard let exact else { return longer }
    let place = before.count - exact.name.split(separator: " ").count
    guard exact.arguments.indices.contains(place) else { return longer }
    return longer + exact.arguments[place].flatMap(words)
  }

  private func words(_ completion: Completion<App>) -> [String] {
    switch completion {
    case .word(let word): [word]
    case .names(let names): names(self, desk)
    }
  }

  /// Puts the next word that fits in place of the last one.
  private func complete(_ line: inout CommandLine, step: Int) {
    if line.candidates.isEmpty {
      line.candidates = completions(of: line.editor.text)
      line.chosen = nil
    }
    guard !line.candidates.isEmpty else { return }
    let count = line.candidates.count
    let next =
      line.chosen.map { (($0 + step) % count + count) % count } ?? (step > 0 ? 0 : count - 1)
    let text = line.editor.text
    let kept = text.lastIndex(of: " ").map { text[...$0] } ?? ""
    line.chosen = next
    line.editor.text = kept + line.candidates[next]
    if count == 1 {
      // Behind a folder a name goes on, behind an equals sign a value.
      let goesOn = ["/", "="].contains { line.candidates[0].hasSuffix($0) }
      if !goesOn { line.editor.text += " " }
      line.candidates = []
    }
  }
}
