import Runs

// Commands to the engine, from keys and from typed words.
extension App {
  /// Why no command can be sent just now.
  var whyNotTraining: String? {
    if run.isFinished { return "the run has ended; 6 starts another, q leaves" }
    if run.isLoading { return "the data are still being read" }
    return nil
  }

  /// Why no question can be asked just now; the run answers them after its end, too.
  var whyNotAsking: String? {
    if run.isLoading || run.description == nil { return "the data are still being read" }
    return nil
  }

  /// The name of a task: the typed one, or the selected one.
  func task(_ typed: String?) throws(CommandLineError) -> String {
    let names = run.taskNames
    if let typed {
      guard names.contains(typed) else {
        throw .unknownName(kind: "task", name: typed, near: nearest(to: typed, in: names))
      }
      return typed
    }
    if screen == .gates, let gate = selectedGate?.name, names.contains(gate) { return gate }
    guard names.indices.contains(selectedTask) else {
      throw .unknownName(kind: "task", name: "", near: names.first)
    }
    return names[selectedTask]
  }

  /// Whether a task will be on once all that was sent is done.
  func isOn(_ name: String) -> Bool {
    run.snapshot.tasks.first { $0.name == name }.map(control.isOn) ?? true
  }

  mutating func toggle(_ invocation: Action.Invocation) throws(CommandLineError) -> [Effect] {
    let words = invocation.words ?? []
    let name = try task(words.first)
    let wanted: Bool
    switch words.dropFirst().first {
    case nil: wanted = !isOn(name)
    case "on": wanted = true
    case "off": wanted = false
    case .some(let word): throw .usage("task TASK on|off", found: word)
    }
    if let index = run.taskNames.firstIndex(of: name) { selectedTask = index }
    return wanted ? [.send(.setTask(name, isOn: true))] : turnOff(name)
  }

  /// Turns a task off; asks first if no other is on.
  private mutating func turnOff(_ name: String) -> [Effect] {
    let off = Effect.send(.setTask(name, isOn: false))
    let others = run.taskNames.filter { $0 != name && isOn($0) }
    guard others.isEmpty, isOn(name) else { return [off] }
    mode = .question(
      Question(
        title: "turn off the last task?",
        lines: [
          "\(name) is the only task that is on.",
          "Without it nothing is left to train, and the engine refuses that.",
          "Turn another task on first (Space, or a for all), or pause with P.",
        ],
        yes: "ask the engine all the same", effects: [off]))
    return []
  }

  /// Trains a task alone: one action, however many tasks it turns off.
  func solo(_ name: String) -> [Effect] {
    let others = run.taskNames.filter { $0 != name && isOn($0) }
    let on: [Command] = isOn(name) ? [] : [.setTask(name, isOn: true)]
    return send(on + others.map { .setTask($0, isOn: false) })
  }

  /// Trains every task: one action, however many tasks it turns on.
  mutating func turnAllOn() -> [Effect] {
    let off = run.taskNames.filter { !isOn($0) }
    if off.isEmpty { say("every task is on") }
    return send(off.map { .setTask($0, isOn: true) })
  }

  /// Sends changes as one action, which one undo takes back.
  private func send(_ changes: [Command]) -> [Effect] {
    switch changes.count {
    case 0: []
    case 1: [.send(changes[0])]
    default: [.send(.together(changes))]
    }
  }

  mutating func run(
    _ invocation: Action.Invocation, _ usage: String
  ) throws(CommandLineError) -> [Effect] {
    guard let words = invocation.words, let first = words.first else {
      return [.send(.step(invocation.times))]
    }
    guard let count = wholeNumber(first), count > 0 else { throw .usage(usage, found: first) }
    return [.send(.step(count))]
  }

  mutating func setWeight(_ invocation: Action.Invocation) throws(CommandLineError) -> [Effect] {
    let words = invocation.words ?? []
    let name = try task(words.first)
    if words.count > 1 {
      guard let weight = factor(words[1]) else {
        throw .usage("weight TASK W, with W of 0 or more", found: words[1])
      }
      return [.send(.setTaskWeight(name, weight))]
    }
    let now = run.snapshot.tasks.first { $0.name == name }?.weight ?? 1
    mode = .prompt(
      Prompt(
        purpose: .weight(task: name), title: "weight of \(name): ",
        editor: LineEditor(proposing: sixDigits(now))))
    return []
  }

  mutating func setLearningRate(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    if let word = invocation.words?.first {
      guard let factor = factor(word) else {
        throw .usage("lr xFACTOR, as in lr x0.5", found: word)
      }
      return [.send(.setLearningRateFactor(factor))]
    }
    mode = .prompt(
      Prompt(
        purpose: .learningRate, title: "learning rate ×",
        editor: LineEditor(proposing: sixDigits(run.snapshot.learningRateFactor))))
    return []
  }

  /// Does what a prompt was for.
  mutating func finish(_ prompt: Prompt) throws(CommandLineError) -> [Effect] {
    let typed = prompt.editor.text
    let text = typed.filter { $0 != " " }
    switch prompt.purpose {
    case .weight(let task):
      return try setWeight(Action.Invocation(words: [task, text]))
    case .learningRate:
      return try setLearningRate(Action.Invocation(words: [text]))
    case .option(let model, let name):
      // A column's name may hold blanks.
      return keep(typed.split(separator: " ").joined(separator: " "), of: name, in: model)
    case .dial(let name):
      return try setDial(Action.Invocation(words: [name, text]))
    case .row:
      return try showExample(Action.Invocation(words: [text]))
    }
  }
}

/// A factor of 0 or more; an `x` or `×` may stand before it.
func factor(_ text: String) -> Double? {
  let digits = text.first.map { "xX×".contains($0) } == true ? String(text.dropFirst()) : text
  guard let value = Double(digits), value.isFinite, value >= 0 else { return nil }
  return value
}

/// A whole number of 0 or more; commas between digits are allowed.
func wholeNumber(_ text: String) -> Int? {
  Int(text.filter { $0 != "," }).flatMap { $0 >= 0 ? $0 : nil }
}
