import Runs
import Terminal

extension Keymap {
  /// What the gates screen shows.
  static let gateActions: [Action] = [
    Action(
      name: "gates", form: "[mean|segment|example]",
      arguments: [[.word("mean"), .word("segment"), .word("example")]], keys: keys("m"),
      places: [.gates], section: .view, hint: "mean/segment/example",
      summary: "gates on average, by segment, by example", whyNot: \.whyNotGates
    ) { app, invocation throws(CommandLineError) in try app.showGates(invocation) },
    Action(
      name: "segment", form: "[COLUMN]", arguments: [[.columns]], keys: keys("c"),
      places: [.gates], section: .view, hint: "column",
      summary: "choose the column whose values are the segments", whyNot: \.whyNotGates
    ) { app, invocation throws(CommandLineError) in try app.chooseSegments(invocation) },
    Action(
      name: "sort", keys: keys("<", ">"), places: [.gates], section: .view, hint: "sort",
      summary: "segments by divergence or by count", whyNot: \.whyNotGates
    ) { app, _ in
      app.gates.order = app.gates.order == .divergence ? .count : .divergence
      app.gates.scroll = 0
      return []
    },
    Action(
      name: "next example", keys: keys("n"), places: [.gates], section: .view, takesCount: true,
      hint: "next", summary: "the next row", whyNot: \.whyNotGates
    ) { app, invocation in app.moveExample(by: invocation.times) },
    Action(
      name: "previous example", keys: keys("N"), places: [.gates], section: .view,
      takesCount: true, summary: "the row before", whyNot: \.whyNotGates
    ) { app, invocation in app.moveExample(by: -invocation.times) },
    Action(
      name: "random example", keys: keys("r"), places: [.gates], section: .view, hint: "random",
      summary: "any row", whyNot: \.whyNotGates
    ) { app, _ in app.showRandomExample() },
    Action(
      name: "example", form: "[ROW]", keys: keys("#", "i"), places: [.gates], section: .view,
      hint: "row number", summary: "type the number of a row", whyNot: \.whyNotGates
    ) { app, invocation throws(CommandLineError) in try app.showExample(invocation) },
    Action(
      name: "gate", form: "[GATE]", arguments: [[.gates]], keys: keys("}"), places: [.gates],
      section: .view, summary: "the next gate", whyNot: \.whyNotGates
    ) { app, invocation throws(CommandLineError) in try app.selectGate(invocation) },
  ]
}
