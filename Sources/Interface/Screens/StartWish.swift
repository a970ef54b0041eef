import Runs
import Terminal

// The wish for another run, as a person makes it: by choices, by typing, with another seed, on other
// data.

extension Desk {
  /// Starts a run, or asks first if one would end.
  mutating func start(_ request: StartRequest, called title: String) -> [Effect] {
    if isReadingData {
      say("the data are still being read", .warning)
      return []
    }
    guard !run.isFinished else { return [.start(request)] }
    mode = .question(
      Question(
        title: "start \(title)?",
        lines: [
          "The run of \(run.description?.modelTitle ?? "now") ends.",
          "Its curves and scores stay to compare with.",
        ],
        yes: "end it and start", effects: [.start(request)]))
    return [.check(request)]
  }

  /// Starts the model that runs again, as it was started, with the next seed.
  mutating func startAgain() -> [Effect] {
    guard let known = run.description, var request = run.request else {
      say("there is no run to repeat yet", .warning)
      return []
    }
    request.settings["seed"] = "\(known.seed &+ 1)"
    request.keepsEmbeddings = false
    return start(request, called: "\(known.modelTitle) with seed \(known.seed &+ 1)")
  }

  /// Trains on other data; asks first if a run would end.
  mutating func open(_ invocation: Action.Invocation) throws(CommandLineError) -> [Effect] {
    guard let words = invocation.words, let name = words.first, words.count == 1 else {
      throw .usage("open DATA", found: invocation.words?.joinedBySpaces ?? "")
    }
    guard !run.isFinished else { return [.open(name)] }
    mode = .question(
      Question(
        title: "open \(name)?",
        lines: [
          "The run of \(run.description?.modelTitle ?? "now") ends once they are read.",
          "All runs so far are left behind: they are of other rows.",
        ],
        yes: "read it and start", effects: [.open(name)]))
    return [.find(name)]
  }
}

extension ModelDescription {
  /// The wish for a run of it, with what was set about model and run.
  func request(_ edits: [String: String], keepsEmbeddings: Bool) -> StartRequest {
    let names = Set(settings.map(\.name))
    return StartRequest(
      model: name, options: edits.filter { !names.contains($0.key) },
      keepsEmbeddings: keepsEmbeddings, settings: edits.filter { names.contains($0.key) })
  }

  /// What was typed behind its name, `experts=4 seed=2`; `runSettings` are those of models that are
  /// trained step by step.
  func edits(
    typed words: ArraySlice<String>, runSettings: Set<String> = []
  ) throws(CommandLineError) -> [String: String] {
    var edits: [String: String] = [:]
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[1].isEmpty else {
        throw .usage("start \(name) NAME=VALUE…", found: word)
      }
      let (choice, value) = (String(parts[0]), String(parts[1]))
      guard choices.contains(where: { $0.name == choice }) else {
        if settings.isEmpty, runSettings.contains(choice) {
          throw .noSetting(choice, model: title, takes: choices.map(\.name))
        }
        let names = choices.map(\.name)
        throw .unknownName(kind: "option", name: choice, near: nearest(to: choice, in: names))
      }
      guard edits.updateValue(value, forKey: choice) == nil else {
        throw .usage("start \(name) with each option once", found: word)
      }
    }
    return edits
  }
}
