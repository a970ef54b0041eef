import Runs
import Terminal

// Keys: first the mode, then chords and counts, then the table of actions.
extension App {
  mutating func handle(_ key: Key) -> [Effect] {
    guard key != .resize, key != .unknown else { return [] }
    if control.message?.until == nil || run.isPaused { control.message = nil }
    if case .paste(let text) = key {
      paste(text)
      return []
    }
    switch mode {
    case .normal: return handleNormal(key)
    case .command(let line): return handle(key, typing: line)
    case .help(let panel): return handle(key, reading: panel)
    case .question(let question): return handle(key, asked: question)
    case .prompt(let prompt): return handle(key, filling: prompt)
    case .choice(let choice): return handle(key, choosing: choice)
    }
  }

  private mutating func handleNormal(_ key: Key) -> [Effect] {
    if keyInput.chord.isEmpty, count(key) { return [] }
    let chord = keyInput.chord + [key]
    keyInput.chord = []
    if let action = Keymap.action(for: chord, on: screen) {
      return start(action, Action.Invocation(count: takeCount(for: action), words: nil))
    }
    if Keymap.hasChord(startingWith: chord, on: screen) {
      keyInput.chord = chord
    } else {
      keyInput = KeyInput()
    }
    return []
  }

  /// Takes a digit: it shows its screen at once, and is a part of a count for a key that may follow.
  private mutating func count(_ key: Key) -> Bool {
    guard let digit = key.digit, digit > 0 || keyInput.count != nil else { return false }
    keyInput.screenBefore = keyInput.screenBefore ?? screen
    keyInput.add(digit, at: memory.now)
    let wanted = keyInput.namesScreens ? ScreenName(rawValue: digit) : keyInput.screenBefore
    show(wanted ?? screen)
    return true
  }

  /// The count for an action that wants one; the screen it was typed on is shown again.
  private mutating func takeCount(for action: Action) -> Int? {
    defer {
      keyInput.count = nil
      keyInput.screenBefore = nil
    }
    guard let count = keyInput.count, action.count != .none else { return nil }
    guard action.count == .all || !keyInput.namesScreens else { return nil }
    screen = keyInput.screenBefore ?? screen
    return count
  }

  /// Does an action, or says why it cannot be done.
  mutating func start(_ action: Action, _ invocation: Action.Invocation) -> [Effect] {
    if let reason = action.whyNot(self) {
      say(reason, .warning)
      return []
    }
    do {
      return try action.run(&self, invocation)
    } catch {
      say(error.description, .error, untilKey: true)
      return []
    }
  }

  private mutating func handle(_ key: Key, asked question: Question) -> [Effect] {
    switch key {
    case .character("y"), .character("Y"):
      mode = .normal
      return question.effects
    case .control("c") where question.effects.contains(.quit(.stopped)):
      return question.effects
    case .character("n"), .character("N"), .character("q"), .escape, .control("c"):
      mode = .normal
      return []
    default: return []
    }
  }

  private mutating func handle(_ key: Key, filling prompt: Prompt) -> [Effect] {
    var prompt = prompt
    switch key {
    case .escape, .control("c"):
      mode = .normal
      return []
    case .enter:
      do {
        mode = .normal
        return try finish(prompt)
      } catch {
        prompt.complaint = error.description
      }
    default:
      prompt.complaint = nil
      _ = prompt.editor.handle(key)
    }
    mode = .prompt(prompt)
    return []
  }

  private mutating func handle(_ key: Key, choosing choice: Choice) -> [Effect] {
    var choice = choice
    switch key {
    case .escape, .control("c"):
      mode = .normal
      return []
    case .enter:
      mode = .normal
      if choice.shown.indices.contains(choice.selected) {
        showSegments(of: choice.shown[choice.selected])
      }
      return []
    case .up, .backTab: choice.selected = max(0, choice.selected - 1)
    case .down, .tab: choice.selected += 1
    case .pageUp: choice.selected = max(0, choice.selected - 10)
    case .pageDown: choice.selected += 10
    default:
      if choice.filter.handle(key) { choice.selected = 0 }
    }
    choice.selected = max(0, min(choice.selected, choice.shown.count - 1))
    mode = .choice(choice)
    return []
  }
}
