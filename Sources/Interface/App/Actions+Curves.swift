import Runs
import Terminal

extension Keymap {
  /// How curves are drawn.
  static let curveActions: [Action] = [
    Action(
      name: "zoom", form: "FIRST LAST | all",
      arguments: [[.word("all"), .word("in"), .word("out")]], keys: keys("0"),
      places: [.dashboard], section: .curves, summary: "whole run, or some steps"
    ) { app, invocation throws(CommandLineError) in try app.zoom(invocation) },
    Action(
      name: "zoom in", keys: keys("+", "="), places: [.dashboard], section: .curves,
      hint: "zoom", summary: "half as many steps"
    ) { app, _ in
      app.charts.zoom(in: true, last: app.lastStep)
      return []
    },
    Action(
      name: "zoom out", keys: keys("-"), places: [.dashboard], section: .curves,
      summary: "twice as many steps"
    ) { app, _ in
      app.charts.zoom(in: false, last: app.lastStep)
      return []
    },
    Action(
      name: "pan left", keys: keys("["), places: [.dashboard], section: .curves,
      summary: "earlier steps"
    ) { app, _ in
      app.charts.pan(-1, last: app.lastStep)
      return []
    },
    Action(
      name: "pan right", keys: keys("]"), places: [.dashboard], section: .curves,
      summary: "later steps, then follow"
    ) { app, _ in
      app.charts.pan(1, last: app.lastStep)
      return []
    },
    Action(
      name: "smooth", form: "SHARE | off",
      arguments: [[.word("off"), .word(".9"), .word(".95"), .word(".98"), .word(".995")]],
      keys: keys("S"), places: [.dashboard], section: .curves, summary: "smoother curves"
    ) { app, invocation throws(CommandLineError) in try app.smooth(invocation) },
    Action(
      name: "smooth less", keys: keys("s"), places: [.dashboard], section: .curves,
      hint: "smooth", summary: "less smooth curves"
    ) { app, _ in
      let level = app.charts.smoothing ?? 0
      app.setSmoothing(level > 0 ? level - 1 : nil)
      return []
    },
    Action(
      name: "scale", form: "y log|linear",
      arguments: [[.word("y")], [.word("log"), .word("linear")]], keys: keys("L"),
      places: [.dashboard], section: .curves, hint: "log", summary: "log or linear losses"
    ) { app, invocation throws(CommandLineError) in try app.scale(invocation) },
    Action(
      name: "band", keys: keys("b"), places: [.dashboard], section: .curves,
      summary: "band from least to most"
    ) { app, _ in
      app.charts.showsBand.toggle()
      return []
    },
    Action(
      name: "validation", form: "[loss|score|off]",
      arguments: [[.word("loss"), .word("score"), .word("off")]], keys: keys("v"),
      places: [.dashboard], section: .curves, hint: "validation",
      summary: "validation loss or score"
    ) { app, invocation throws(CommandLineError) in try app.showValidation(invocation) },
    Action(
      name: "overlay", keys: keys("O"), places: [.dashboard], section: .curves,
      summary: "one chart, or one a task"
    ) { app, _ in
      app.charts.isOverlay.toggle()
      return []
    },
  ]
}
