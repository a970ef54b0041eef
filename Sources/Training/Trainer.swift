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
  private var training: [[Bool]: Executor] = [:]
  private var evaluation: Executor?
  private var current: (isOn: [Bool], executor: Executor)?
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
    let executor = trainingExecutor()
    setScales(batch)
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
    let executor = evaluation ?? makeExecutor(.evaluation, isOn: tasks.map { _ in true })
    evaluation = executor
    executor.run(batch, version: version)
    return executor
  }

  /// Says that the numbers of the store were changed from outside.
  public func parametersChanged() { version += 1 }

  /// The plan of the tasks that are on.
  public func trainingExecutor() -> Executor {
    if let current, current.isOn == isOn { return current.executor }
    let executor = training[isOn] ?? makeExecutor(.training, isOn: isOn)
    training[isOn] = executor
    current = (isOn, executor)
    segments = [true] + isOn
    return executor
  }

  /// Rows that ``forward(_:)`` takes at once.
  public var evaluationRows: Int { max(batchSize, 1024) }

  /// ω_k / n_k, where n_k counts the batch's rows in the task's sample space.
  private func setScales(_ batch: Batch) {
    for task in tasks.indices {
      var rows = Float(batch.rows)
      if let spaces = batch.spaces {
        rows = 0
        for row in 0..<batch.rows {
          let at = batch.index.map { Int($0[row]) } ?? row
          rows += spaces[at * batch.tasks + task]
        }
      }
      scales[task] = weights[task] / max(1, rows)
    }
  }

  private func makeExecutor(_ purpose: Plan.Purpose, isOn: [Bool]) -> Executor {
    let graph = Graph()
    let isTraining = purpose == .training
    let logits = model(Forward(graph, isTraining: isTraining))
    var losses: [Variable] = []
    if isTraining {
      for task in tasks.indices where isOn[task] {
        losses.append(
          logits[task].loss(
            task: task, tasks[task].kind == .binary ? .crossEntropy : .squaredError))
      }
    }
    var outputs = graph.watched.map {
      (name: $0.name, value: Variable(graph: graph, node: $0.node))
    }
    if isTraining {
      outputs.removeAll { output in
        tasks.indices.contains { !isOn[$0] && output.name == "gates.\(tasks[$0].name)" }
      }
    } else {
      outputs += tasks.indices.map { (name: "logits.\(tasks[$0].name)", value: logits[$0]) }
    }
    let plan = Plan(
      graph, purpose: purpose, losses: losses, keepsLossesApart: balancer != nil,
      outputs: outputs,
      capacity: isTraining ? batchSize : evaluationRows)
    return Executor(plan, store: store, workspace: workspace)
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
