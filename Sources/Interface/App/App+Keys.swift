import Runs
import Terminal

// Keys: first the mode, then chords and counts, then the table of actions.
extension App {
  mutating func handle(_ key: Key) -> [Effect] {
    guard key != .resize, key != .unknown else { return [] }
    if control.message?.until == nil || run.isPaused { control.message = nil }
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
    showLastDigit(before: chord)
    if let action = Keymap.action(for: chord, on: screen) {
      return start(action, Action.Invocation(count: takeCount(for: action), words: nil))
    }
    if Keymap.hasChord(startingWith: chord, on: screen) {
      keyInput.chord = chord
    } else {
      keyInput.count = nil
      keyInput.screenBefore = nil
    }
    return []
  }

  /// Takes a digit as part of a count; the first digit also shows the screen of that number.
  private mutating func count(_ key: Key) -> Bool {
    guard case .character(let character) = key, character.isASCII,
      let digit = character.wholeNumberValue
    else { return false }
    guard let count = keyInput.count else {
      guard digit > 0 else { return false }
      keyInput.count = digit
      keyInput.countedAt = memory.now
      keyInput.screenBefore = screen
      if let wanted = ScreenName(rawValue: digit) { screen = wanted }
      return true
    }
    keyInput.count = min(count * 10 + digit, 1_000_000_000)
    keyInput.countedAt = memory.now
    screen = keyInput.screenBefore ?? screen
    return true
  }

  /// Digits before a key that takes no count were screens: the last one is meant.
  private mutating func showLastDigit(before chord: [Key]) {
    guard let count = keyInput.count, count > 9,
      let last = ScreenName(rawValue: count % 10),
      (Keymap.action(for: chord, on: screen)?.count ?? Action.Count.none) == Action.Count.none,
      !Keymap.hasChord(startingWith: chord, on: screen)
    else { return }
    screen = last
    keyInput.count = nil
    keyInput.screenBefore = nil
  }

  /// The count for an action that wants one; the screen it was typed on is shown again.
  private mutating func takeCount(for action: Action) -> Int? {
    defer {
      keyInput.count = nil
      keyInput.screenBefore = nil
    }
    guard let count = keyInput.count, action.count != .none else { return nil }
    guard action.count == .all || ScreenName(rawValue: count) == nil else { return nil }
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
