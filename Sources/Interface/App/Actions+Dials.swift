import Runs
import Terminal

extension Keymap {
  /// What changes the model while it trains.
  static let dialActions: [Action] = [
    Action(
      name: "dial", form: "NAME [X]", arguments: [[.dials]], keys: keys("e"), places: [.inspect],
      section: .view, hint: "dial", summary: "type a dial's value", whyNot: \.whyNotDials
    ) { app, invocation throws(CommandLineError) in try app.setDial(invocation) },
    Action(
      name: "dial up", keys: keys("+", "="), places: [.inspect], section: .view, hint: "more",
      summary: "turn the dial up", whyNot: \.whyNotDials
    ) { app, _ in app.turnDial(up: true) },
    Action(
      name: "dial down", keys: keys("-"), places: [.inspect], section: .view, hint: "less",
      summary: "turn the dial down", whyNot: \.whyNotDials
    ) { app, _ in app.turnDial(up: false) },
    Action(
      name: "next dial", keys: keys("]", "}"), places: [.inspect], section: .view,
      hint: "next dial", summary: "next dial", whyNot: \.whyNotDials
    ) { app, _ in
      app.selectDial(by: 1)
      return []
    },
    Action(
      name: "previous dial", keys: keys("[", "{"), places: [.inspect], section: .view,
      summary: "previous dial", whyNot: \.whyNotDials
    ) { app, _ in
      app.selectDial(by: -1)
      return []
    },
  ]
}
