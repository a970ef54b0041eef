import Runs
import Terminal

// Keys: first the mode, then chords and counts, then the screen and the table of actions.
extension App {
  mutating func handle(_ key: Key) -> [Effect] {
    guard key != .resize, key != .unknown else { return [] }
    if desk.control.message?.until == nil || desk.run.isPaused { desk.control.message = nil }
    if case .paste(let text) = key {
      paste(text)
      return []
    }
    if case .mouse(let mouse) = key { return handle(mouse) }
    switch desk.mode {
    case .normal: return handleNormal(key)
    case .command(let line): return handle(key, typing: line)
    case .help(let panel): return handle(key, reading: panel)
    case .question(let question): return handle(key, asked: question)
    case .prompt(let prompt): return handle(key, filling: prompt)
    case .choice(let choice): return handle(key, choosing: choice)
    case .filter(let editor): return handle(key, filtering: editor)
    }
  }

  private mutating func handleNormal(_ key: Key) -> [Effect] {
    if keyInput.chord.isEmpty {
      if let effects = screens[shown].handle(key, &desk) { return effects }
      if count(key) { return [] }
    }
    let chord = keyInput.chord + [key]
    keyInput.chord = []
    if let action = keymap.action(for: chord, on: shown) {
      return start(action, Action.Invocation(count: takeCount(for: action), words: nil))
    }
    if keymap.hasChord(startingWith: chord, on: shown) {
      keyInput.chord = chord
    } else {
      keyInput = KeyInput()
    }
    return []
  }

  /// Takes a digit: it shows its screen at once, and is a part of a count for a key that may follow.
  private mutating func count(_ key: Key) -> Bool {
    guard let digit = key.digit, digit > 0 || keyInput.count != nil else { return false }
    let before = keyInput.screenBefore ?? shown
    keyInput.screenBefore = before
    keyInput.add(digit, at: desk.now, screens: screens.count)
    let isScreen = keyInput.namesScreens && screens.indices.contains(digit - 1)
    show(isScreen ? digit - 1 : before)
    return true
  }

  /// The count for an action that wants one; the screen it was typed on is shown again.
  private mutating func takeCount(for action: Action) -> Int? {
    defer { keyInput.endCount() }
    guard let count = keyInput.count, action.count != .none else { return nil }
    guard action.count == .all || !keyInput.namesScreens else { return nil }
    goBack(to: keyInput.screenBefore ?? shown)
    return count
  }
}

// MARK: - Actions

extension App {
  /// Does an action, or says why it cannot be done.
  mutating func start(_ action: Action, _ invocation: Action.Invocation) -> [Effect] {
    do throws(CommandLineError) {
      return try perform(action, invocation)
    } catch {
      desk.say(error.description, .error, untilKey: true)
      return []
    }
  }

  /// Does an action on the screen that it belongs to, which is then shown.
  private mutating func perform(
    _ action: Action, _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    if let reason = action.whyNot(self) {
      desk.say(reason, .warning)
      return []
    }
    let before = self
    if case .screen(let index) = action.scope, index != shown, !action.staysHere { show(index) }
    do {
      return try action.run(&self, invocation)
    } catch {
      // What is refused has changed nothing.
      self = before
      throw error
    }
  }

  /// Ends a prompt or a choice: does the action that it asked a word for.
  private mutating func finish(
    _ asked: AskedAction, _ word: String
  ) throws(CommandLineError) -> [Effect] {
    guard let action = keymap.action(named: asked.action, on: shown) else { return [] }
    return try perform(action, Action.Invocation(words: asked.words + [word]))
  }
}

// MARK: - Modes

extension App {
  private mutating func handle(_ key: Key, reading panel: HelpPanel) -> [Effect] {
    var panel = panel
    let last = max(0, helpLines(of: panel).count - 1)
    switch key {
    case .escape, .enter, .control("c"), .function(1):
      desk.mode = .normal
      return []
    case .character("?") where panel.search.text.isEmpty,
      .character("q") where panel.search.text.isEmpty:
      desk.mode = .normal
      return []
    case .up: panel.scroll = max(0, panel.scroll - 1)
    case .down: panel.scroll = min(last, panel.scroll + 1)
    case .pageUp: panel.scroll = max(0, panel.scroll - desk.pageRows)
    case .pageDown: panel.scroll = min(last, panel.scroll + desk.pageRows)
    default:
      if panel.search.handle(key) { panel.scroll = 0 }
    }
    desk.mode = .help(panel)
    return []
  }

  private mutating func handle(_ key: Key, asked question: Question) -> [Effect] {
    switch key {
    case .character("y"), .character("Y"):
      desk.mode = .normal
      return question.effects
    case .control("c") where question.effects.contains(.quit(.stopped)):
      return question.effects
    case .character("n"), .character("N"), .character("q"), .escape, .control("c"):
      desk.mode = .normal
      return []
    default: return []
    }
  }

  private mutating func handle(_ key: Key, filling prompt: Prompt) -> [Effect] {
    var prompt = prompt
    switch key {
    case .escape, .control("c"):
      desk.mode = .normal
      return []
    case .enter:
      do throws(CommandLineError) {
        desk.mode = .normal
        return try finish(prompt.asked, prompt.word)
      } catch {
        prompt.complaint = error.description
      }
    default:
      prompt.complaint = nil
      _ = prompt.editor.handle(key)
    }
    desk.mode = .prompt(prompt)
    return []
  }

  private mutating func handle(_ key: Key, choosing choice: Choice) -> [Effect] {
    var choice = choice
    switch key {
    case .escape, .control("c"):
      desk.mode = .normal
      return []
    case .enter:
      desk.mode = .normal
      guard choice.shown.indices.contains(choice.selected) else { return [] }
      return end(choice, with: choice.shown[choice.selected])
    case .up, .backTab: choice.selected = max(0, choice.selected - 1)
    case .down, .tab: choice.selected += 1
    case .pageUp: choice.selected = max(0, choice.selected - 10)
    case .pageDown: choice.selected += 10
    default:
      if choice.filter.handle(key) { choice.selected = 0 }
    }
    choice.selected = max(0, min(choice.selected, choice.shown.count - 1))
    desk.mode = .choice(choice)
    return []
  }

  /// The list follows the text while it is typed; Enter keeps it so, Esc shows everything again.
  private mutating func handle(_ key: Key, filtering editor: LineEditor) -> [Effect] {
    var editor = editor
    switch key {
    case .enter: desk.mode = .normal
    case .escape, .control("c"):
      filter(by: LineEditor())
      desk.mode = .normal
    case .backspace where editor.text.isEmpty: desk.mode = .normal
    case .up, .down:
      do throws(CommandLineError) {
        return try screens[shown].move(.down(key == .down ? 1 : -1), &desk)
      } catch {
        desk.say(error.description, .error, untilKey: true)
      }
    default:
      _ = editor.handle(key)
      filter(by: editor)
    }
    return []
  }

  private mutating func filter(by editor: LineEditor) {
    screens[shown].setFilter(editor.text, &desk)
    desk.mode = .filter(editor)
  }

  private mutating func end(_ choice: Choice, with name: String) -> [Effect] {
    do throws(CommandLineError) {
      return try finish(choice.asked, name)
    } catch {
      desk.say(error.description, .error, untilKey: true)
      return []
    }
  }
}

// MARK: - Pasted text: fields take it, and nothing else does. It never acts as keys.

extension App {
  /// Puts pasted text into the field that is being typed in.
  private mutating func paste(_ text: String) {
    switch desk.mode {
    case .command(var line):
      line.insert(text)
      desk.mode = .command(line)
    case .help(var panel):
      panel.search.insert(text)
      panel.scroll = 0
      desk.mode = .help(panel)
    case .prompt(var prompt):
      prompt.complaint = nil
      prompt.editor.insert(text)
      desk.mode = .prompt(prompt)
    case .choice(var choice):
      choice.filter.insert(text)
      choice.selected = 0
      desk.mode = .choice(choice)
    case .filter(var editor):
      editor.insert(text)
      filter(by: editor)
    case .normal, .question: ignorePaste()
    }
  }

  /// Says that text was not taken for keys.
  private mutating func ignorePaste() {
    keyInput = KeyInput()
    desk.say("pasted text is not taken for keys; : begins a command", .warning)
  }

  /// Whether the next character goes into a field rather than being a key.
  var isTakingText: Bool {
    switch desk.mode {
    case .normal, .question: false
    // In an empty search two characters close the help.
    case .help(let panel): !panel.search.text.isEmpty
    case .command, .prompt, .choice, .filter: true
    }
  }
}

// MARK: - The mouse: the wheel is the arrow keys of lists, a click on a tab is its digit; the rest
// belongs to the screen.

extension App {
  mutating func handle(_ mouse: Mouse) -> [Effect] {
    let wheel: Key? =
      switch mouse.action {
      case .wheelUp: .up
      case .wheelDown: .down
      default: nil
      }
    switch desk.mode {
    case .normal: break
    case .help, .choice: return wheel.map { handle($0) } ?? []
    case .command, .prompt, .question, .filter: return []
    }
    guard mouse.action != .release else { return [] }
    keyInput = KeyInput()
    if mouse.action == .left, mouse.row == 0 {
      if let index = tabRow.screen(at: mouse.column, columns: desk.size.columns) { show(index) }
      return []
    }
    let body = body(of: desk.size)
    guard body.contains(row: mouse.row, column: mouse.column) else { return [] }
    do throws(CommandLineError) {
      return try screens[shown].take(mouse, in: body, &desk)
    } catch {
      desk.say(error.description, .error, untilKey: true)
      return []
    }
  }
}

extension Screen {
  /// The wheel moves by lines, as the arrow keys do.
  mutating func take(
    _ mouse: Mouse, in body: Rect, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect] {
    switch mouse.action {
    case .wheelUp: try move(.down(-1), &desk)
    case .wheelDown: try move(.down(1), &desk)
    default: []
    }
  }
}
