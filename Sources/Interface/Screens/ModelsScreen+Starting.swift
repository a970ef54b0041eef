import Runs
import Terminal

// Starting a run: of the selected model, of a typed one, of the same with another seed, on other data.
extension ModelsScreen {
  /// Starts a model: the typed one, or the selected one.
  ///
  /// Asks first if a run would end.
  mutating func startModel(
    _ invocation: Action.Invocation, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect] {
    let words = invocation.words ?? []
    guard let model = try words.first.map(desk.model) ?? selectedModel(desk) else { return [] }
    let typed = try Self.choices(words.dropFirst(), of: model)
    if !words.isEmpty { selected = model.name }
    let request = request(for: model, edits(of: model.name, desk).merging(typed) { $1 })
    // An option may mend it: then the engine says whether it has.
    if let reason = model.unfit, request.options.isEmpty {
      desk.say("\(model.title) is not for these data: \(reason)", .error, untilKey: true)
      return []
    }
    return ask(for: request, model.title, &desk)
  }

  /// Starts a run, or asks first if one would end.
  private func ask(for request: StartRequest, _ title: String, _ desk: inout Desk) -> [Effect] {
    if desk.isReadingData {
      desk.say("the data are still being read", .warning)
      return []
    }
    guard !desk.run.isFinished else { return [.start(request)] }
    desk.mode = .question(
      Question(
        title: "start \(title)?",
        lines: [
          "The run of \(desk.run.description?.modelTitle ?? "now") ends.",
          "Its curves and scores stay to compare with.",
        ],
        yes: "end it and start", effects: [.start(request)]))
    return []
  }

  /// The wish for a run of a model, with what was set about it.
  private func request(for model: ModelDescription, _ edits: [String: String]) -> StartRequest {
    let settings = Set(model.settings.map(\.name))
    return StartRequest(
      model: model.name, options: edits.filter { !settings.contains($0.key) },
      keepsEmbeddings: keepsEmbeddings, settings: edits.filter { settings.contains($0.key) })
  }

  /// The run of the selected model as it is set just now.
  func preview(_ desk: Desk) -> StartRequest? {
    guard !desk.isReadingData, let model = selectedModel(desk) else { return nil }
    return request(for: model, edits(of: model.name, desk))
  }

  /// Starts the model that runs again, as it was started, with the next seed.
  func startAgain(_ desk: inout Desk) -> [Effect] {
    guard let run = desk.run.description, var request = desk.run.request else {
      desk.say("there is no run to repeat yet", .warning)
      return []
    }
    request.settings["seed"] = "\(run.seed &+ 1)"
    request.keepsEmbeddings = false
    return ask(for: request, "\(run.modelTitle) with seed \(run.seed &+ 1)", &desk)
  }

  /// Trains on other data; asks first if a run would end.
  func open(
    _ invocation: Action.Invocation, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect] {
    guard let words = invocation.words, let name = words.first, words.count == 1 else {
      throw .usage("open DATA", found: invocation.words?.joinedBySpaces ?? "")
    }
    guard !desk.run.isFinished else { return [.open(name)] }
    desk.mode = .question(
      Question(
        title: "open \(name)?",
        lines: [
          "The run of \(desk.run.description?.modelTitle ?? "now") ends once they are read.",
          "All runs so far are left behind: they are of other rows.",
        ],
        yes: "read it and start", effects: [.open(name)]))
    return []
  }

  /// What may be set, as it is typed behind a model: `experts=`.
  static var assignments: Completion<Self> {
    .names { _, desk in
      guard case .command(let line) = desk.mode else { return [] }
      let words = line.editor.text.split(separator: " ").map(String.init)
      let model = desk.settings.models.first { words.count > 1 && $0.name == words[1] }
      return (model?.choices ?? []).map { $0.name + "=" }
    }
  }
}

extension ModelsScreen {
  /// Options of a model as they were typed, `experts=4 tower=32`.
  fileprivate static func choices(
    _ words: ArraySlice<String>, of model: ModelDescription
  ) throws(CommandLineError) -> [String: String] {
    var options: [String: String] = [:]
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[1].isEmpty else {
        throw .usage("start \(model.name) NAME=VALUE…", found: word)
      }
      let (name, value) = (String(parts[0]), String(parts[1]))
      guard model.choices.contains(where: { $0.name == name }) else {
        let names = model.choices.map(\.name)
        throw .unknownName(kind: "option", name: name, near: nearest(to: name, in: names))
      }
      guard options.updateValue(value, forKey: name) == nil else {
        throw .usage("start \(model.name) with each option once", found: word)
      }
    }
    return options
  }
}
