import Runs
import Terminal

/// A command that is being typed.
struct CommandLine: Sendable, Equatable {
  var editor = LineEditor()
  /// How far back in the lines typed before; 0 for the line being typed.
  var back = 0
  /// The line being typed, while an older one is shown.
  var draft = ""
  /// What Tab goes through, and the one it is at.
  var candidates: [Runs.Completion] = []
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
    return [.remember(desk.typed)] + execute(text)
  }

  /// Does a typed command, or says why not.
  mutating func execute(_ text: String) -> [Effect] {
    do {
      let commands = try table.read(text, known: known)
      guard commands.count == 1, let command = commands.first else {
        return send(commands.compactMap(\.command))
      }
      let words = command.values.map(\.description)
      if let action = keymap.action(named: command.entry.name, on: shown) {
        return start(action, Action.Invocation(words: words))
      }
      show(named: command.entry.name)
    } catch {
      desk.say(CommandLineError.malformed(error).description, .error, untilKey: true)
    }
    return []
  }

  /// Sends several changes as one action.
  private mutating func send(_ changes: [Command]) -> [Effect] {
    if let reason = desk.whyNotTraining {
      desk.say(reason, .warning)
      return []
    }
    return [.send(.together(changes))]
  }

  private mutating func recall(_ line: inout CommandLine, back: Int) {
    let wanted = max(0, min(desk.typed.count, line.back + back))
    guard wanted != line.back else { return }
    if line.back == 0 { line.draft = line.editor.text }
    line.back = wanted
    line.editor.text = wanted == 0 ? line.draft : desk.typed[desk.typed.count - wanted]
  }
}

// MARK: - What can be typed

extension App {
  /// The commands that can be typed just now.
  var table: CommandTable { keymap.table(on: shown, screens) }

  /// What there is to be named; before the data are read nothing is known of them.
  private var known: KnownNames {
    var known = KnownNames()
    known.set(.screen, screens.map(\.name))
    known.names[.theme] =
      [KnownNames.Name(Theme.automatic, note: "dark or light, as the terminal is")]
      + Theme.all.map { KnownNames.Name($0.name, note: $0.summary) }
    known.names[.model] = desk.settings.models.map { KnownNames.Name($0.name, note: $0.title) }
    known.names[.run] = desk.earlier.map { KnownNames.Name("\($0.number)", note: $0.title) }
    for screen in screens {
      for (kind, names) in screen.names(desk) { known.set(kind, names) }
    }
    guard let run = desk.run.description, !desk.run.isLoading else { return known }
    known.set(.task, desk.run.taskNames)
    known.set(.column, run.segmentColumns)
    known.set(.input, desk.inputNames)
    known.names[.balancer] = run.balancers.map { KnownNames.Name($0.name, note: $0.summary) }
    for balancer in run.balancers {
      known.options[balancer.name] = balancer.options.map {
        KnownNames.Name($0.name, note: "\($0.defaultValue) · \($0.summary)")
      }
    }
    known.names[.dial] = run.dials.map { KnownNames.Name($0.name, note: $0.summary) }
    for dial in run.dials { known.dialRanges[dial.name] = dial.range }
    if !desk.run.expertNames.isEmpty { known.set(.expert, desk.run.expertNames) }
    let gates = desk.run.snapshot.gates.map(\.name)
    if !gates.isEmpty { known.set(.gate, gates) }
    known.rowCount = desk.run.snapshot.example?.rows ?? run.validationRows
    return known
  }
}

// MARK: - Completion

extension App {
  /// What the last word of a line may become.
  func completions(of text: String) -> [Runs.Completion] {
    var known = known
    for model in desk.settings.models {
      known.options[model.name] = model.choices.map {
        KnownNames.Name($0.name, note: "\($0.defaultValue) · \($0.summary)")
      }
    }
    let folder = CommandTable.folder(of: desk.files.beginning)
    known.files[folder] = desk.files.names.map { String($0.dropFirst(folder.count)) }
    return table.completions(of: text, known: known)
  }

  /// How the command is written whose name stands in a line, and what it does; nil if none does.
  func usage(of text: String) -> String? {
    let words = text.split(separator: " ").map(String.init)
    let named = table.entries.filter { words.starts(with: $0.nameWords) }
    let entry = named.max { $0.nameWords.count < $1.nameWords.count }
    return entry.map { "\($0.usage)  \($0.summary)" }
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
    let candidate = line.candidates[next]
    line.chosen = next
    line.editor.text = kept + candidate.text
    guard count == 1 else { return }
    if candidate.isWhole { line.editor.text += " " }
    line.candidates = []
    line.chosen = nil
  }
}
