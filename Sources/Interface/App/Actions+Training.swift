import Runs
import Terminal

extension Keymap {
  /// What changes the run.
  static let trainingActions: [Action] =
    taskActions + [
      Action(
        name: "pause", keys: keys("P"), section: .training, hint: "pause",
        summary: "pause or go on", whyNot: \.whyNotTraining
      ) { app, invocation in
        let pauses = invocation.words != nil || !app.run.isPaused
        return [.send(pauses ? .pause : .resume)]
      },
      Action(
        name: "resume", section: .training, summary: "go on after a pause",
        whyNot: \.whyNotTraining
      ) { _, _ in [.send(.resume)] },
      Action(
        name: "step", form: "[N]", keys: keys("."), section: .training, count: .all,
        hint: "step", summary: "one step, or n typed first",
        whyNot: \.whyNotTraining
      ) { app, invocation throws(CommandLineError) in try app.run(invocation, "step [N]") },
      Action(
        name: "run", form: "N", section: .training, summary: "N steps, then pause",
        whyNot: \.whyNotTraining
      ) { app, invocation throws(CommandLineError) in try app.run(invocation, "run N") },
      Action(
        name: "evaluate", keys: keys("E"), section: .training,
        summary: "score validation rows now", whyNot: \.whyNotAsking
      ) { app, _ in
        app.say("scoring the validation rows")
        return [.send(.evaluate)]
      },
      Action(
        name: "undo", keys: keys("u"), section: .training, summary: "take back the last action",
        whyNot: \.whyNotTraining
      ) { _, _ in [.send(.undo)] },
      Action(
        name: "redo", keys: [[.control("r")]], section: .training,
        summary: "do again what u took back", whyNot: \.whyNotTraining
      ) { _, _ in [.send(.redo)] },
      Action(
        name: "stop", section: .training, summary: "end the run, keep results",
        whyNot: \.whyNotTraining
      ) { _, _ in [.send(.stop)] },
      Action(
        name: "lr", form: "[xFACTOR]", keys: keys("r"), places: [.tasks], section: .view,
        hint: "rate", summary: "factor on learning rate", whyNot: \.whyNotTraining
      ) { app, invocation throws(CommandLineError) in try app.setLearningRate(invocation) },
    ]

  private static let taskActions: [Action] = [
    Action(
      name: "task", form: "TASK [on|off]", arguments: [[.tasks], [.word("on"), .word("off")]],
      keys: keys(" "), section: .training, hint: "on/off",
      summary: "train the task, or do not", whyNot: \.whyNotTraining
    ) { app, invocation throws(CommandLineError) in try app.toggle(invocation) },
    Action(
      name: "weight", form: "TASK [W]", arguments: [[.tasks]], keys: keys("w"),
      places: [.tasks, .dashboard], section: .training, hint: "weight",
      summary: "weight of the task's loss", whyNot: \.whyNotTraining
    ) { app, invocation throws(CommandLineError) in try app.setWeight(invocation) },
    Action(
      name: "weight reset", form: "[TASK]", arguments: [[.tasks]], keys: keys("W"),
      places: [.tasks, .dashboard], section: .training, summary: "weight 1 again",
      whyNot: \.whyNotTraining
    ) { app, invocation throws(CommandLineError) in
      [.send(.setTaskWeight(try app.task(invocation.words?.first), 1))]
    },
    Action(
      name: "solo", form: "[TASK]", arguments: [[.tasks]], keys: keys("o"),
      places: [.tasks, .dashboard], section: .training, hint: "solo",
      summary: "train this task alone", whyNot: \.whyNotTraining
    ) { app, invocation throws(CommandLineError) in
      app.solo(try app.task(invocation.words?.first))
    },
    Action(
      name: "all", keys: keys("a"), places: [.tasks, .dashboard], section: .training,
      hint: "all on", summary: "train every task", whyNot: \.whyNotTraining
    ) { app, _ in app.turnAllOn() },
    Action(
      name: "facts", keys: keys("d"), places: [.tasks], section: .view, hint: "data facts",
      summary: "the data's rows and labels",
      whyNot: { $0.run.description == nil ? "the data are still being read" : nil }
    ) { app, _ in
      app.toggleFacts()
      return []
    },
  ]
}
