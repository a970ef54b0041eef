import Datasets
import Graph
import Layers
import Models
import Tensors

extension Trainer {
  /// The trainer of a run: the model with its options on the columns and tasks of a data set, whose
  /// training labels say which task plays which part; nil for a model that takes no steps.
  ///
  /// What the training rows tell may be given in their place: how many they are, and how often their
  /// labels occur together. Where the data set has no rows, `reviews` has those that trained.
  ///
  /// - Throws: `ModelError` for a model that cannot be built so, or that answers from the rows that
  ///   trained it where they are not given, `ParameterGroupError` for a rate of
  ///   parameters that it does not have, ``LabelSmoothingError`` for a loss that is not
  ///   smoothed, ``AccumulationError``, `PinningError`, ``ResourceError`` before more memory is taken than there is.
  convenience init?(
    _ configuration: TrainingConfiguration, _ entry: ModelEntry, dataset: Dataset,
    rows: Int? = nil, labels known: (() -> LabelPairs)? = nil, reviews: Dataset? = nil,
    isPinned: Bool = false, keeping share: RowShare = .whole
  ) throws {
    let builder = Builder()
    builder.dropout = configuration.dropout
    let input = InputSpecification(
      dataset.features, embeddingWidth: configuration.embeddingWidth)
    guard
      let (model, roles) = try entry.model(
        configuration.modelOptions, input: input, tasks: dataset.tasks,
        labels: known ?? { dataset.labelPairs }, builder: builder)
    else { return nil }
    try ParameterStore.checkGroups(of: configuration.optimizer, in: builder.specifications)
    var estimate = MemoryEstimate(
      builder.specifications, optimizer: configuration.optimizer,
      ids: share.mostKept(of: dataset.mostIds(rows: rows)))
    try dataset.training.checkOrder(configuration, of: entry.name)
    // Parameters first: a model that is far too large is not even traced.
    try estimate.check(entry.name)
    let batchSize = configuration.batchCapacity(rows: rows ?? dataset.training.count)
    estimate.add(
      configuration, of: model, builder.specifications, on: dataset, batchSize: batchSize)
    try Self.checkEntries(estimate, entry.name, dataset)
    try estimate.check(entry.name)
    let store = ParameterStore(
      builder.specifications, tasks: dataset.tasks.count, seed: configuration.seed)
    try self.init(
      model, store: store,
      tasks: model.answering(dataset.tasks).smoothed(by: configuration.labelSmoothing),
      batchSize: batchSize, optimizer: configuration.optimizer, dials: builder.dials,
      seed: configuration.seed, dataset: reviews ?? dataset,
      pool: WorkerPool(threads: configuration.threads, isPinned: isPinned))
    try checkAnswering(estimate, entry.name)
    self.roles = roles
    try tasks.checkSmoothing(
      configuration.labelSmoothing, losses: taskLosses, model: entry.name)
    try Self.checkAccumulation(configuration.accumulate, of: model, tasks, named: entry.name)
  }
}

extension RowShare {
  /// Of so many ids the rows that are kept here, about; rank 0 has all of them when it saves.
  fileprivate func mostKept(of ids: Int) -> Int {
    rank == 0 || ids < head ? ids : head + (ids - head) / ranks + 1
  }
}

extension Trainer {
  /// Refuses texts of which the rows of a plan would keep too much.
  private static func checkEntries(
    _ estimate: MemoryEstimate, _ name: String, _ dataset: Dataset
  ) throws(ModelError) {
    guard estimate.packed.bytes > Plan.mostPackedBytes, let text = dataset.features.text else {
      return
    }
    let packed = estimate.packed
    throw .tooManyEntries(
      model: name,
      TextMemory(
        column: dataset.text?.column ?? "text", shape: text.shape, rows: packed.rows,
        isScoring: packed.isScoring,
        followsBatch: !packed.isScoring || packed.rows > AnswerPlans.rows(beside: 0),
        needed: packed.bytes, limit: Plan.mostPackedBytes))
  }

  /// Refuses to answer without the rows that answers are read from.
  private func checkAnswering(_ estimate: MemoryEstimate, _ name: String) throws(ModelError) {
    guard estimate.answersReadDrawn, sources.answering == nil else { return }
    throw .withoutOwnData(model: name)
  }
}

extension TrainingConfiguration {
  /// Rows that memory is taken for: a batch is never larger than the rows that train.
  ///
  /// Batches of usual sizes have their own, so that how they are divided depends on nothing else.
  func batchCapacity(rows: Int) -> Int { min(stepRows, max(rows, 8_192)) }
}

extension Trainer {
  /// The plans of a model with all tasks on, compiled and not made ready to run: they say what a run
  /// will take, with room for the rows that a turn has beside a batch.
  static func plans(
    _ model: any MultiTaskModel, _ tasks: [TaskDefinition], batchSize: Int,
    isParted: Bool = false, schedule: Schedule = .lanes
  ) -> (training: Plan, evaluation: Plan) {
    func watched(_ graph: Graph) -> [(name: Watched, value: Variable)] {
      graph.watched.map { ($0.name, Variable(graph: graph, node: $0.node)) }
    }
    let (graph, logits, terms) = trace(model, tasks, isTraining: true)
    let losses = model.losses(logits, tasks: tasks) + terms.map(\.value)
    let (scoring, answers, _) = trace(model, tasks, isTraining: false)
    return (
      Plan(
        graph, purpose: .training, roots: losses, isParted: isParted, outputs: watched(graph),
        capacity: model.turnRows(beside: batchSize), schedule: schedule),
      Plan(
        scoring, purpose: .evaluation, roots: [],
        outputs: watched(scoring) + answers.map { (name: .value("logits"), value: $0) },
        capacity: max(batchSize, 1024))
    )
  }
}
