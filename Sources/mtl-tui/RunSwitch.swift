import Datasets
import Foundation
import Interface
import Layers
import Models
import Runs
import Training

/// The run of the explorer, which a person may replace by another on the same data, or on others.
final class RunSwitch {
  /// Finds data by what a person typed, or throws before anything is read.
  typealias Opener = (String) throws -> TrainingSession.DataSource

  /// The run that goes on just now.
  var session: TrainingSession
  /// Lets others watch the runs; nil: nobody can.
  private let served: ServedRuns?
  /// How the first run on the data is trained.
  var configuration: RunConfiguration
  var plan: ConfigurationPlan
  var data: RememberedData
  private let opener: Opener?
  /// Makes what keeps a run that begins; nil: nothing does.
  private let recording: Recording.Source?
  /// How runs use the cores, unless a form says otherwise of one of them.
  let threads: ThreadUse
  /// A run on other data that is being prepared.
  private var opening: TrainingSession?
  /// The labels of the training rows, counted when a model first wants to know.
  var labels: LabelPairs?

  /// Starts the first run of a plan; `opener` finds other data.
  ///
  /// - Throws: ``Failure`` for a plan that no run can follow.
  init(
    _ plan: ConfigurationPlan, data: @escaping TrainingSession.DataSource, opener: Opener? = nil,
    recording: Recording.Source? = nil, served: ServedRuns? = nil,
    threads: ThreadUse = ThreadUse()
  ) throws(Failure) {
    self.recording = recording
    self.served = served
    self.threads = threads
    self.plan = plan
    self.opener = opener
    let data = RememberedData(data)
    self.data = data
    configuration = try plan.located()
    session = TrainingSession(configuration, recording: recording, threads: threads) {
      try data.read($0)
    }
  }

  /// What the first run was started with, as far as a person chose it.
  var first: StartRequest {
    StartRequest(
      model: configuration.model,
      options: configuration.modelOptions.filter { configuration.advisedOptions[$0] != $1 })
  }

  /// The seed of the first run.
  var seed: UInt64 { configuration.seed }

  /// How a run is trained that is asked for.
  private struct Asked {
    var configuration: RunConfiguration
    /// How it uses the cores.
    var threads: ThreadUse
    /// What was chosen for another model and is left out, in sentences.
    var notes: [String] = []
  }

  /// How a run is trained that is asked for.
  ///
  /// - Throws: ``Failure`` for a setting that cannot be used, `ModelError` for a model that cannot be built
  ///   so, `PinningError` where there are not as many cores as threads that are to be kept on them.
  private func asked(_ request: StartRequest) throws -> Asked {
    let (request, threads) = try threads.asked(request)
    var asked = Asked(
      configuration: try plan.asking(for: request).located(), threads: threads)
    try threads.check(threads: asked.configuration.threads)
    // There is nothing to balance in what is fitted at once.
    if asked.configuration.isFitted { asked.configuration.balancer = .equal }
    guard request.model != configuration.model, let dataset = data.known else { return asked }
    let left = try asked.configuration.leaveOutForeignGroups(on: dataset) { [self] in
      labelPairs(of: dataset)
    }
    asked.notes = left.map { "\($0) is left out: \(request.model) has no such parameters" }
    return asked
  }

  /// Tells the run to end and says how to ask for the one that takes its place.
  ///
  /// That one is there once the run has ended. Nothing is waited for, so that the screen goes on.
  ///
  /// - Throws: ``ModelError`` or ``Failure`` before anything is ended, if the run cannot be as asked.
  func start(_ request: StartRequest) throws -> RunStarter.Arrival {
    try check(request)
    let asked = try asked(request)
    session.beginClosing(keepingEmbeddings: request.keepsEmbeddings)
    return { [self, asked] in
      guard session.hasEnded else { return nil }
      let embeddings = request.keepsEmbeddings ? session.closeKeepingEmbeddings() : nil
      session = TrainingSession(
        asked.configuration, embeddings: embeddings, recording: recording, threads: asked.threads
      ) { [data] in try data.read($0) }
      return link
    }
  }

  /// The run that goes on just now, as a screen reads it.
  var link: any TrainingLink { served?.link(for: session) ?? session }

  /// Looks whether the run could begin, as far as that is known of the data.
  ///
  /// - Throws: What the run would fail with before its first step.
  func check(_ request: StartRequest) throws { _ = try look(at: request) }

  /// What a run would be that is asked for; nil while the data are unknown, and for a fitted model.
  func preview(_ request: StartRequest) -> StartPreview? {
    do { return try look(at: request) } catch {
      let lines = Self.words(for: error).split(separator: "\n")
      return StartPreview(problem: lines.map { String($0.drop { $0 == " " }) })
    }
  }

  private func look(at request: StartRequest) throws -> StartPreview? {
    try ModelRegistry.check(request.options, of: request.model)
    guard let dataset = data.known else { return nil }
    let asked = try asked(request)
    let seen = try StartPreview(asked.configuration, on: dataset) { [self] in
      labelPairs(of: dataset)
    }
    guard var preview = seen else { return nil }
    preview.notes = asked.notes
    return preview
  }
}

// MARK: - Other data

extension RunSwitch {
  /// Reads other data for the model that runs, and says how to ask for the run on them.
  ///
  /// The run before goes on until they are read and the model is built for them; only then is it told
  /// to end. Where one of the two comes to nothing it is not told at all.
  ///
  /// - Throws: ``Failure`` before anything is read: no such data, a schema with a mistake.
  func open(_ name: String, model: String) throws -> RunStarter.Arrival {
    guard let opener else {
      throw Failure(message: "other data cannot be opened here")
    }
    let source = try opener(name)
    let plan = plan.on(DataFiles.expandingHome(name), model: model)
    let configuration = try plan.located()
    let data = RememberedData(source)
    let next = TrainingSession(configuration, recording: recording, threads: threads) {
      try data.read($0)
    }
    opening = next
    return { [self, configuration] in
      switch next.preparation {
      case .goesOn: return nil
      case .failed(let message):
        opening = nil
        throw Failure(message: message)
      case .done: session.beginClosing()
      }
      guard session.hasEnded else { return nil }
      (self.data, self.plan, self.configuration) = (data, plan, configuration)
      (session, opening, labels) = (next, nil, nil)
      return link
    }
  }

  /// Looks for other data without reading their rows.
  ///
  /// - Throws: ``Failure`` where ``open(_:model:)`` would throw before anything is read.
  func find(_ name: String) throws { _ = try opener?(name) }

  /// Does it; what is thrown is a ``Failure`` in the words that a person types in the explorer.
  static func inTypedWords<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      throw Failure(message: words(for: error))
    }
  }

  /// What is wrong, in the words that a person types in the explorer rather than those of the flags.
  static func words(for error: any Error) -> String {
    let text = "\(error)".replacingOccurrences(of: "--set model.", with: "")
      .replacingOccurrences(of: "--pin", with: "pin")
      .replacingOccurrences(of: "--threads", with: "threads")
      .replacingOccurrences(of: "--set balancer.", with: "balancer.")
      .replacingOccurrences(of: "--balancer", with: "balancer")
    return text.hasPrefix("--data ") ? String(text.dropFirst("--data ".count)) : text
  }

  /// Ends the run, and one that is being prepared, and waits for both.
  func close() {
    served?.close()
    opening?.beginClosing()
    session.close()
    opening?.close()
  }

  /// The labels of the training rows, counted once.
  private func labelPairs(of dataset: Dataset) -> LabelPairs {
    if let labels { return labels }
    let counted = dataset.labelPairs
    labels = counted
    return counted
  }
}

// MARK: - What can be started

extension RunSwitch {
  /// What the explorer starts runs by: what is refused is said in the words that are typed there.
  var starter: RunStarter {
    RunStarter(
      models: models,
      start: { [self] request in try Self.inTypedWords { try start(request) } },
      preview: preview,
      open: { [self] name, model in try Self.inTypedWords { try open(name, model: model) } },
      find: { [self] name in try Self.inTypedWords { try find(name) } },
      files: DataFiles.completions)
  }
}

extension RunSwitch {
  /// Every model of the registry, with what does not fit the data once they have been read.
  func models(for run: RunDescription) -> [ModelDescription] {
    guard let dataset = data.known else { return Self.models(for: run).map(adding) }
    let input = InputSpecification(
      dataset.features, embeddingWidth: configuration.embeddingWidth)
    return ModelRegistry.entries.map {
      adding($0.description(for: dataset.tasks, reading: input, isWhole: true))
    }
  }

  /// A model with what is advised for it as its defaults, and with the settings of its run.
  private func adding(_ model: ModelDescription) -> ModelDescription {
    var model = model
    guard let configuration = (try? asked(StartRequest(model: model.name)))?.configuration,
      !configuration.isFitted
    else { return model }
    for index in model.options.indices {
      if let advised = configuration.advisedOptions[model.options[index].name] {
        model.options[index].defaultValue = advised
      }
    }
    model.settings = RunSetting.allCases.map { $0.option(in: configuration, using: threads) }
    return model
  }

  /// Every model of the registry; for a run that is known, with what fits its tasks.
  static func models(for run: RunDescription?) -> [ModelDescription] {
    let tasks = (run?.tasks ?? []).map {
      TaskDefinition(name: $0.name, kind: $0.kind)
    }
    // Of a vocabulary only its size is left out: whether a model fits depends on the names.
    let fields = (run?.categoricalColumns ?? []).map { CategoricalField(name: $0, vocabulary: 2) }
    let input = InputSpecification(FeatureSchema(fields: fields, dense: []), embeddingWidth: 1)
    return ModelRegistry.entries.map { $0.description(for: tasks, reading: input) }
  }
}

extension ModelEntry {
  /// The model as a person chooses it; for no tasks without what it shows.
  ///
  /// If the data are known as a whole, defaults that do not fit them are a reason, too.
  fileprivate func description(
    for tasks: [TaskDefinition], reading input: InputSpecification, isWhole: Bool = false
  ) -> ModelDescription {
    var description = ModelDescription(
      name: name, title: title, paper: paper, summary: summary,
      options: options.map {
        .init(name: $0.name, defaultValue: $0.defaultValue, summary: $0.summary)
      })
    guard !tasks.isEmpty, case .trained(let make) = kind else { return description }
    do {
      description.shows = try shown(by: make, for: answered(tasks), reading: input)
    } catch .unfitData(_, let needs, let found, _) {
      description.unfit = "it needs \(needs); found \(found)"
    } catch {
      let lines = "\(error)".split(separator: "\n").map { $0.drop { $0 == " " } }
      description.unfit = isWhole ? lines.joined(separator: " ") : nil
    }
    return description
  }

  /// What a small copy of the model declares to show.
  private func shown(
    by make:
      @Sendable (
        [String: String], InputSpecification, [TaskDefinition], Builder
      ) throws(ModelError) -> any MultiTaskModel, for tasks: [TaskDefinition],
    reading input: InputSpecification
  ) throws(ModelError) -> [String] {
    let builder = Builder()
    let model = try make([:], input, tasks, builder)
    var words: [String] = []
    if !model.gateDeclarations.isEmpty {
      words.append("its gates, and scores without an expert (2)")
    }
    if model.subjects.contains(.masks) { words.append("its masks (3)") }
    if model.subjects.contains(.model) { words.append("its inside (4)") }
    let dials = builder.dials.map(\.dial.name)
    if !dials.isEmpty { words.append("dials: " + dials.joined(separator: ", ")) }
    return words
  }
}
