internal import CKernels
public import Tensors

/// Runs a ``Plan`` on the numbers of a store.
///
/// All addresses are worked out when it is made; running it allocates nothing.
public final class Executor {
  /// What it runs.
  public let plan: Plan
  /// Where each table's gradient lies after a run, by section.
  public let sectionTableGradients: [[TableGradient]]
  /// Where the optimiser finds each table's gradient.
  ///
  /// That is where the first section that reaches the table has left it, or memory of its own where a
  /// section does not reach all lookups of a table, for whoever joins the sections' gradients.
  public let tableGradients: [TableGradient]

  let workspace: Workspace
  let store: ParameterStore
  let operations: UnsafeMutableBufferPointer<CompiledOperation>
  let memory: PlanMemory
  private let averages: [Parameter]
  /// What looks up in tables that grow.
  private let growing: [Lookup]
  /// What fetches rows that other processes keep; nil: all are here.
  let guests: GuestRows?
  /// Whether the rows of the next run have been fetched.
  var hasFetched = false
  /// Whether there are rows here for which rows are being fetched.
  var runsNext = false
  private let untouched: [Range<Int>]
  private let packing: ParallelLoop<PackingBody>
  private let lanes: ParallelLoop<LaneBody>
  /// What is left after the pieces of a batch; nil: it is run by lanes.
  private let tiles: ParallelLoop<TileBody>?
  private var packedVersion = -1
  /// Which part of a batch other processes compute.
  var parts = LaneParts()
  /// Gives other processes the gradients of looked-up rows, lane by lane.
  let rounds: LookupRounds
  /// How many exchanges were begun when the newest run was through.
  var begunByRun = 0
  /// Whether runs return while gradients of looked-up rows, running means and kept outputs of other
  /// processes are still on their way; whoever reads them calls ``finishLookups()`` before.
  public var leavesExchange = false

  /// Makes a plan ready to run on a store.
  public init(_ plan: Plan, store: ParameterStore, workspace: Workspace) {
    self.plan = plan
    self.store = store
    self.workspace = workspace
    if plan.sections.count > 1 { workspace.reserve(sections: plan.sections.count) }
    let memory = PlanMemory(plan, workspace: workspace)
    self.memory = memory
    let packing = ParallelLoop(PackingBody(plan, store: store))
    self.packing = packing
    operations = compile(plan, store: store, packing: packing.body)
    let lookups = memory.lookupGradients
    let bySection = plan.sections.indices.map { lookups.tableGradients(of: plan, section: $0) }
    sectionTableGradients = bySection
    tableGradients = bySection.indices.flatMap { section in
      bySection[section].filter { table in
        !bySection[..<section].joined().contains { $0.parameter == table.parameter }
      }
    }.map { lookups.joined($0) }
    guests = GuestRows(plan, store: store, workspace: workspace)
    rounds = LookupRounds(
      plan, memory: memory, workspace: workspace,
      owned: guests == nil || plan.sections.isEmpty
        ? nil
        : OwnedGradients(plan, store: store, gradients: bySection, workspace: workspace))
    growing = plan.order.compactMap { node in
      (plan.nodes[node].operation as? Lookup).flatMap { lookup in
        lookup.tables.contains { store.growing[$0.index] != nil } ? lookup : nil
      }
    }
    averages = plan.order.flatMap { plan.nodes[$0].operation.averages }
    untouched = Self.untouchedRanges(plan, store: store)
    lanes = ParallelLoop(
      LaneBody(plan, operations: operations, memory: memory, workspace: workspace))
    tiles =
      plan.schedule == .lanes
      ? nil
      : ParallelLoop(
        TileBody(plan, operations: operations, memory: memory, workspace: workspace))
  }

  deinit { release(operations) }

  /// The values of an output for the newest batch, [rows, width].
  public func output(_ name: Watched) -> UnsafePointer<Float>? {
    guard let place = plan.outputs.firstIndex(where: { $0.name == name }) else { return nil }
    return UnsafePointer(memory.outputs[place].base)
  }

  /// Whether outputs are copied for the whole batch; roots are computed in any case.
  public var copiesOutputs: Bool {
    get { lanes.body.copiesOutputs }
    set { lanes.body.copiesOutputs = newValue }
  }

  /// Tells a clock how long operations take, from now on.
  public func profile(with clock: WorkClock) -> OperationClock {
    let operations = OperationClock(plan, work: clock)
    lanes.body.profile = operations
    tiles?.body.profile = operations
    return operations
  }

  /// Runs a batch: forward, and for a training plan backward.
  ///
  /// - Parameters:
  ///   - batch: the rows.
  ///   - scales: what ``Call/scales`` is to have; nil: as it was.
  public func run(_ batch: Batch, scales: UnsafePointer<Float>? = nil) {
    if let scales { set(scales) }
    begin(batch)
    runStages(0..<lanes.body.stageCount)
  }

  /// Whether a run may stop between forward and backward.
  public var isParted: Bool { lanes.body.parting != nil }

  /// The first part of a run of a parted plan: forward alone, after which there are tallies.
  public func runForward(_ batch: Batch) {
    begin(batch)
    runStages(0..<parting)
  }

  /// The second part, on the rows of the first: backward, from the roots times their scales.
  ///
  /// Nothing else may run in the workspace between both. The tallies are those of the first part again, but
  /// for the order in which blocks are added.
  public func runBackward(scales: UnsafePointer<Float>? = nil) {
    if let scales { set(scales) }
    runStages(parting..<lanes.body.stageCount)
  }

  private var parting: Int {
    guard let parting = lanes.body.parting else { preconditionFailure("a plan that is not parted") }
    return parting
  }

  private func set(_ scales: UnsafePointer<Float>) {
    workspace.scales.base.update(from: scales, count: workspace.scales.count)
  }

  private func begin(_ batch: Batch) {
    precondition(
      batch.rows <= plan.capacity, "\(batch.rows) rows in a plan for \(plan.capacity)")
    if let unmet = plan.unmet(by: batch) { preconditionFailure(unmet) }
    lanes.body.batch = batch
    lanes.body.cuts.cut(batch)
    if let guests {
      if !hasFetched { fetch(batch, lanes.body.cuts, by: guests) }
      hasFetched = false
    } else {
      for lookup in growing { lookup.admit(batch, to: store) }
    }
    // Weights are packed anew if numbers of the store have been written since.
    if packedVersion != store.version {
      workspace.pool.run(packing, chunks: packing.body.chunks)
      packedVersion = store.version
    }
    for range in untouched {
      for row in 0..<(ownGradientLanes(rows: batch.rows) * plan.sections.count) {
        let start = workspace.laneGradients.base + row * workspace.laneStride
        (start + range.lowerBound).update(repeating: 0, count: range.count)
      }
    }
    lanes.body.pieces =
      plan.schedule == .lanes
      ? nil
      : RowPieces(
        rows: batch.rows, blockRows: plan.blockRows, threads: workspace.pool.working)
  }

  /// Whether other processes run lanes of the plan, too: those without a backward pass run whole.
  private var isShared: Bool { workspace.exchange != nil && !plan.sections.isEmpty }

  private func runStages(_ stages: Range<Int>) {
    let isShared = isShared
    for stage in stages {
      lanes.body.stage = stage
      lanes.body.startRounds(isShared && stage == lanes.body.stageCount - 1 ? rounds : nil)
      workspace.pool.run(
        lanes, chunks: lanes.body.pieces?.count ?? lanes.body.ownLanes.count)
      if isShared, let meeting = lanes.body.meeting {
        exchangeMeeting(meeting, rows: lanes.body.batch.rows)
      }
    }
    if isShared {
      exchangeResults(
        lanes.body.batch, cuts: lanes.body.cuts,
        isComplete: stages.upperBound == lanes.body.stageCount)
    }
    guard let tiles else { return }
    tiles.body.batch = lanes.body.batch
    workspace.pool.run(tiles, chunks: tiles.body.chunks)
  }

  /// Moves the running means that the plan adds to towards those of the newest batch.
  public func updateAverages(rows: Int) {
    for average in averages {
      store.update(
        average, from: workspace.laneAverages.base, lanes: laneCount(rows: rows), rows: rows)
    }
  }

  /// A number that operations have added up over the newest batch, lanes added in order.
  public func tally(_ number: Int, rows: Int) -> Double {
    (0..<laneCount(rows: rows)).reduce(0) { $0 + workspace.tallies(ofRow: $1)[number] }
  }

  /// How many lanes a batch is cut into: what its sums are the sums of, in order.
  package func laneCount(rows: Int) -> Int {
    Lanes.count(of: rows, sections: plan.sections.count)
  }

  /// How many lanes of parameter gradients a run leaves to be summed in order; every lane has a row of
  /// ``Workspace/laneGradients`` for each section.
  ///
  /// Pieces leave one, what the lanes are summed to, and so do lanes of several processes.
  public func gradientLanes(rows: Int) -> Int {
    workspace.exchange == nil ? ownGradientLanes(rows: rows) : 1
  }

  /// How many lanes of parameter gradients there are before those of several processes are summed.
  private func ownGradientLanes(rows: Int) -> Int { tiles == nil ? laneCount(rows: rows) : 1 }

  /// Whether the plan adds to running means.
  var hasAverages: Bool { !averages.isEmpty }

  /// Backward sections: 1, or as many as are kept apart.
  public var sectionCount: Int { plan.sections.count }

  /// Whether a section computes the gradient of a parameter.
  public func reaches(_ parameter: Parameter, in section: Int) -> Bool {
    plan.sections[section].contains {
      plan.nodes[$0].operation.parameters.contains(parameter)
    }
  }

  /// The owners with a parameter that a root of the plan reaches, by ``ParameterStore/segment(of:)``.
  public var reachedSegments: [Bool] {
    var reached = store.segments.map { _ in false }
    for parameter in plan.reached.flatMap({ plan.nodes[$0].operation.parameters }) {
      reached[store.segment(of: parameter)] = true
    }
    return reached
  }

  /// Dense shared floats that no root of the plan reaches: their gradient is 0.
  private static func untouchedRanges(_ plan: Plan, store: ParameterStore) -> [Range<Int>] {
    guard plan.purpose == .training else { return [] }
    let touched = Set(plan.reached.flatMap { plan.nodes[$0].operation.parameters })
    return store.specifications.indices.compactMap { index in
      guard case .dense(let count) = store.specifications[index].kind,
        !touched.contains(Parameter(index: index))
      else { return nil }
      return store.offsets[index]..<(store.offsets[index] + count)
    }
  }
}
