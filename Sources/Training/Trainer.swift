public import Datasets
public import Graph
public import Models
import Objectives
public import Runs
public import Tensors

/// A model, its numbers and its optimisers: takes a step as the model's program says, or scores rows.
///
/// It compiles one plan for every turn and set of tasks that are trained together, when that set is
/// first used. All of it belongs to one thread.
public final class Trainer {
  let model: any MultiTaskModel
  /// The numbers.
  public let store: ParameterStore
  /// The tasks.
  public let tasks: [TaskDefinition]
  /// The threads and their memory.
  public let workspace: Workspace
  /// Which task plays which part in the model.
  public internal(set) var roles = TaskRoles()
  let declared: [(dial: Dial, parameter: Parameter)]
  /// What a person has chosen, and where the trainer stands.
  var state: StepState
  /// What happens between the losses of a turn and its update.
  var stages: StageList
  let optimizers: OptimizerGroups
  /// Where rows come from.
  let sources: RowSources
  let plans: PlanCache
  /// What answers, without a descent.
  let answers: AnswerPlans
  /// What ranks give each other; nil: there is one process.
  var exchange: StepExchange?

  /// Builds memory for a model that was declared with a builder.
  ///
  /// The builder's dials are those that may be changed; the seed is that of draws in training. A model
  /// that reads more than the columns of a batch draws it from the data set.
  public init(
    _ model: any MultiTaskModel, store: ParameterStore, tasks: [TaskDefinition], batchSize: Int,
    optimizer: OptimizerConfiguration, balancer: BalancerChoice? = nil,
    dials: [(dial: Dial, parameter: Parameter)] = [], seed: UInt64 = 1, dataset: Dataset? = nil,
    pool: WorkerPool
  ) {
    self.model = model
    self.store = store
    let tasks = model.answering(tasks)
    self.tasks = tasks
    declared = dials
    let (_, logits, terms) = Self.trace(model, tasks, isTraining: true)
    workspace = Workspace(store: store, losses: tasks.count + terms.count, pool: pool)
    workspace.addsToFirstLane = !model.penalties.isEmpty || !optimizer.l2.isEmpty
    let site = StageSite(store: store, workspace: workspace, tasks: tasks.count, seed: seed)
    let program = model.program
    let common = Optimizer(
      optimizer, store: store, penalties: model.penalties, workspace: workspace)
    optimizers = OptimizerGroups(common, turns: program.turns, site: site)
    stages = StageList(
      site, model: model.stages(at: site), balance: balancer?.makeStage(site),
      turns: program.turns, penalties: ParallelLoop(PenaltyBody(common, workspace: workspace)))
    state = StepState(
      weights: tasks.map { Float($0.weight) }, terms: terms.count,
      program: program, seed: seed)
    sources = RowSources(
      model, turns: program.turns.count, at: site, dataset: dataset, batchRows: batchSize)
    plans = PlanCache(
      rows: batchSize, tasks: tasks.count,
      turnRows: sources.capacities(batchRows: batchSize))
    answers = AnswerPlans(losses: model.losses(logits, tasks: tasks).map(\.asLoss))
  }

  /// Takes one step on a batch: the turns of the program that are due, one after another.
  ///
  /// - Parameters:
  ///   - batch: the rows.
  ///   - rate: the learning rate.
  /// - Returns: false if a loss is not a finite number, or the other ranks are lost; the tasks of its
  ///   descent do not move then, and none before it does unless the step has several turns.
  public func step(_ batch: Batch, rate: Double) -> Bool {
    exchange?.group.step = step
    for task in tasks.indices { state.hasTrained[task] = false }
    for turn in program.turns.indices where program.turns[turn].isDue(at: step, epoch: epoch) {
      guard share(turn, batch, rate: rate) else { return false }
    }
    state.step += 1
    return true
  }

  /// Takes a turn for all tasks that are on together, or one for each that has its turn.
  private func share(_ turn: Int, _ batch: Batch, rate: Double) -> Bool {
    if let task = state.restriction { return take(turn, of: task, batch, rate: rate) }
    switch program.alternation {
    case .joint: return take(turn, of: nil, batch, rate: rate)
    case .turns:
      for task in tasks.indices where isOn[task] {
        guard take(turn, of: task, batch, rate: rate) else { return false }
      }
      return true
    case .batches:
      // Counted are the batches in which the turn is due, or tasks would never meet it.
      let count = step / program.turns[turn].every
      return take(turn, of: state.taskOn(at: count), batch, rate: rate)
    case .epochs: return take(turn, of: state.taskOn(at: epoch), batch, rate: rate)
    }
  }

  /// One descent and update: `task` is the one whose turn it is, nil for all that are on.
  private func take(_ turn: Int, of task: Int?, _ batch: Batch, rate: Double) -> Bool {
    state.enter(turn, of: task)
    let plan = currentPlan()
    guard !plan.losses.isEmpty else { return true }
    guard descend(plan, batch, leavesExchange: true), apply(plan, rate: rate) else { return false }
    // Averages are those of the step's own forward pass, before anybody looks again.
    plan.executor.updateAverages(rows: state.turn.batch.rows)
    stages.applied(state.turn)
    for loss in plan.losses where loss.place < tasks.count { state.hasTrained[loss.place] = true }
    return true
  }

  /// Losses and gradients of a turn; false if a loss is not finite.
  ///
  /// `leavesExchange` says whether gradients of looked-up rows of other ranks may still be on their way then.
  func descend(_ plan: CompiledTurn, _ batch: Batch, leavesExchange: Bool = false) -> Bool {
    state.turn.batch = rows(of: batch, in: plan.key.turn)
    for (loss, owner) in zip(plan.losses, plan.owners) {
      let weight = owner.map { self.weight(of: $0) } ?? 1
      state.scales[loss.place] = weight / max(1, loss.rowCount(of: state.turn.batch))
    }
    plan.executor.copiesOutputs = keepsWatched
    plan.executor.leavesExchange = leavesExchange
    plan.runFirst(state.turn)
    stages.scale(state.scales.base, in: state.turn)
    plan.run(state.turn, scales: state.scales.base)
    if exchange?.failure != nil { return false }
    let isFinite = takeSums(of: plan)
    if !isFinite { plan.executor.finishExchange() }
    if isFinite, !state.turn.isLooking { stages.note(state.turn) }
    // Gradients that are kept apart are joined first.
    if !plan.key.isApart { stages.penalise(plan.executor, state.turn.batch) }
    return isFinite
  }

  /// The stages from the gradients of a turn to its update: balance, penalty, sum, adjust, clip, apply;
  /// false where the other ranks are lost.
  private func apply(_ plan: CompiledTurn, rate: Double) -> Bool {
    let (turn, executor) = (state.turn, plan.executor)
    let optimizer = optimizers.optimizer(ofTurn: turn.turn, task: turn.task)
    let isAdjusted = stages.needs(in: turn).contains(.summedGradient)
    let isSummed = isAdjusted || optimizer.configuration.clipNorm != nil
    let update = plan.update(by: optimizer, isMeasured: isSummed)
    update.prepare(turn, of: plan, holding: optimizers.held(inTurn: turn.turn, task: turn.task))
    beginSumOfRanks(plan, update, isMeasured: isSummed)
    guard update.gradients != nil || isSummed || exchange == nil else {
      return applyByParts(executor, update, segments: plan.segments, rate: rate)
    }
    executor.finishExchange()
    if exchange?.failure != nil { return false }
    if let gradients = update.gradients {
      stages.join(gradients, in: turn)
      stages.penalise(executor, turn.batch)
    }
    optimizer.begin(update.loop, segments: plan.segments, rate: rate)
    if isSummed {
      optimizer.sum(update.loop)
      if isAdjusted { stages.adjust(turn) }
      optimizer.clip(update.loop)
    }
    optimizer.apply(update.loop, isSummed: isSummed)
    return true
  }

  /// Begins to sum the dense gradients over all ranks, and groups the rows of tables meanwhile; nothing where
  /// there is one process.
  ///
  /// What L2 adds to the first lane of gradients that are applied unsummed is added before.
  private func beginSumOfRanks(
    _ plan: CompiledTurn, _ update: CompiledTurn.Update, isMeasured: Bool
  ) {
    guard exchange != nil else { return }
    if update.gradients == nil, !isMeasured { update.optimizer.regularise(update.loop) }
    plan.executor.beginSharedSums(rows: state.turn.batch.rows)
    update.optimizer.group(update.loop)
    update.gradients?.body.isGrouped = true
  }

  /// Moves tables while dense gradients are summed over the ranks, then dense parameters; false where the
  /// others are lost: the numbers are of no use then.
  private func applyByParts(
    _ executor: Executor, _ update: CompiledTurn.Update, segments: [Bool], rate: Double
  ) -> Bool {
    executor.finishLookups()
    if exchange?.failure != nil { return false }
    update.optimizer.begin(update.loop, segments: segments, rate: rate)
    update.optimizer.applyTables(update.loop)
    executor.finishExchange()
    if exchange?.failure != nil { return false }
    update.optimizer.applyDense(update.loop)
    return true
  }
}
