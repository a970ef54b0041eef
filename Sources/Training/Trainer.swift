public import Datasets
public import Graph
import Layers
public import Models
public import Objectives
public import Runs
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
  public var isOn: [Bool] { didSet { active = isOn } }
  /// The only task that trains just now, whatever is on; nil: all that are on.
  public var restriction: Int?
  /// How tasks share the steps.
  public var alternation = Alternation.joint
  /// Which tasks the newest step has trained.
  public private(set) var hasTrained: [Bool]
  /// ω_k by task.
  public var weights: [Float]
  /// Steps taken.
  public private(set) var step = 0
  /// The step of the numbers that were gone back to; nil: they are the newest step's.
  var keptStep: Int?
  /// Sums by task of the newest step.
  public private(set) var sums: [LossSums]
  /// Sums of the newest step of what is minimised besides the tasks' losses.
  public private(set) var terms: [LossSums]
  /// How the tasks' gradients of shared arrays are weighed; nil: they are added.
  public let balancer: MetaBalance?
  /// What may be changed while the model trains.
  public let dials: [Dial]
  /// Epochs begun, from 0: what loss weights that decay by epoch go by.
  public var epoch = 0
  /// By task the loss that is trained.
  let taskLosses: [any Loss]
  /// Which task plays which part in the model.
  public internal(set) var roles = TaskRoles()
  /// Whether the newest step's watched values are kept: gate weights by row.
  public var keepsWatched = false

  let model: any MultiTaskModel
  private let penalties: ParallelLoop<PenaltyBody>
  let declared: [(dial: Dial, parameter: Parameter)]
  private let draws: RandomSource
  private let termCount: Int
  /// Whether gradients are computed to be looked at and not to be followed.
  private var isLooking = false
  /// The tasks of the plan in use: those that train in this step, or in this turn.
  private(set) var active: [Bool]
  /// By task, the set of it alone.
  private let single: [[Bool]]
  /// Masks and contrast in use; nil for models without.
  var lottery: LotteryStep?
  private let batchSize: Int
  private var descents: [Descent] = []
  private var evaluation: Executor?
  /// Gates and experts of a few rows, for ``survey(_:)``.
  var gateSurvey: GateSurvey?
  /// The losses of one row, for ``losses(ofRow:)``.
  var rowLosses: Executor?
  private var current: Descent?
  private(set) var version = 0
  private var scales: [Float]
  private var segments: [Bool]
  private let averages: NormAverages?
  private var balances: [[Bool]: ParallelLoop<SectionBalance>] = [:]

  /// Builds memory for a model that was declared with a builder.
  ///
  /// The builder's dials are those that may be changed; the seed is that of draws in training.
  public init(
    _ model: any MultiTaskModel, store: ParameterStore, tasks: [TaskDefinition], batchSize: Int,
    optimizer: OptimizerConfiguration, balancer: MetaBalance? = nil,
    dials: [(dial: Dial, parameter: Parameter)] = [], seed: UInt64 = 1, pool: WorkerPool
  ) {
    self.model = model
    self.store = store
    self.tasks = tasks
    self.batchSize = batchSize
    self.balancer = balancer
    averages = balancer.map { _ in NormAverages(store, tasks: tasks.count) }
    declared = dials
    self.dials = dials.map(\.dial)
    draws = RandomSource(seed: seed, .dropout)
    let (graph, logits) = Self.trace(model, tasks, isTraining: true)
    termCount = graph.terms.count
    taskLosses = model.losses(logits, tasks: tasks).map { Self.loss(at: $0) }
    workspace = Workspace(
      store: store, tasks: tasks.count + termCount,
      sections: balancer == nil ? 1 : tasks.count + termCount, pool: pool)
    self.optimizer = Optimizer(
      optimizer, store: store, penalties: model.penalties, workspace: workspace)
    penalties = ParallelLoop(PenaltyBody(self.optimizer, workspace: workspace))
    isOn = tasks.map { _ in true }
    active = isOn
    single = tasks.indices.map { task in tasks.indices.map { $0 == task } }
    hasTrained = isOn
    weights = tasks.map { Float($0.weight) }
    sums = tasks.map { _ in LossSums() }
    scales = [Float](repeating: 0, count: tasks.count + termCount)
    terms = (0..<termCount).map { _ in LossSums() }
    segments = [true] + tasks.map { _ in true }
    lottery = model.lottery.map {
      LotteryStep(
        $0, tasks: tasks.count, store: store, workspace: workspace, optimizer: self.optimizer,
        seed: seed)
    }
    alternation = model.lottery.flatMap { Alternation(rawValue: $0.schedule.alternation) } ?? .joint
  }

  /// The loss of a task in the newest step; NaN if the task is off.
  public func loss(of task: Int) -> Double {
    isOn[task] ? sums[task].loss / max(1, sums[task].rows) : .nan
  }

  /// Whether a task was part of the newest descent.
  func isActive(_ task: Int) -> Bool { active[task] }

  /// Takes one step on a batch.
  ///
  /// - Parameters:
  ///   - batch: the rows.
  ///   - rate: the learning rate.
  /// - Returns: false if a loss is not a finite number; the tasks of its descent do not move then, and
  ///   none before it does unless tasks take turns.
  public func step(_ batch: Batch, rate: Double) -> Bool {
    for task in tasks.indices { hasTrained[task] = false }
    guard takeTurns(batch, rate: rate) else { return false }
    step += 1
    return true
  }

  /// The descents of a step, one after another.
  private func takeTurns(_ batch: Batch, rate: Double) -> Bool {
    if let restriction { return take(single[restriction], batch, rate: rate, of: restriction) }
    switch alternation {
    case .joint: return take(isOn, batch, rate: rate, of: nil)
    case .turns:
      for task in tasks.indices where isOn[task] {
        guard take(single[task], batch, rate: rate, of: task) else { return false }
      }
      return true
    case .batches:
      let task = taskOn(at: step)
      return take(single[task], batch, rate: rate, of: task)
    case .epochs:
      let task = taskOn(at: epoch)
      return take(single[task], batch, rate: rate, of: task)
    }
  }

  /// Of the tasks that are on, the one whose turn it is.
  private func taskOn(at turn: Int) -> Int {
    var count = 0
    for task in tasks.indices where isOn[task] { count += 1 }
    var left = turn % max(1, count)
    for task in tasks.indices where isOn[task] {
      if left == 0 { return task }
      left -= 1
    }
    return 0
  }

  /// One descent and update of some tasks together; `task` is the one whose turn it is.
  private func take(_ turn: [Bool], _ batch: Batch, rate: Double, of task: Int?) -> Bool {
    active = turn
    guard descend(batch) else { return false }
    let executor = trainingExecutor()
    let balance = sectionBalance(of: executor)
    balance?.run(batch)
    if balance != nil { penalties.run(executor, batch) }
    if let lottery, let task {
      lottery.update(
        task, executor, batch: batch, segments: segments, rate: rate, isOn: isOn)
    } else {
      optimizer.update(
        executor, batch: batch, segments: segments, rate: rate, isJoined: balance != nil)
    }
    executor.updateAverages(rows: batch.rows)
    version += 1
    for task in tasks.indices where turn[task] { hasTrained[task] = true }
    return true
  }

  /// Computes losses and gradients of all tasks that are on, or of one, without applying them; false
  /// if a loss is not finite.
  @discardableResult public func gradients(_ batch: Batch, of task: Int? = nil) -> Bool {
    active = task.map { single[$0] } ?? isOn
    return descend(batch)
  }

  /// A task's gradients of some rows, which leave no trace in what the next step does.
  func look(at task: Int, _ batch: Batch, _ body: (Executor) -> Void) {
    let before = (sums, terms, active)
    isLooking = true
    active = single[task]
    _ = descend(batch)
    body(trainingExecutor())
    isLooking = false
    (sums, terms, active) = before
  }

  private func descend(_ batch: Batch) -> Bool {
    let descent = currentDescent()
    let executor = descent.executor
    var batch = batch
    batch.draw = draws.bits(UInt64(step))
    for (loss, owner) in zip(descent.losses, descent.owners) {
      scales[loss.place] = (owner.map { weight(of: $0) } ?? 1) / max(1, loss.rowCount(of: batch))
    }
    contrast(descent, batch)
    executor.copiesOutputs = keepsWatched
    scales.withUnsafeBufferPointer {
      executor.run(batch, version: version, lossScales: $0.baseAddress)
    }
    var isFinite = true
    for task in tasks.indices where active[task] {
      sums[task] = executor.lossSums(task: task, rows: batch.rows)
      isFinite = isFinite && sums[task].loss.isFinite
    }
    for loss in descent.losses where loss.place >= tasks.count {
      terms[loss.place - tasks.count] = executor.lossSums(task: loss.place, rows: batch.rows)
      isFinite = isFinite && terms[loss.place - tasks.count].loss.isFinite
    }
    if isFinite, !isLooking { lottery?.note(sums, terms, active: active) }
    if balancer == nil { penalties.run(executor, batch) }
    return isFinite
  }

  /// ω_k as it holds just now: the person's factor and the model's.
  func weight(of task: Int) -> Float {
    weights[task] * Float(model.weightFactor(of: task, epoch: epoch, step: step))
  }

  /// What is minimised besides the losses and depends on the parameters alone.
  public var penalty: Double { model.penalties.reduce(0) { $0 + $1.value(in: store) } }

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
    let contrasts = lottery?.contrasts ?? true
    if let current, current.isOn == active, current.contrasts == contrasts { return current }
    let known = descents.first { $0.contrasts == contrasts && $0.isOn == active }
    let descent = known ?? makeDescent(contrasts: contrasts)
    if known == nil { descents.append(descent) }
    current = descent
    segments = descent.segments
    return descent
  }

  /// Rows that a step takes at most.
  var capacity: Int { batchSize }

  /// Rows that ``forward(_:)`` takes at once.
  public var evaluationRows: Int { max(batchSize, 1024) }
}

// MARK: - Plans

extension Trainer {
  /// The plan of a set of tasks, and the losses that it descends from.
  private struct Descent {
    let isOn: [Bool]
    /// The owners whose parameters its losses move, by ``Owner/segment``.
    let segments: [Bool]
    /// Whether the terms beside the tasks' losses are in it.
    let contrasts: Bool
    let executor: Executor
    let losses: [any Loss]
    /// The losses alone, forward, where scales depend on them.
    let probe: Executor?
    /// The task whose weight each loss has; nil for none.
    let owners: [Int?]
  }

  static func trace(
    _ model: any MultiTaskModel, _ tasks: [TaskDefinition], isTraining: Bool
  ) -> (graph: Graph, logits: [Variable]) {
    let graph = Graph()
    let logits = model(Forward(graph, isTraining: isTraining, tasks: tasks.count))
    return (graph, logits)
  }

  private func makeDescent(contrasts: Bool) -> Descent {
    let (graph, logits) = Self.trace(model, tasks, isTraining: true)
    let all = model.losses(logits, tasks: tasks)
    let terms =
      contrasts
      ? graph.terms.filter { term in
        (term.task.map { active[$0] } ?? true) && term.needed.allSatisfy { active[$0] }
      } : []
    let on = tasks.indices.filter { active[$0] }
    let losses = on.map { all[$0] } + terms.map { Variable(graph: graph, node: $0.node) }
    let idle = pathsOfIdleGates
    let outputs = watched(in: graph).filter { !idle.contains($0.name) }
    let plan = Plan(
      graph, purpose: .training, losses: losses, keepsLossesApart: balancer != nil,
      outputs: outputs, capacity: batchSize)
    return Descent(
      isOn: active, segments: [true] + active, contrasts: contrasts,
      executor: Executor(plan, store: store, workspace: workspace),
      losses: losses.map { Self.loss(at: $0) },
      probe: contrasts && lottery?.needsLosses == true ? makeProbe(graph, losses) : nil,
      owners: on + terms.map(\.task))
  }

  private func makeProbe(_ graph: Graph, _ losses: [Variable]) -> Executor {
    let plan = Plan(
      graph, purpose: .evaluation, losses: losses, outputs: [], capacity: batchSize)
    return Executor(plan, store: store, workspace: workspace)
  }

  /// Scales the losses of a contrast by what its form makes of them.
  private func contrast(_ descent: Descent, _ batch: Batch) {
    guard let lottery, lottery.hasContrast, lottery.contrasts else { return }
    descent.probe?.run(batch, version: version)
    for task in tasks.indices where active[task] {
      let losses = descent.probe.map { probe in
        let positive = probe.lossSums(task: task, rows: batch.rows)
        let negative = probe.lossSums(task: tasks.count + task, rows: batch.rows)
        return (positive.loss / max(1, positive.rows), negative.loss / max(1, negative.rows))
      }
      let factors = lottery.scales(of: task, losses: losses)
      scales[task] *= Float(factors.positive)
      scales[tasks.count + task] *= Float(factors.negative)
    }
  }

  private static func loss(at value: Variable) -> any Loss {
    let operation = value.graph.nodes[value.node].operation
    guard let loss = operation as? any Loss else {
      preconditionFailure("\(operation.name): a model's loss is not a Loss")
    }
    return loss
  }

  /// What answers for rows, with the numbers of a store of this model; by default its own.
  func makeEvaluation(on other: ParameterStore? = nil) -> Executor {
    let (graph, logits) = Self.trace(model, tasks, isTraining: false)
    let answers = tasks.indices.map { (name: "logits.\(tasks[$0].name)", value: logits[$0]) }
    let plan = Plan(
      graph, purpose: .evaluation, losses: [], outputs: watched(in: graph) + answers,
      capacity: evaluationRows)
    return Executor(plan, store: other ?? store, workspace: workspace)
  }

  private func watched(in graph: Graph) -> [(name: String, value: Variable)] {
    graph.watched.map { (name: $0.name, value: Variable(graph: graph, node: $0.node)) }
  }

  /// What joins the gradients of an executor that keeps them apart; made once an executor.
  private func sectionBalance(of executor: Executor) -> ParallelLoop<SectionBalance>? {
    guard let balancer, let averages else { return nil }
    if let balance = balances[active] { return balance }
    let tables = optimizer.updateLoop(of: executor, segments: segments).body.tables
    let balance = ParallelLoop(
      SectionBalance(
        balancer, averages: averages, executor: executor, tables: tables, store: store,
        workspace: workspace, isOn: active))
    balances[active] = balance
    return balance
  }
}
