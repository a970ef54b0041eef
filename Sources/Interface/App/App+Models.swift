import Runs

// What is chosen on the models screen.
extension App {
  /// The selected model: the chosen one, the one that runs, or the first.
  var selectedModel: ModelDescription? {
    let all = settings.models
    let wanted = models.selected ?? run.description?.model ?? settings.first?.model
    return all.first { $0.name == wanted } ?? all.first
  }

  /// What has been set about a model, or what the first run was started with.
  func edits(of model: String) -> [String: String] {
    let first = settings.first.flatMap { $0.model == model ? $0.options : nil }
    return models.edits[model] ?? first ?? [:]
  }

  /// Why there is no model to start or to set.
  var whyNotModels: String? {
    settings.models.isEmpty ? "no models to choose from are known here" : nil
  }

  mutating func moveModel(down rows: Int) {
    guard let model = selectedModel else { return }
    if models.isOnOptions {
      models.option = max(0, min(model.options.count - 1, models.option + rows))
      return
    }
    let all = settings.models
    let here = all.firstIndex { $0.name == model.name } ?? 0
    models.selected = all[max(0, min(all.count - 1, here + rows))].name
    models.option = 0
    models.refusal = []
  }

  /// Goes to the options, if there are any, or back to the models.
  mutating func showOptions(_ wanted: Bool) {
    models.isOnOptions = wanted && selectedModel?.options.isEmpty == false
  }

  /// Enter: sets the selected option, or starts the selected model.
  mutating func chooseModel() throws(CommandLineError) -> [Effect] {
    try models.isOnOptions ? setOption(Action.Invocation()) : startModel(Action.Invocation())
  }

  /// Sets an option of the selected model to the typed value; without one asks for it.
  mutating func setOption(_ invocation: Action.Invocation) throws(CommandLineError) -> [Effect] {
    guard let model = selectedModel, !model.options.isEmpty else {
      say("this model has no options", .warning)
      return []
    }
    let words = invocation.words ?? []
    var place = max(0, min(models.option, model.options.count - 1))
    if let name = words.first {
      let names = model.options.map(\.name)
      guard let named = names.firstIndex(of: name) else {
        throw .unknownName(kind: "option", name: name, near: nearest(to: name, in: names))
      }
      place = named
    }
    screen = .models
    models.isOnOptions = true
    models.option = place
    let option = model.options[place]
    guard words.count > 1 else {
      let value = edits(of: model.name)[option.name] ?? option.defaultValue
      mode = .prompt(
        Prompt(
          purpose: .option(model: model.name, name: option.name),
          title: "\(option.name) (default \(option.defaultValue)): ",
          editor: LineEditor(proposing: value)))
      return []
    }
    keep(words.dropFirst().joined(separator: " "), of: option, in: model.name)
    return []
  }

  /// Keeps a value that was typed; nothing and the default are no edit.
  mutating func keep(_ value: String, of option: ModelDescription.Option, in model: String) {
    var edits = edits(of: model)
    edits[option.name] = value.isEmpty || value == option.defaultValue ? nil : value
    models.edits[model] = edits
    models.refusal = []
  }

  /// Does what a prompt for an option was for.
  mutating func keep(_ value: String, of name: String, in model: String) -> [Effect] {
    let known = settings.models.first { $0.name == model }?.options.first { $0.name == name }
    if let known { keep(value, of: known, in: model) }
    return []
  }

  /// Starts a model: the typed one, or the selected one.
  ///
  /// Asks first if a run would end.
  mutating func startModel(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    let words = invocation.words ?? []
    guard let model = try words.first.map(model(named:)) ?? selectedModel else { return [] }
    let typed = try Self.options(words.dropFirst(), of: model)
    if !words.isEmpty { models.selected = model.name }
    let options = edits(of: model.name).merging(typed) { $1 }
    screen = .models
    if isReadingData {
      say("the data are still being read", .warning)
      return []
    }
    // An option may mend it: then the engine says whether it has.
    if let reason = model.unfit, options.isEmpty {
      say("\(model.title) is not for these data: \(reason)", .error, untilKey: true)
      return []
    }
    let request = StartRequest(
      model: model.name, options: options,
      keepsEmbeddings: models.keepsEmbeddings)
    guard !run.isFinished else { return [.start(request)] }
    mode = .question(
      Question(
        title: "start \(model.title)?",
        lines: [
          "The run of \(run.description?.modelTitle ?? "now") ends.",
          "Its curves and scores stay to compare with.",
        ],
        yes: "end it and start", effects: [.start(request)]))
    return []
  }
}

// MARK: - What was typed

extension App {
  private func model(named name: String) throws(CommandLineError) -> ModelDescription {
    guard let model = settings.models.first(where: { $0.name == name }) else {
      let names = settings.models.map(\.name)
      throw .unknownName(kind: "model", name: name, near: nearest(to: name, in: names))
    }
    return model
  }

  /// Options of a model as they were typed, `experts=4 tower=32`.
  private static func options(
    _ words: ArraySlice<String>, of model: ModelDescription
  ) throws(CommandLineError) -> [String: String] {
    var options: [String: String] = [:]
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[1].isEmpty else {
        throw .usage("start \(model.name) NAME=VALUE…", found: word)
      }
      let (name, value) = (String(parts[0]), String(parts[1]))
      guard model.options.contains(where: { $0.name == name }) else {
        let names = model.options.map(\.name)
        throw .unknownName(kind: "option", name: name, near: nearest(to: name, in: names))
      }
      guard options.updateValue(value, forKey: name) == nil else {
        throw .usage("start \(model.name) with each option once", found: word)
      }
    }
    return options
  }
}

// MARK: - What became of the wish

extension App {
  /// Runs that are kept to compare with, at most.
  static let earlierRuns = 8

  /// Another run has begun: the one before is kept.
  mutating func begin(_ request: StartRequest) {
    frozen = nil
    let number = run.number + 1
    if run.description != nil {
      run.ended = run.ended ?? memory.now
      run.end()
      earlier = Array((earlier + [run]).suffix(Self.earlierRuns))
    }
    run = RunState()
    run.number = number
    run.request = request
    control = Control()
    memory.wanted = nil
    charts.window = nil
    models.refusal = []
    models.edits[request.model] = request.options
    screen = .dashboard
    let kept = earlier.isEmpty ? "" : "; the run before is drawn dim behind"
    say("started \(request.model)\(kept)", .good)
  }

  /// The wish was refused: what is shown stays, and the reason is said.
  mutating func refuse(_ reason: String) {
    models.refusal = reason.split(separator: "\n").map { line in
      String(line.drop { $0 == " " })
    }
    screen = .models
    say("not started: \(models.refusal.first ?? "")", .error, untilKey: true)
  }

  /// A run that was started here could not be prepared: the one before is shown again.
  mutating func giveUp(_ reason: String) {
    if let before = earlier.popLast() { run = before }
    control = Control()
    refuse(reason)
  }
}

extension RunState {
  /// Lets go of what only a run that goes on can show.
  mutating func end() {
    isReplaced = true
    snapshot.segments = nil
    snapshot.example = nil
    snapshot.views = []
  }
}
