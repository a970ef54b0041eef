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
        name: "step", form: "[N]", keys: keys("."), section: .training, takesCount: true,
        hint: "step", summary: "one step, or as many as the number typed before",
        whyNot: \.whyNotTraining
      ) { app, invocation throws(CommandLineError) in try app.run(invocation, "step [N]") },
      Action(
        name: "run", form: "N", section: .training, summary: "take N steps, then pause",
        whyNot: \.whyNotTraining
      ) { app, invocation throws(CommandLineError) in try app.run(invocation, "run N") },
      Action(
        name: "evaluate", keys: keys("E"), section: .training,
        summary: "score the validation rows now", whyNot: \.whyNotTraining
      ) { app, _ in
        app.say("scoring the validation rows")
        return [.send(.evaluate)]
      },
      Action(
        name: "undo", keys: keys("u"), section: .training, summary: "take back the last change",
        whyNot: \.whyNotTraining
      ) { _, _ in [.send(.undo)] },
      Action(
        name: "redo", keys: [[.control("r")]], section: .training,
        summary: "do again what undo took back", whyNot: \.whyNotTraining
      ) { _, _ in [.send(.redo)] },
      Action(
        name: "stop", section: .training, summary: "end the run and keep its results",
        whyNot: \.whyNotTraining
      ) { _, _ in [.send(.stop)] },
      Action(
        name: "lr", form: "[xFACTOR]", keys: keys("r"), places: [.tasks], section: .view,
        hint: "rate", summary: "multiply the scheduled learning rate", whyNot: \.whyNotTraining
      ) { app, invocation throws(CommandLineError) in try app.setLearningRate(invocation) },
    ]

  private static let taskActions: [Action] = [
    Action(
      name: "task", form: "TASK [on|off]", arguments: [[.tasks], [.word("on"), .word("off")]],
      keys: keys(" "), section: .training, hint: "on/off",
      summary: "train the selected task, or leave it out", whyNot: \.whyNotTraining
    ) { app, invocation throws(CommandLineError) in try app.toggle(invocation) },
    Action(
      name: "weight", form: "TASK [W]", arguments: [[.tasks]], keys: keys("w"),
      places: [.tasks, .dashboard], section: .training, hint: "weight",
      summary: "weigh the loss of the selected task", whyNot: \.whyNotTraining
    ) { app, invocation throws(CommandLineError) in try app.setWeight(invocation) },
    Action(
      name: "weight reset", form: "[TASK]", arguments: [[.tasks]], keys: keys("W"),
      places: [.tasks, .dashboard], section: .training, summary: "weigh it by 1 again",
      whyNot: \.whyNotTraining
    ) { app, invocation throws(CommandLineError) in
      [.send(.setTaskWeight(try app.task(invocation.words?.first), 1))]
    },
    Action(
      name: "solo", form: "[TASK]", arguments: [[.tasks]], keys: keys("o"),
      places: [.tasks, .dashboard], section: .training, hint: "solo",
      summary: "train the selected task alone", whyNot: \.whyNotTraining
    ) { app, invocation throws(CommandLineError) in
      app.solo(try app.task(invocation.words?.first))
    },
    Action(
      name: "all", keys: keys("a"), places: [.tasks, .dashboard], section: .training,
      hint: "all on", summary: "train every task", whyNot: \.whyNotTraining
    ) { app, _ in app.turnAllOn() },
  ]
}
