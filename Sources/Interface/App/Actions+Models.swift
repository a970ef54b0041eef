import Runs
import Terminal

extension Keymap {
  /// What chooses and starts a model.
  static let modelActions: [Action] = [
    Action(
      name: "start", form: "[MODEL [NAME=VALUE…]]", arguments: [[.models]], keys: keys("s"),
      places: [.models], section: .view, hint: "start", summary: "start the model",
      whyNot: \.whyNotModels
    ) { app, invocation throws(CommandLineError) in try app.startModel(invocation) },
    Action(
      name: "option", form: "NAME [VALUE…]", arguments: [[.options]], keys: keys("e"),
      places: [.models], section: .view, hint: "set option", summary: "set an option",
      whyNot: \.whyNotModels
    ) { app, invocation throws(CommandLineError) in try app.setOption(invocation) },
    Action(
      name: "choose", keys: [[.enter]], places: [.models], section: .view, hint: "start or set",
      summary: "start model or set option", whyNot: \.whyNotModels
    ) { app, _ throws(CommandLineError) in try app.chooseModel() },
    Action(
      name: "warm-start", keys: keys("w"), places: [.models], section: .view, hint: "warm start",
      summary: "keep the embeddings", whyNot: \.whyNotModels
    ) { app, _ in
      app.models.keepsEmbeddings.toggle()
      return []
    },
    Action(
      name: "baseline", keys: keys("p"), places: [.runs], section: .view, hint: "compare with it",
      summary: "gains over this run"
    ) { app, _ in
      app.setBaseline()
      return []
    },
    Action(
      name: "same step", keys: keys("s"), places: [.runs], section: .view,
      hint: "best/same step", summary: "best scores, or same step"
    ) { app, _ in
      app.toggleSameStep()
      return []
    },
    Action(
      name: "earlier", keys: keys("e"), places: [.dashboard], section: .curves,
      summary: "earlier runs behind"
    ) { app, _ in
      app.charts.showsEarlier.toggle()
      app.say(app.charts.showsEarlier ? "earlier runs are drawn behind" : "this run alone")
      return []
    },
  ]
}
