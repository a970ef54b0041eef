public import Datasets
public import Graph
import Layers
public import Models
public import Objectives
import Tensors

/// A model, its numbers and its optimiser: takes one step, or scores rows.
///
/// It compiles one plan for every set of tasks that are trained together, when that set is first
/// used. All of it belongs to one thread.
public final class Trainer {
  /// The numbers.
  public let store: ParameterStore
  /// The tasks.
  public let tasks: [TaskDefinition]
  /// The optimiser and its moments.
  public let optimizer: Optimizer
  /// The threads and their memory.
  public let workspace: Workspace
  /// Which tasks train.
  public var isOn: [Bool]
  /// ω_k by task.
  public var weights: [Float]
  /// Steps taken.
  public private(set) var step = 0
  /// Sums by task of the newest step.
  public private(set) var sums: [LossSums]
  /// How the tasks' gradients of shared arrays are weighed; nil: they are added.
  public let balancer: MetaBalance?
  /// Whether the newest step's watched values are kept: gate weights by row.
  public var keepsWatched = false

  private let model: any MultiTaskModel
  private let batchSize: Int
  private var training: [[Bool]: Descent] = [:]
  private var evaluation: Executor?
  private var current: Descent?
  private var version = 0
  private var scales: [Float]
  private var segments: [Bool]
  private let averages: NormAverages?
  private var balances: [[Bool]: SectionBalance] = [:]

  /// Builds memory for a model that was declared with a builder.
  public init(
    _ model: any MultiTaskModel, store: ParameterStore, tasks: [TaskDefinition], batchSize: Int,
    optimizer: OptimizerConfiguration, balancer: MetaBalance? = nil, pool: WorkerPool
  ) {
    self.model = model
    self.store = store
    self.tasks = tasks
    self.batchSize = batchSize
    self.balancer = balancer
    averages = balancer.map { _ in NormAverages(store, tasks: tasks.count) }
    workspace = Workspace(
      store: store, tasks: tasks.count, sections: balancer == nil ? 1 : tasks.count, pool: pool)
    self.optimizer = Optimizer(optimizer, store: store, workspace: workspace)
    isOn = tasks.map { _ in true }
    weights = tasks.map { _ in 1 }
    sums = tasks.map { _ in LossSums() }
    scales = tasks.map { _ in 0 }
    segments = [true] + tasks.map { _ in true }
  }

  /// The loss of a task in the newest step; NaN if the task is off.
  public func loss(of task: Int) -> Double {
    isOn[task] ? sums[task].loss / max(1, sums[task].rows) : .nan
  }

  /// Takes one step on a batch.
  ///
  /// - Parameters:
  ///   - batch: the rows.
  ///   - rate: the learning rate.
  /// - Returns: false, and nothing is changed, if a loss is not a finite number.
  public func step(_ batch: Batch, rate: Double) -> Bool {
    guard gradients(batch) else { return false }
    let executor = trainingExecutor()
    let balance = sectionBalance(of: executor)
    balance?.run(batch)
    optimizer.update(
      executor, batch: batch, segments: segments, rate: rate, isJoined: balance != nil)
    version += 1
    step += 1
    return true
  }

  /// Computes losses and gradients without applying them; false if a loss is not finite.
  @discardableResult public func gradients(_ batch: Batch) -> Bool {
    let descent = currentDescent()
    let executor = descent.executor
    for loss in descent.losses {
      scales[loss.task] = weights[loss.task] / max(1, loss.rowCount(of: batch))
    }
    executor.copiesOutputs = keepsWatched
    scales.withUnsafeBufferPointer {
      executor.run(batch, version: version, lossScales: $0.baseAddress)
    }
    var isFinite = true
    for task in tasks.indices where isOn[task] {
      sums[task] = executor.lossSums(task: task, rows: batch.rows)
      isFinite = isFinite && sums[task].loss.isFinite
    }
    return isFinite
  }

  /// The watched values of the newest step, [rows, width], by name; nil for tasks that are off.
  public func watched(_ name: String) -> (values: UnsafePointer<Float>, width: Int)? {
    let executor = trainingExecutor()
    guard let values = executor.output(name),
      let width = executor.plan.outputs.first(where: { $0.name == name })?.width
    else { return nil }
    return (values, width)
  }

  /// Runs rows forward; outputs are read from the executor until the next call.
  public func forward(_ batch: Batch) -> Executor {
    let executor = evaluation ?? makeEvaluation()
    evaluation = executor
    executor.run(batch, version: version)
    return executor
  }

  /// Says that the numbers of the store were changed from outside.
  public func parametersChanged() { version += 1 }

  /// The plan of the tasks that are on.
  public func trainingExecutor() -> Executor { currentDescent().executor }

  private func currentDescent() -> Descent {
    if let current, current.isOn == isOn { return current }
    let descent = training[isOn] ?? makeDescent()
    training[isOn] = descent
    current = descent
    segments = [true] + isOn
    return descent
  }

  /// Rows that ``forward(_:)`` takes at once.
  public var evaluationRows: Int { max(batchSize, 1024) }

  /// The task whose label must be 1 for a task's answers to be judged; nil for most.
  public func condition(of task: Int) -> Int? { model.condition(of: task) }

  /// Scores answers as the model means them.
  var scorer: Scorer {
    Scorer(tasks: tasks, conditions: tasks.indices.map { model.condition(of: $0) })
  }
}

// MARK: - Plans

extension Trainer {
  /// The plan of a set of tasks, and the losses that it descends from.
  private struct Descent {
    let isOn: [Bool]
    let executor: Executor
    let losses: [any Loss]
  }

  private func makeDescent() -> Descent {
    let graph = Graph()
    let logits = model(Forward(graph, isTraining: true))
    let all = model.losses(logits, tasks: tasks)
    let losses = tasks.indices.filter { isOn[$0] }.map { all[$0] }
    let outputs = watched(in: graph).filter { output in
      !tasks.indices.contains { !isOn[$0] && output.name == "gates.\(tasks[$0].name)" }
    }
    let plan = Plan(
      graph, purpose: .training, losses: losses, keepsLossesApart: balancer != nil,
      outputs: outputs, capacity: batchSize)
    return Descent(
      isOn: isOn, executor: Executor(plan, store: store, workspace: workspace),
      losses: losses.map { Self.loss(at: $0) })
  }

  private static func loss(at value: Variable) -> any Loss {
    let operation = value.graph.nodes[value.node].operation
    guard let loss = operation as? any Loss else {
      preconditionFailure("\(operation.name): a model's loss is not a Loss")
    }
    return loss
  }

  private func makeEvaluation() -> Executor {
    let graph = Graph()
    let logits = model(Forward(graph, isTraining: false))
    let answers = tasks.indices.map { (name: "logits.\(tasks[$0].name)", value: logits[$0]) }
    let plan = Plan(
      graph, purpose: .evaluation, losses: [], outputs: watched(in: graph) + answers,
      capacity: evaluationRows)
    return Executor(plan, store: store, workspace: workspace)
  }

  private func watched(in graph: Graph) -> [(name: String, value: Variable)] {
    graph.watched.map { (name: $0.name, value: Variable(graph: graph, node: $0.node)) }
  }

  /// What joins the gradients of an executor that keeps them apart; made once an executor.
  private func sectionBalance(of executor: Executor) -> SectionBalance? {
    guard let balancer, let averages else { return nil }
    if let balance = balances[isOn] { return balance }
    let tables = optimizer.updateBody(of: executor, segments: segments).tables
    let balance = SectionBalance(
      balancer, averages: averages, executor: executor, tables: tables, store: store,
      workspace: workspace, isOn: isOn)
    balances[isOn] = balance
    return balance
  }
}
