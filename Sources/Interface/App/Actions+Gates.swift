import Runs
import Terminal

extension Keymap {
  /// What the gates screen shows.
  static let gateActions: [Action] = [
    Action(
      name: "gates", form: "[mean|segment|example]",
      arguments: [[.word("mean"), .word("segment"), .word("example")]], keys: keys("m"),
      places: [.gates], section: .view, hint: "mean/segment/example",
      summary: "mean, segment or example", whyNot: \.whyNotGates
    ) { app, invocation throws(CommandLineError) in try app.showGates(invocation) },
    Action(
      name: "segment", form: "[COLUMN]", arguments: [[.columns]], keys: keys("c"),
      places: [.gates], section: .view, hint: "column",
      summary: "choose the column", whyNot: \.whyNotGates
    ) { app, invocation throws(CommandLineError) in try app.chooseSegments(invocation) },
    Action(
      name: "sort", keys: keys("<", ">"), places: [.gates], section: .view, hint: "sort",
      summary: "by divergence or by count", whyNot: \.whyNotGates
    ) { app, _ in
      app.gates.order = app.gates.order == .divergence ? .count : .divergence
      app.gates.scroll = 0
      return []
    },
    Action(
      name: "next example", keys: keys("n"), places: [.gates], section: .view, count: .most,
      hint: "next", summary: "next row", whyNot: \.whyNotGates
    ) { app, invocation in app.moveExample(by: invocation.times) },
    Action(
      name: "previous example", keys: keys("N"), places: [.gates], section: .view,
      count: .most, summary: "previous row", whyNot: \.whyNotGates
    ) { app, invocation in app.moveExample(by: -invocation.times) },
    Action(
      name: "random example", keys: keys("r"), places: [.gates], section: .view, hint: "random",
      summary: "any row", whyNot: \.whyNotGates
    ) { app, _ in app.showRandomExample() },
    Action(
      name: "example", form: "[ROW]", keys: keys("#", "i"), places: [.gates], section: .view,
      hint: "row number", summary: "type a row's number", whyNot: \.whyNotGates
    ) { app, invocation throws(CommandLineError) in try app.showExample(invocation) },
    Action(
      name: "expert right", keys: keys("L"), places: [.gates], section: .view, count: .most,
      summary: "next expert", whyNot: \.whyNotGates
    ) { app, invocation in
      app.moveExpert(by: invocation.times)
      return []
    },
    Action(
      name: "expert left", keys: keys("H"), places: [.gates], section: .view, count: .most,
      summary: "previous expert", whyNot: \.whyNotGates
    ) { app, invocation in
      app.moveExpert(by: -invocation.times)
      return []
    },
    Action(
      name: "knock out", form: "[EXPERT]", arguments: [[.experts]], keys: keys("x"),
      places: [.gates], section: .view, hint: "without it",
      summary: "score without the expert", whyNot: \.whyNotKnockOut
    ) { app, invocation throws(CommandLineError) in try app.knockOut(invocation) },
    Action(
      name: "gate", form: "[GATE]", arguments: [[.gates]], keys: keys("}"), places: [.gates],
      section: .view, summary: "next gate", whyNot: \.whyNotGates
    ) { app, invocation throws(CommandLineError) in try app.selectGate(invocation) },
  ]
}
