import Runs
import Terminal

extension Keymap {
  /// What changes the run.
  static let trainingActions: [Action] =
    taskActions + [
      Action(
        name: "pause", keys: keys("P"), section: .training, hint: "pause",
        hintNow: { $0.desk.run.isPaused ? "go on" : nil }, summary: "pause or go on",
        whyNot: \.desk.whyNotTraining
      ) { app, invocation in
        let pauses = invocation.words != nil || !app.desk.run.isPaused
        return [.send(pauses ? .pause : .resume)]
      },
      Action(
        name: "resume", section: .training, summary: "go on after a pause",
        whyNot: \.desk.whyNotTraining
      ) { _, _ in [.send(.resume)] },
      Action(
        name: "step", form: "[N]", keys: keys("."), section: .training, count: .all,
        hint: "step", summary: "one step, or n typed first",
        whyNot: \.desk.whyNotTraining
      ) { app, invocation throws(CommandLineError) in try app.run(invocation, "step [N]") },
      Action(
        name: "run", form: "N", section: .training, summary: "N steps, then pause",
        whyNot: \.desk.whyNotTraining
      ) { app, invocation throws(CommandLineError) in try app.run(invocation, "run N") },
      Action(
        name: "pace", section: .training, summary: "steps a second; 0 no limit",
        whyNot: \.desk.whyNotTraining
      ) { _, invocation in
        let pace = invocation.words?.first.flatMap(Double.init) ?? 0
        return [.send(.setPace(pace))]
      },
      Action(
        name: "evaluate", keys: keys("E"), section: .training,
        summary: "score validation rows now", whyNot: \.desk.whyNotAsking
      ) { app, _ in
        app.desk.say("scoring the validation rows")
        return [.send(.evaluate)]
      },
      Action(
        name: "undo", keys: keys("u"), section: .training, summary: "take back the last action",
        whyNot: \.desk.whyNotTraining
      ) { _, _ in [.send(.undo)] },
      Action(
        name: "redo", keys: [[.control("r")]], section: .training,
        summary: "do again what u took back", whyNot: \.desk.whyNotTraining
      ) { _, _ in [.send(.redo)] },
      Action(
        name: "stop", section: .training, summary: "end the run, keep results",
        whyNot: \.desk.whyNotTraining
      ) { _, _ in [.send(.stop)] },
    ]

  private static let taskActions: [Action] = [
    Action(
      name: "task", form: "TASK [on|off]",
      keys: keys(" "), scope: .group(.taskSwitch), section: .training, hint: "on/off",
      summary: "train the task, or do not", whyNot: \.desk.whyNotTraining
    ) { app, invocation throws(CommandLineError) in try app.toggle(invocation) },
    Action(
      name: "shadow", form: "[TASK]", keys: keys("F"), scope: .group(.taskSwitch),
      section: .training, hintNow: { $0.desk.run.snapshot.shadow == nil ? nil : "drop shadow" },
      summary: "run beside, without a task", staysHere: true, whyNot: \.desk.whyNotTraining
    ) { app, invocation throws(CommandLineError) in
      guard invocation.words != nil || app.desk.run.snapshot.shadow == nil else {
        return [.send(.dropShadow)]
      }
      let task = try app.task(invocation.words?.first)
      app.desk.say("a run without \(task) is asked for beside this one; F gives it up")
      return [.send(.shadow(without: task))]
    },
    Action(
      name: "shadow balancer", form: "NAME [NAME=VALUE …]", scope: .group(.taskSwitch),
      section: .training, summary: "run beside, other balancer", staysHere: true,
      whyNot: \.desk.whyNotTraining
    ) { app, invocation in
      let words = invocation.words ?? []
      app.desk.say(
        "a run under \(words.joined(separator: " ")) is asked for beside this one; F gives it up")
      return [.send(.shadowUnder(BalancerSetting(words: words)))]
    },
    Action(
      name: "shadow drop", scope: .group(.taskSwitch), section: .training,
      summary: "give up the run beside", staysHere: true, whyNot: \.desk.whyNotTraining
    ) { _, _ in [.send(.dropShadow)] },
    Action(
      name: "balancer", form: "NAME [NAME=VALUE …]", scope: .group(.taskSwitch), section: .training,
      summary: "how gradients are joined", staysHere: true, whyNot: \.desk.whyNotTraining
    ) { _, invocation in
      [.send(.setBalancer(BalancerSetting(words: invocation.words ?? [])))]
    },
    Action(
      name: "weight", form: "TASK [W]", keys: keys("w"),
      scope: .group(.tasks), section: .training, hint: "weight",
      summary: "weight of the task's loss", whyNot: \.desk.whyNotTraining
    ) { app, invocation throws(CommandLineError) in try app.setWeight(invocation) },
    Action(
      name: "weight reset", form: "[TASK]", keys: keys("W"),
      scope: .group(.tasks), section: .training, summary: "weight 1 again",
      whyNot: \.desk.whyNotTraining
    ) { app, invocation throws(CommandLineError) in
      [.send(.setTaskWeight(try app.task(invocation.words?.first), 1))]
    },
    Action(
      name: "solo", form: "[TASK]", keys: keys("o"),
      scope: .group(.tasks), section: .training, hint: "solo",
      summary: "train this task alone", whyNot: \.desk.whyNotTraining
    ) { app, invocation throws(CommandLineError) in
      app.solo(try app.task(invocation.words?.first))
    },
    Action(
      name: "all", keys: keys("a"), scope: .group(.tasks), section: .training,
      hint: "all on", summary: "train every task", whyNot: \.desk.whyNotTraining
    ) { app, _ in app.turnAllOn() },
  ]
}

extension BalancerSetting {
  /// The balancer that a person has typed: its name, then choices as `name=value`; a word without `=` is
  /// a choice without a value, which the engine refuses by its name.
  fileprivate init(words: [String]) {
    self.init(words.first ?? "")
    for word in words.dropFirst() {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      options[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
    }
  }
}

// MARK: - Commands to the engine, from keys and from typed words

extension App {
  /// The name of a task: the typed one, or the selected one.
  func task(_ typed: String?) throws(CommandLineError) -> String {
    let names = desk.run.taskNames
    if let typed {
      guard names.contains(typed) else {
        throw .unknownName(kind: "task", name: typed, near: nearest(to: typed, in: names))
      }
      return typed
    }
    if let own = screen.task(desk), names.contains(own) { return own }
    guard names.indices.contains(desk.selectedTask) else {
      throw .unknownName(kind: "task", name: "", near: names.first)
    }
    return names[desk.selectedTask]
  }

  mutating func toggle(_ invocation: Action.Invocation) throws(CommandLineError) -> [Effect] {
    let words = invocation.words ?? []
    let name = try task(words.first)
    let wanted: Bool
    switch words.dropFirst().first {
    case nil: wanted = !desk.isOn(name)
    case "on": wanted = true
    case "off": wanted = false
    case .some(let word): throw .usage("task TASK on|off", found: word)
    }
    if let index = desk.run.taskNames.firstIndex(of: name) { desk.selectedTask = index }
    return wanted ? [.send(.setTask(name, isOn: true))] : turnOff(name)
  }

  /// Turns a task off; asks first if no other is on.
  private mutating func turnOff(_ name: String) -> [Effect] {
    let off = Effect.send(.setTask(name, isOn: false))
    let others = desk.run.taskNames.filter { $0 != name && desk.isOn($0) }
    guard others.isEmpty, desk.isOn(name) else { return [off] }
    desk.mode = .question(
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
    let others = desk.run.taskNames.filter { $0 != name && desk.isOn($0) }
    let on: [Command] = desk.isOn(name) ? [] : [.setTask(name, isOn: true)]
    return send(on + others.map { .setTask($0, isOn: false) })
  }

  /// Trains every task: one action, however many tasks it turns on.
  mutating func turnAllOn() -> [Effect] {
    let off = desk.run.taskNames.filter { !desk.isOn($0) }
    if off.isEmpty { desk.say("every task is on") }
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
    let now = desk.run.snapshot.tasks.first { $0.name == name }?.weight ?? 1
    desk.mode = .prompt(
      Prompt(
        asked: AskedAction(action: "weight", words: [name]), title: "weight of \(name): ",
        editor: LineEditor(proposing: sixDigits(now))))
    return []
  }
}

/// A factor of 0 or more; an `x` or `×` may stand before it.
func factor(_ text: String) -> Double? {
  let digits = text.first.map { "xX×".contains($0) } == true ? String(text.dropFirst()) : text
  guard let value = Double(digits), value.isFinite, value >= 0 else { return nil }
  return value
}
