import Graph
import Models
import Objectives
import Tensors

/// A turn of some tasks made ready to run: its plan, the losses that it descends from, and its
/// updates.
final class CompiledTurn {
  /// What tells one from another.
  struct Key: Hashable {
    /// Which of the step's turns.
    let turn: Int
    /// Which tasks take part.
    let active: [Bool]
    /// What the stages need of the plan.
    let needs: StageNeeds
    /// Whether the tasks' gradients are kept apart.
    let isApart: Bool
  }

  let key: Key
  let executor: Executor
  /// What it descends from.
  let losses: [any Loss]
  /// The task whose weight each loss has; nil for none.
  let owners: [Int?]
  /// Of the terms that are some task's: their places, and the task.
  let termOwners: [(place: Int, task: Int)]
  /// The owners whose parameters it moves, by ``ParameterStore/segment(of:)``.
  ///
  /// A turn of terms alone leaves the owners where they are that none of its losses reaches: moments
  /// of another turn, and the decay of weights, are not its own.
  let segments: [Bool]
  /// The losses alone, forward: where a stage looks at them again after the update, and where it must
  /// see them first and the descent is not parted.
  let lossesAlone: Executor?
  /// The update of a turn by an optimiser.
  final class Update {
    let optimizer: Optimizer
    let isMeasured: Bool
    let loop: ParallelLoop<UpdateBody>
    /// The tasks' gradients, where they are kept apart.
    let gradients: ParallelLoop<SectionGradients>?

    init(_ turn: CompiledTurn, by optimizer: Optimizer, isMeasured: Bool, site: StageSite) {
      self.optimizer = optimizer
      self.isMeasured = isMeasured
      loop = optimizer.makeLoop(
        turn.executor, segments: turn.segments,
        // Gradients apart are measured, also that of one task alone.
        isMeasured: isMeasured || turn.key.isApart,
        movesResting: turn.key.needs.contains(.restingRows))
      gradients =
        turn.key.isApart
        ? ParallelLoop(
          SectionGradients(
            turn.executor, tasks: turn.sectionTasks, tables: loop.body.tables, site: site)) : nil
    }

    /// Says whose rows moved what: gradients that were joined lie in one lane, grouped by id.
    func prepare(
      _ turn: TurnState, of plan: CompiledTurn, holding masked: MaskedUpdate?
    ) {
      loop.body.batch = turn.batch
      loop.body.lanes = plan.key.isApart ? 1 : plan.executor.gradientLanes(rows: turn.batch.rows)
      loop.body.isGrouped = plan.key.isApart
      loop.body.masked = masked
    }
  }

  /// The task that each backward section descends for; nil for what is nobody's.
  private let sectionTasks: [Int?]
  private let site: StageSite
  private var updates: [Update] = []

  init(_ key: Key, trace: TurnTrace, program: StepProgram, cache: PlanCache, site: StageSite) {
    self.key = key
    self.site = site
    let apart = key.isApart ? trace.sections : nil
    let rows = cache.turnRows[key.turn]
    let plan = Self.plan(
      trace, rows: rows, parted: key.needs.contains(.lossesFirst), apart, cache,
      schedule: site.workspace.schedule(rows: rows))
    executor = Executor(plan, store: site.store, workspace: site.workspace)
    losses = trace.losses.map(\.asLoss)
    owners = trace.owners
    termOwners = zip(losses, trace.owners).compactMap { loss, owner in
      owner.flatMap { loss.place >= site.tasks ? (loss.place, $0) : nil }
    }
    sectionTasks = apart?.map(\.task) ?? []
    let owned = [true] + key.active
    let groups = site.store.segments.count / owned.count
    let moved = (0..<groups).flatMap { group in
      owned.map { $0 && program.turns[key.turn].moves(group: group) }
    }
    segments =
      program.turns[key.turn].losses == .terms
      ? zip(moved, executor.reachedSegments).map { $0 && $1 } : moved
    lossesAlone =
      key.needs.contains(.lossesAgain)
        || (key.needs.contains(.lossesFirst) && !executor.isParted)
      ? Executor(
        Plan(
          trace.graph, purpose: .evaluation, roots: trace.losses, outputs: [],
          capacity: rows),
        store: site.store, workspace: site.workspace) : nil
  }

  /// The plan of the descent: parted if a stage must see the losses first, by pieces if that is how
  /// threads are to share it, and neither if memory does not allow it.
  private static func plan(
    _ trace: TurnTrace, rows: Int, parted: Bool, _ apart: [(task: Int?, losses: [Variable])]?,
    _ cache: PlanCache, schedule: Schedule
  ) -> Plan {
    func plan(isParted: Bool, _ schedule: Schedule) -> Plan {
      Plan(
        trace.graph, purpose: .training, roots: trace.losses, apart: apart?.map(\.losses),
        isParted: isParted, outputs: trace.outputs, capacity: rows, schedule: schedule)
    }
    let wanted = plan(isParted: parted, schedule)
    return wanted.spanningFloats > cache.mostSpanningFloats
      ? plan(isParted: false, .lanes) : wanted
  }

  /// Computes the losses before the gradients, if a stage must see them first.
  func runFirst(_ turn: TurnState) {
    let needs = key.needs
    turn.first = needs.contains(.lossesFirst) ? (executor.isParted ? executor : lossesAlone) : nil
    turn.again = needs.contains(.lossesAgain) ? lossesAlone : nil
    if executor.isParted {
      executor.runForward(turn.batch)
    } else {
      turn.first?.run(turn.batch)
    }
  }

  /// Computes the gradients, and the losses if that has not been done.
  func run(_ turn: TurnState, scales: UnsafePointer<Float>) {
    if executor.isParted {
      executor.runBackward(scales: scales)
    } else {
      executor.run(turn.batch, scales: scales)
    }
  }

  /// The update by an optimiser; `isMeasured` says whether gradients are summed before they are
  /// applied.
  func update(by optimizer: Optimizer, isMeasured: Bool) -> Update {
    for known in updates where known.optimizer === optimizer && known.isMeasured == isMeasured {
      return known
    }
    let made = Update(self, by: optimizer, isMeasured: isMeasured, site: site)
    updates.append(made)
    return made
  }
}
