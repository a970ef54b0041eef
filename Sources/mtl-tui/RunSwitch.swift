import Datasets
import Interface
import Layers
import Models
import Runs
import Training

/// The run of the explorer, which a person may replace by another on the same data.
final class RunSwitch {
  /// The run that goes on just now.
  private(set) var session: TrainingSession
  private let configuration: TrainingConfiguration
  private let data: RememberedData
  private let advice: (String) -> TrainingConfiguration?

  /// Starts the first run; `advice` says how another model is trained where that differs.
  init(
    _ configuration: TrainingConfiguration, data: @escaping TrainingSession.DataSource,
    advice: @escaping (String) -> TrainingConfiguration? = { _ in nil }
  ) {
    self.configuration = configuration
    self.advice = advice
    let data = RememberedData(data)
    self.data = data
    session = TrainingSession(configuration) { try data.read($0) }
  }

  /// What the first run was started with.
  var first: StartRequest {
    StartRequest(model: configuration.model, options: configuration.modelOptions)
  }

  /// Tells the run to end and says how to ask for the one that takes its place.
  ///
  /// That one is there once the run has ended. Nothing is waited for, so that the screen goes on.
  ///
  /// - Throws: ``ModelError`` before anything is ended, if the model cannot be built as asked.
  func start(_ request: StartRequest) throws -> RunStarter.Arrival {
    try check(request)
    var configuration = configuration
    configuration.model = request.model
    configuration.modelOptions = request.options
    if let advised = advice(request.model) {
      configuration.learningRate = advised.learningRate
      configuration.warmUpSteps = advised.warmUpSteps
      configuration.optimizer = advised.optimizer
      // The screen has shown the model's own defaults, and these are what is started.
      configuration.advisedOptions = [:]
    }
    configuration.schedule = []
    configuration.startsPaused = false
    session.beginClosing(keepingEmbeddings: request.keepsEmbeddings)
    return { [self, configuration] in
      guard session.hasEnded else { return nil }
      let embeddings = request.keepsEmbeddings ? session.closeKeepingEmbeddings() : nil
      session = TrainingSession(configuration, embeddings: embeddings) { [data] in
        try data.read($0)
      }
      return session
    }
  }

  /// Builds the model for the data, if they are known, and lets it go again.
  func check(_ request: StartRequest) throws {
    try ModelRegistry.check(request.options, of: request.model)
    guard let dataset = data.known,
      case .trained(let make) = try ModelRegistry.entry(named: request.model).kind
    else { return }
    let input = InputSpecification(
      dataset.features, embeddingWidth: configuration.embeddingWidth)
    _ = try make(request.options, input, dataset.tasks, Builder())
  }
}

// MARK: - What can be started

extension RunSwitch {
  /// Every model of the registry, with what does not fit the data once they have been read.
  func models(for run: RunDescription) -> [ModelDescription] {
    guard let dataset = data.known else { return Self.models(for: run) }
    let input = InputSpecification(
      dataset.features, embeddingWidth: configuration.embeddingWidth)
    return ModelRegistry.entries.map {
      $0.description(for: dataset.tasks, reading: input, isWhole: true)
    }
  }

  /// Every model of the registry; for a run that is known, with what fits its tasks.
  static func models(for run: RunDescription?) -> [ModelDescription] {
    let tasks = (run?.tasks ?? []).map {
      TaskDefinition(name: $0.name, kind: $0.kind == .binary ? .binary : .regression)
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
      description.shows = try shown(by: make, for: tasks, reading: input)
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
