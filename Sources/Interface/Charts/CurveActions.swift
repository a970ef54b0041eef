import Runs
import Terminal

extension Screen {
  /// How curves are drawn and read: what a screen with curves can do.
  static var curveActions: [ScreenAction<Self>] { ranges + looks + readings }

  /// Which part of the run, and which losses.
  private static var ranges: [ScreenAction<Self>] {
    [
      ScreenAction(
        name: "zoom", form: "FIRST LAST | all", keys: keys("0"),
        section: .curves, summary: "whole run, or some steps"
      ) { _, desk, invocation throws(CommandLineError) in try desk.zoom(invocation) },
      ScreenAction(
        name: "zoom in", keys: keys("+", "="), section: .curves, hint: "zoom",
        summary: "half as many steps"
      ) { _, desk, _ in
        desk.charts.zoom(in: true, last: desk.lastStep)
        return []
      },
      ScreenAction(
        name: "zoom out", keys: keys("-"), section: .curves, summary: "twice as many steps"
      ) { _, desk, _ in
        desk.charts.zoom(in: false, last: desk.lastStep)
        return []
      },
      ScreenAction(
        name: "pan left", keys: keys("["), section: .curves, summary: "earlier steps"
      ) { _, desk, _ in
        desk.charts.pan(-1, last: desk.lastStep)
        return []
      },
      ScreenAction(
        name: "pan right", keys: keys("]"), section: .curves, summary: "later steps, then follow"
      ) { _, desk, _ in
        desk.charts.pan(1, last: desk.lastStep)
        return []
      },
      ScreenAction(
        name: "y", form: "LOW HIGH | most|all", keys: keys("Y"), section: .curves,
        hint: "range", summary: "most losses, all, or fixed"
      ) { _, desk, invocation throws(CommandLineError) in try desk.setSpan(invocation) },
      ScreenAction(
        name: "x", form: "[step|epoch|examples|time]",
        keys: keys("X"),
        section: .curves, summary: "what steps are counted in"
      ) { _, desk, invocation throws(CommandLineError) in try desk.setUnit(invocation) },
      ScreenAction(
        name: "scale", form: "x|y log|linear",
        keys: keys("L"),
        section: .curves, hint: "log", summary: "log losses, steps, both"
      ) { _, desk, invocation throws(CommandLineError) in try desk.scale(invocation) },
    ]
  }

  /// What is drawn of them.
  private static var looks: [ScreenAction<Self>] {
    [
      ScreenAction(
        name: "smooth", form: "SHARE|off|.9|.95|.98|.995",
        keys: keys("s"), section: .curves, hint: "smooth", summary: "smoother curves"
      ) { _, desk, invocation throws(CommandLineError) in try desk.smooth(invocation) },
      ScreenAction(
        name: "smooth less", keys: keys("S"), section: .curves, hint: "less smooth",
        summary: "less smooth curves"
      ) { _, desk, _ in
        let level = desk.charts.smoothing ?? 0
        desk.setSmoothing(level > 0 ? level - 1 : nil)
        return []
      },
      ScreenAction(
        name: "band", form: "[tenths|extremes|off]",
        keys: keys("b"),
        section: .curves, summary: "p10 to p90, min to max, no"
      ) { _, desk, invocation throws(CommandLineError) in try desk.setBand(invocation) },
      ScreenAction(
        name: "validation", form: "[loss|score|off]",
        keys: keys("v"),
        section: .curves, hint: "validation", summary: "validation loss or score"
      ) { _, desk, invocation throws(CommandLineError) in try desk.showValidation(invocation) },
      ScreenAction(
        name: "overlay", keys: keys("O"), section: .curves, summary: "one chart, or one a task"
      ) { _, desk, _ in
        desk.charts.isOverlay.toggle()
        return []
      },
      ScreenAction(
        name: "earlier", keys: keys("B"), section: .curves, summary: "earlier runs behind"
      ) { _, desk, _ in
        desk.charts.showsEarlier.toggle()
        desk.say(desk.charts.showsEarlier ? "earlier runs are drawn behind" : "this run alone")
        return []
      },
    ]
  }

  /// What is read off them.
  private static var readings: [ScreenAction<Self>] {
    [
      ScreenAction(
        name: "pin", form: "RUN|off",
        keys: keys("p"), section: .curves, summary: "next run as a baseline",
        whyNot: { _, desk in
          desk.earlier.isEmpty ? "there is no earlier run to compare with" : nil
        }
      ) { _, desk, invocation throws(CommandLineError) in try desk.pin(invocation) },
      ScreenAction(
        name: "cursor", form: "[STEP|off]", keys: keys("c"),
        section: .curves, hint: "cursor",
        hintNow: { _, desk in
          desk.charts.cursor == nil ? nil : "off, h/l move"
        },
        summary: "read off; Enter marks"
      ) { _, desk, invocation throws(CommandLineError) in try desk.setCursor(invocation) },
      ScreenAction(
        name: "rewind", form: "[STEP]", keys: keys("V"), section: .curves,
        summary: "branch off at the cursor",
        whyNot: { _, desk in desk.run.description == nil ? "the data are still being read" : nil }
      ) { _, desk, invocation throws(CommandLineError) in try desk.rewind(invocation) },
    ]
  }
}
