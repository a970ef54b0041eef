public import Datasets
import Graph
import Layers
import Models
public import Runs

extension StartPreview {
  /// What a run with a configuration would be on a data set; nil for a model that is fitted.
  ///
  /// The model is declared and its plans are compiled; nothing is drawn and nothing trained.
  ///
  /// - Parameters:
  ///   - configuration: how it would be trained.
  ///   - all: the data; tasks that the model does not answer are left out.
  ///   - counted: counts the labels of the training rows; asked only by models that want to know.
  /// - Throws: what a run with it would fail with before its first step: `ModelError` for a model that
  ///   cannot be built so, `ParameterGroupError`, `BalancerError`, `LabelSmoothingError`, `KeepError`,
  ///   `StopError` for settings that do not fit it, and ``ResourceError``.
  public init?(
    _ configuration: TrainingConfiguration, on all: Dataset,
    labels counted: @escaping () -> LabelPairs
  ) throws {
    let entry = try ModelRegistry.entry(named: configuration.model)
    let dataset = try entry.answered(all)
    let isWhole = dataset.tasks.count == all.tasks.count
    let labels = isWhole ? counted : { dataset.labelPairs }
    try configuration.checkScores(on: dataset)
    let builder = Builder()
    builder.dropout = configuration.dropout
    let input = InputSpecification(
      dataset.features, embeddingWidth: configuration.embeddingWidth)
    let made = try entry.model(
      configuration.modelOptions, input: input, tasks: dataset.tasks, labels: labels,
      builder: builder)
    guard let model = made?.model else { return nil }
    try configuration.check(model, named: entry.name, builder.specifications, on: dataset)
    let rows = dataset.training.count
    let batch = min(configuration.stepRows, max(1, rows))
    var memory = MemoryEstimate(
      builder.specifications, optimizer: configuration.optimizer, ids: dataset.mostIds())
    try dataset.training.checkOrder(configuration, of: entry.name)
    try memory.check(entry.name)
    memory.add(
      configuration, of: model, builder.specifications, on: dataset,
      batchSize: configuration.batchCapacity(rows: rows))
    try memory.check(entry.name)
    let plan = Trainer.plans(model, dataset.tasks, batchSize: batch).training
    let (joint, count) = (configuration.epochs, dataset.tasks.count)
    let epochs = model.lottery?.schedule.epochs(tasks: count, joint: joint) ?? joint
    let parts = Self.parts(builder.specifications, tasks: dataset.tasks.map(\.name))
    self.init(
      parts: parts, parameterCount: parts.reduce(0) { $0 + $1.parameterCount },
      multiplyAdds: Double(model.turnRows(beside: batch))
        * Double(plan.multiplyAdds + plan.backwardMultiplyAdds),
      bytes: memory.bytes,
      stepCount: epochs * max(1, (rows + batch - 1) / batch))
  }
}

extension TrainingConfiguration {
  /// Checks that the settings of a run fit a model with declared parameters.
  func check(
    _ model: any MultiTaskModel, named name: String, _ specifications: [ParameterSpecification],
    on dataset: Dataset
  ) throws {
    try ParameterStore.checkGroups(of: optimizer, in: specifications)
    let tasks = model.answering(dataset.tasks).smoothed(by: labelSmoothing)
    let context = BalancingContext(model, tasks, specifications, named: name)
    if let error = context.error(balancer) { throw error }
    let conditional = tasks.indices.map { model.condition(of: $0) != nil }
    try checkScores(on: dataset, answering: tasks, conditional: conditional)
    try checkLosses(of: model, tasks, named: name)
  }

  /// Checks that the model's losses allow what is asked of every step: that the batches of several are
  /// summed, and that labels are smoothed.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - tasks: as the model answers them, smoothed.
  ///   - name: the model's name.
  /// - Throws: ``AccumulationError``, ``LabelSmoothingError``.
  func checkLosses(
    of model: any MultiTaskModel, _ tasks: [TaskDefinition], named name: String
  ) throws {
    try Trainer.checkAccumulation(accumulate, of: model, tasks, named: name)
    guard labelSmoothing > 0 else { return }
    let logits = Trainer.trace(model, tasks, isTraining: true).logits
    try tasks.checkSmoothing(
      labelSmoothing, losses: model.losses(logits, tasks: tasks).map(\.asLoss), model: name)
  }
}

extension TrainingConfiguration {
  /// Leaves out rates and penalties of parameters that the model does not have on a data set: those that
  /// were chosen with another model in mind.
  ///
  /// - Returns: what was left out, `rate.experts`.
  /// - Throws: `ModelError` for a model that cannot be built so.
  public mutating func leaveOutForeignGroups(
    on dataset: Dataset, labels: @escaping () -> LabelPairs
  ) throws -> [String] {
    guard !optimizer.rates.isEmpty || !optimizer.l2.isEmpty else { return [] }
    let builder = Builder()
    let input = InputSpecification(dataset.features, embeddingWidth: embeddingWidth)
    let entry = try ModelRegistry.entry(named: model)
    let tasks = try entry.answered(dataset.tasks)
    _ = try entry.model(
      modelOptions, input: input, tasks: tasks,
      labels: {
        tasks.count == dataset.tasks.count ? labels() : LabelPairs(dataset.training, tasks: tasks)
      }, builder: builder)
    let foreign = optimizer.groups(foreignTo: builder.learnedPaths)
    optimizer.leaveOut(foreign)
    return foreign
  }
}

extension Builder {
  /// The paths of all arrays that are learned.
  var learnedPaths: [String] {
    specifications.filter(\.isLearned).flatMap { $0.pieces.map(\.path) }
  }
}

// MARK: - Parts

extension StartPreview {
  /// What is declared under one first name.
  fileprivate struct Group {
    var tasks: Set<Int> = []
    /// The members in their order: what follows the name in the path, and whose it is.
    var members: [String] = []
    var first: [ParameterPiece] = []
    var isTables = true
    var parameterCount = 0
  }

  /// The learned parameters by the first name of their paths, in the order of declaration.
  static func parts(_ specifications: [ParameterSpecification], tasks: [String]) -> [Part] {
    var groups: [(name: String, group: Group)] = []
    for specification in specifications where specification.isLearned {
      for piece in specification.pieces {
        let names = piece.path.split(separator: ".").map(String.init)
        let name = names.first ?? piece.path
        let index =
          groups.firstIndex { $0.name == name }
          ?? {
            groups.append((name, Group()))
            return groups.count - 1
          }()
        groups[index].group.add(piece, names, specification)
      }
    }
    return groups.map { name, group in
      Part(
        name: name,
        tasks: group.tasks.sorted().map { tasks.indices.contains($0) ? tasks[$0] : "?" },
        count: group.members.count, shape: group.shape, parameterCount: group.parameterCount)
    }
  }
}

extension StartPreview.Group {
  fileprivate mutating func add(
    _ piece: ParameterPiece, _ names: [String], _ specification: ParameterSpecification
  ) {
    if case .task(let task) = specification.owner { tasks.insert(task) }
    if case .table = specification.kind {} else { isTables = false }
    let member = names.count > 2 ? names[1] : ""
    if !members.contains(member) { members.append(member) }
    if member == members[0] { first.append(piece) }
    parameterCount += piece.count
  }

  /// The widths through the matrices of the first member; of tables the width of a row.
  fileprivate var shape: String {
    let matrices = first.filter { $0.shape.count == 2 }
    guard let last = matrices.last else { return "" }
    if isTables { return "×\(last.shape[1])" }
    var widths = [matrices[0].shape[1]]
    for matrix in matrices {
      // Layers follow each other as long as each reads what the one before gives.
      guard matrix.shape[1] == widths.last else { return "" }
      widths.append(matrix.shape[0])
    }
    return widths.map(String.init).joined(separator: "→")
  }
}
