import Runs
import Terminal

/// The models: pick one, read about it, set its options, start it.
struct ModelsScreen: Screen {
  let title = "Models"
  let needsData = false

  /// The selected model; nil for the one that runs.
  var selected: String?
  /// The selected option of it.
  private var option = 0
  /// Whether keys go through the options rather than the models.
  private(set) var isOnOptions = false
  /// Values that a person has set, by model and option.
  var edits: [String: [String: String]] = [:]
  /// Whether the next run begins with the embeddings of this one.
  private(set) var keepsEmbeddings = false
  /// Why the last wish was not granted, line by line.
  private var refusal: [String] = []
  /// Only models whose names or titles contain it are listed.
  private var filter = ""

  func hints(_ desk: Desk) -> [String] {
    ["choose", "start", "option", "again", "warm-start", "next pane"] + Hints.always
  }

  func legend(_ desk: Desk) -> [HelpPanel.Sign] {
    [
      .init("*", "set by you, no default"), .init("unfit", "not for these data"),
      .init("[x] [ ]", "on, off"),
    ]
  }

  func filter(_ desk: Desk) -> String? { filter }

  mutating func setFilter(_ text: String, _ desk: inout Desk) {
    filter = text
    let listed = listed(desk).map(\.name)
    if let first = listed.first, !listed.contains(selectedModel(desk)?.name ?? "") {
      (selected, option) = (first, 0)
    }
  }

  /// The models that pass the filter.
  private func listed(_ desk: Desk) -> [ModelDescription] {
    desk.settings.models.filter { $0.name.passes(filter) || $0.title.passes(filter) }
  }

  func names(_ desk: Desk) -> [NameKind: [String]] {
    [.option: selectedModel(desk)?.choices.map(\.name) ?? []]
  }

  mutating func take(_ news: ScreenNews, _ desk: inout Desk) {
    switch news {
    case .shown, .opened, .explained: break
    case .began(let request):
      refusal = []
      edits[request.model] = request.options.merging(request.settings) { $1 }
    case .refused(let lines):
      refusal = lines
      desk.show(name)
    }
  }

  /// The selected model: the chosen one, the one that runs, or the first.
  func selectedModel(_ desk: Desk) -> ModelDescription? {
    let all = desk.settings.models
    let wanted = selected ?? desk.run.description?.model ?? desk.settings.first?.model
    return all.first { $0.name == wanted } ?? all.first
  }

  /// What has been set about a model, or what the first run was started with.
  func edits(of model: String, _ desk: Desk) -> [String: String] {
    let first = desk.settings.first.flatMap {
      $0.model == model ? $0.options.merging($0.settings) { $1 } : nil
    }
    return edits[model] ?? first ?? [:]
  }
}

// MARK: - Moving

extension ModelsScreen {
  mutating func move(_ move: Move, _ desk: inout Desk) -> [Effect] {
    switch move {
    case .down, .bottom: moveModel(by: move.lines ?? 0, desk)
    case .right(let columns): showOptions(columns > 0, desk)
    case .pane: showOptions(!isOnOptions, desk)
    case .back: isOnOptions = false
    case .large: break
    }
    return []
  }

  private mutating func moveModel(by rows: Int, _ desk: Desk) {
    guard let model = selectedModel(desk) else { return }
    if isOnOptions {
      option = max(0, min(model.choices.count - 1, option + rows))
      return
    }
    let all = listed(desk)
    guard !all.isEmpty else { return }
    let here = all.firstIndex { $0.name == model.name } ?? 0
    selected = all[max(0, min(all.count - 1, here + rows))].name
    option = 0
    refusal = []
  }

  /// Goes to the options, if there are any, or back to the models.
  private mutating func showOptions(_ wanted: Bool, _ desk: Desk) {
    isOnOptions = wanted && selectedModel(desk)?.choices.isEmpty == false
  }
}

// MARK: - Actions

extension ModelsScreen {
  static let actions: [ScreenAction<Self>] = [
    ScreenAction(
      name: "start", form: "[MODEL [NAME=VALUE…]]",
      keys: keys("R"),
      hint: "start", summary: "start the model",
      whyNot: whyNotModels
    ) { screen, desk, invocation throws(CommandLineError) in
      try screen.startModel(invocation, &desk)
    },
    ScreenAction(
      name: "option", form: "OPTION [VALUE…]",
      keys: keys("i"),
      hint: "set option", summary: "set an option",
      whyNot: whyNotModels
    ) { screen, desk, invocation throws(CommandLineError) in
      try screen.setOption(invocation, &desk)
    },
    ScreenAction(
      name: "choose", keys: [[.enter]], hint: "start or set",
      summary: "start model or set option", whyNot: whyNotModels
    ) { screen, desk, _ throws(CommandLineError) in
      let pressed = Action.Invocation()
      return try screen.isOnOptions
        ? screen.setOption(pressed, &desk) : screen.startModel(pressed, &desk)
    },
    ScreenAction(
      name: "again", keys: keys("A"), hint: "next seed", summary: "same with the next seed",
      whyNot: whyNotModels
    ) { _, desk, _ in desk.startAgain() },
    ScreenAction(
      name: "open", form: "DATA",
      summary: "train on other data"
    ) { _, desk, invocation throws(CommandLineError) in
      try desk.open(invocation)
    },
    ScreenAction(
      name: "warm-start", keys: keys(" "), hint: "warm start",
      summary: "keep the embeddings", whyNot: whyNotModels
    ) { screen, _, _ in
      screen.keepsEmbeddings.toggle()
      return []
    },
  ]

  /// Why there is no model to start or to set.
  private static let whyNotModels: @Sendable (Self, Desk) -> String? = { _, desk in
    desk.settings.models.isEmpty ? "no models to choose from are known here" : nil
  }

  /// Sets an option of the selected model to the typed value; without one asks for it.
  mutating func setOption(_ invocation: Action.Invocation, _ desk: inout Desk)
    throws(CommandLineError) -> [Effect]
  {
    guard let model = selectedModel(desk), !model.choices.isEmpty else {
      desk.say("this model has no options", .warning)
      return []
    }
    let words = invocation.words ?? []
    var index = max(0, min(self.option, model.choices.count - 1))
    if let name = words.first {
      let names = model.choices.map(\.name)
      guard let named = names.firstIndex(of: name) else {
        throw .unknownName(kind: "option", name: name, near: nearest(to: name, in: names))
      }
      index = named
    }
    isOnOptions = true
    self.option = index
    let option = model.choices[index]
    guard words.count > 1 else {
      let value = edits(of: model.name, desk)[option.name] ?? option.defaultValue
      desk.mode = .prompt(
        Prompt(
          asked: AskedAction(action: "option", words: [option.name]),
          title: "\(option.name) (default \(option.defaultValue)): ",
          editor: LineEditor(proposing: value), keepsBlanks: true))
      return []
    }
    keep(words.dropFirst().joined(separator: " "), of: option, in: model.name, desk)
    return []
  }

  /// Keeps a value that was typed; nothing and the default are no edit.
  mutating func keep(
    _ value: String, of option: ModelDescription.Option, in model: String, _ desk: Desk
  ) {
    var options = edits(of: model, desk)
    options[option.name] = value.isEmpty || value == option.defaultValue ? nil : value
    edits[model] = options
    refusal = []
  }

  /// Starts a model: the typed one, or the selected one.
  ///
  /// Asks first if a run would end.
  mutating func startModel(
    _ invocation: Action.Invocation, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect] {
    let words = invocation.words ?? []
    guard let model = try words.first.map(desk.model) ?? selectedModel(desk) else { return [] }
    let typed = try model.edits(
      typed: words.dropFirst(),
      runSettings: Set(desk.settings.models.flatMap(\.settings).map(\.name)))
    if !words.isEmpty { selected = model.name }
    let edits = edits(of: model.name, desk).merging(typed) { $1 }
    let request = model.request(edits, keepsEmbeddings: keepsEmbeddings)
    // An option may mend it: then the engine says whether it has.
    if let reason = model.unfit, request.options.isEmpty {
      desk.say("\(model.title) is not for these data: \(reason)", .error, untilKey: true)
      return []
    }
    return desk.start(request, called: model.title)
  }

  /// The run of the selected model as it is set just now.
  func preview(_ desk: Desk) -> StartRequest? {
    guard !desk.isReadingData, let model = selectedModel(desk) else { return nil }
    return model.request(edits(of: model.name, desk), keepsEmbeddings: keepsEmbeddings)
  }
}

// MARK: - Drawing

extension ModelsScreen {
  func draw(_ desk: Desk, in body: Rect, on canvas: inout Canvas) {
    guard let model = selectedModel(desk) else {
      let inner = canvas.frame(body, title: [Span("models", .title)], isFocused: true)
      return canvas.drawNothing("No models to choose from are known here.", in: inner)
    }
    let (left, right) = areas(body)
    drawModelList(model, desk, in: left, on: &canvas)
    panel(model, desk).draw(in: right, on: &canvas)
  }

  /// The list of the models, and the selected one.
  private func areas(_ body: Rect) -> (list: Rect, model: Rect) {
    let (left, right) = body.splitLeft(body.size.columns >= 100 ? 34 : 26)
    return (left, right)
  }

  private func panel(_ model: ModelDescription, _ desk: Desk) -> ModelPanel {
    ModelPanel(
      model: model, edits: edits(of: model.name, desk), option: option, isOnOptions: isOnOptions,
      keepsEmbeddings: keepsEmbeddings, refusal: refusal, run: desk.run,
      preview: desk.preview?.request == preview(desk) ? desk.preview?.preview : nil)
  }

  private func window(_ all: [ModelDescription], _ selected: Int, in area: Rect) -> ListWindow {
    ListWindow(count: all.count, selected: selected, rows: area.inner.size.rows)
  }

  /// A click on a model or on an option selects it; the wheel goes through those under it.
  mutating func take(_ mouse: Mouse, in body: Rect, _ desk: inout Desk) -> [Effect] {
    guard let model = selectedModel(desk), mouse.action != .release else { return [] }
    let (list, right) = areas(body)
    let isOnModels = list.contains(row: mouse.row, column: mouse.column)
    showOptions(!isOnModels, desk)
    switch mouse.action {
    case .wheelUp, .wheelDown: moveModel(by: mouse.action == .wheelUp ? -1 : 1, desk)
    case .left where isOnModels:
      let all = listed(desk)
      let here = all.firstIndex { $0.name == model.name } ?? 0
      let index = window(all, here, in: list).places.lowerBound + mouse.row - list.inner.row
      if all.indices.contains(index), mouse.row >= list.inner.row {
        moveModel(by: index - here, desk)
      }
    case .left:
      option = panel(model, desk).option(atRow: mouse.row, in: right) ?? option
    case .middle, .right, .release: break
    }
    return []
  }

  /// The models, or while options are looked at those of the selected one.
  func files(_ desk: Desk) -> [ExportedFile] {
    guard isOnOptions, let model = selectedModel(desk) else { return [desk.modelFile] }
    return [desk.optionFile(of: model, edits: edits(of: model.name, desk))]
  }

  private func drawModelList(
    _ model: ModelDescription, _ desk: Desk, in area: Rect, on canvas: inout Canvas
  ) {
    let all = listed(desk)
    let title = [Span("models \(all.count)", .title)]
    let inner = canvas.frame(area, title: title, isFocused: !isOnOptions)
    let selected = all.firstIndex { $0.name == model.name } ?? 0
    let list = window(all, selected, in: area)
    for (line, index) in list.places.enumerated() {
      let isSelected = index == selected
      let style = all[index].unfit != nil ? Style.dim : isSelected ? .bold : .plain
      canvas.write(
        [Span(isSelected ? "> " : "  ", .hint), Span(all[index].title, style: style)],
        row: inner.row + line, column: inner.column, limit: inner.size.columns - 7)
      canvas.writeRight(
        desk.mark(of: all[index]) + " ", row: inner.row + line, in: inner, style: .dim)
    }
    list.drawMore(in: area, on: &canvas)
  }
}

extension Desk {
  /// `runs`, `2 runs` or `unfit`.
  fileprivate func mark(of model: ModelDescription) -> String {
    if model.unfit != nil { return "unfit" }
    if run.description?.model == model.name { return run.isFinished ? "ended" : "runs" }
    let before = earlier.count { $0.description?.model == model.name }
    return before == 0 ? "" : counted(before, "run")
  }

  func model(_ name: String) throws(CommandLineError) -> ModelDescription {
    guard let model = settings.models.first(where: { $0.name == name }) else {
      let names = settings.models.map(\.name)
      throw .unknownName(kind: "model", name: name, near: nearest(to: name, in: names))
    }
    return model
  }
}
