internal import CKernels
public import Graph
public import Models
public import Runs
import Tensors

/// Applies the gradients of a step to the parameters of the owners that take part.
///
/// Moments lie as the parameters do; Adagrad has the second ones only, for its sums of squares, plain
/// SGD none, and a centred RMSprop the means of the gradient besides. Every owner (all tasks together, and each task) counts its own
/// steps for Adam's bias correction, so a task that was off comes back where it was: its numbers and
/// its moments are untouched, to the bit.
public final class Optimizer {
  /// The rule and its options.
  public let configuration: OptimizerConfiguration
  /// Steps taken by each owner, by ``ParameterStore/segment(of:)``.
  public private(set) var steps: [Int]

  let store: ParameterStore
  /// What the model minimises besides its losses.
  let penalties: [ParameterPenalty]
  /// What pulls the tables of several networks together.
  let tableDistances: [TableDistance]
  let firstMoments: Storage<Float>
  let secondMoments: Storage<Float>
  let means: Storage<Float>
  private(set) var tableMoments: [Int: TableMoments] = [:]
  private let workspace: Workspace

  /// Moments for all parameters of a store, as they are before the first step.
  public init(
    _ configuration: OptimizerConfiguration, store: ParameterStore,
    penalties: [ParameterPenalty] = [], workspace: Workspace
  ) {
    self.configuration = configuration
    self.store = store
    self.penalties = penalties
    self.workspace = workspace
    tableDistances = TableDistance.all(
      penalties, store: store, movesWhole: configuration.movesWholeTables)
    steps = [Int](repeating: 0, count: store.segments.count)
    let rule = configuration.rule
    let count = store.dense.count
    firstMoments = Storage(count: rule.hasFirstMoments ? count : 0, filling: 0)
    secondMoments = Storage(
      count: rule.hasSecondMoments ? count : 0, filling: rule.firstSecondMoment)
    means = Storage(count: rule.hasMeans ? count : 0, filling: 0)
    arrays =
      [store.dense.base] + (rule.hasFirstMoments ? [firstMoments.base] : [])
      + (rule.hasSecondMoments ? [secondMoments.base] : [])
      + (rule.hasMeans ? [means.base] : [])
    for (index, table) in store.tables.enumerated()
    where rule.hasFirstMoments || rule.hasSecondMoments {
      guard let table, case .table(let rows, _) = store.specifications[index].kind else { continue }
      tableMoments[index] = TableMoments(
        rule, rows: rows, width: table.count / rows, growing: store.growing[index])
    }
  }

  deinit {
    for moments in tableMoments.values { moments.letGo() }
  }

  /// Applies the gradients that an executor has just computed.
  ///
  /// - Parameters:
  ///   - executor: what has computed them.
  ///   - batch: the rows that it ran.
  ///   - segments: which owners take part, by ``ParameterStore/segment(of:)``.
  ///   - rate: the learning rate of this step.
  public func update(_ executor: Executor, batch: Batch, segments: [Bool], rate: Double) {
    let clips = configuration.clipNorm != nil
    let loop = makeLoop(executor, segments: segments, isMeasured: clips)
    begin(loop, segments: segments, rate: rate)
    loop.body.batch = batch
    loop.body.lanes = executor.gradientLanes(rows: batch.rows)
    if clips {
      sum(loop)
      clip(loop)
    }
    apply(loop, isSummed: clips)
  }

  /// Begins a step of the owners that take part.
  func begin(_ loop: ParallelLoop<UpdateBody>, segments: [Bool], rate: Double) {
    for segment in segments.indices where segments[segment] { steps[segment] += 1 }
    for segment in segments.indices {
      loop.body.steps[segment] = steps[segment]
      loop.body.numbers[segment] = numbers(step: steps[segment], rate: rate, scale: 1)
    }
    loop.body.rate = Float(rate)
  }

  /// Adds what L2 adds to the first lane, before lanes of several processes are summed and then applied.
  func regularise(_ loop: ParallelLoop<UpdateBody>) {
    guard !configuration.l2.isEmpty else { return }
    loop.body.phase = .regularise
    workspace.pool.run(loop, chunks: loop.body.units.count)
    loop.body.hasL2 = true
  }

  /// Sums the lanes into the first one, and the squares of what comes out.
  func sum(_ loop: ParallelLoop<UpdateBody>) {
    loop.body.phase = .sum
    workspace.pool.run(loop, chunks: loop.body.units.count)
    loop.body.scale(by: 1)
  }

  /// Limits the norm of all gradients together, as it was when they were summed.
  func clip(_ loop: ParallelLoop<UpdateBody>) {
    guard let limit = configuration.clipNorm else { return }
    let norm = loop.body.norm
    loop.body.scale(by: norm > limit ? Float(limit / norm) : 1)
  }

  /// Moves the parameters and their moments.
  func apply(_ loop: ParallelLoop<UpdateBody>, isSummed: Bool) {
    loop.body.phase = isSummed ? .applySums : .apply
    workspace.pool.run(loop, chunks: loop.body.units.count)
    loop.body.hasL2 = false
    if !isSummed, !loop.body.pieces.isEmpty {
      loop.body.phase = .pieces
      workspace.pool.run(loop, chunks: loop.body.cutTables())
    }
    store.countWrite()
  }

  /// Groups the rows of tables by id, before their gradients are here.
  func group(_ loop: ParallelLoop<UpdateBody>) {
    loop.body.phase = .group
    workspace.pool.run(loop, chunks: loop.body.tableUnits)
    loop.body.isGrouped = true
  }

  /// Moves tables alone, whose rows are grouped: dense gradients follow.
  func applyTables(_ loop: ParallelLoop<UpdateBody>) {
    loop.body.phase = .tables
    workspace.pool.run(loop, chunks: loop.body.tableUnits)
    guard !loop.body.pieces.isEmpty else { return }
    loop.body.phase = .pieces
    workspace.pool.run(loop, chunks: loop.body.cutTables())
  }

  /// Moves dense parameters alone, behind ``applyTables(_:)``.
  func applyDense(_ loop: ParallelLoop<UpdateBody>) {
    loop.body.phase = .dense
    workspace.pool.run(loop, chunks: loop.body.units.count)
    loop.body.hasL2 = false
    store.countWrite()
  }

  /// Values and moments of the dense parameters, as many as the rule has.
  let arrays: [UnsafeMutablePointer<Float>]

  /// Forgets all moments and steps, as before the first one.
  func reset() {
    let start = configuration.rule.firstSecondMoment
    firstMoments.base.update(repeating: 0, count: firstMoments.count)
    secondMoments.base.update(repeating: start, count: secondMoments.count)
    means.base.update(repeating: 0, count: means.count)
    for moments in tableMoments.values { moments.restart(start) }
    for segment in steps.indices { steps[segment] = 0 }
  }

  /// Visits moments, means and step counts.
  func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.numbers("steps", &steps, count: steps.count, in: Archive.counts)
    try archive.memory("first-moments", firstMoments)
    try archive.memory("second-moments", secondMoments)
    try archive.memory("means", means)
    for (index, moments) in tableMoments.sorted(by: { $0.key < $1.key }) {
      let path = store.specifications[index].pieces.first?.path ?? "\(index)"
      try archive.part("tables/" + path) { archive throws(ArchiveError) in
        try moments.visit(&archive, withUses: configuration.rule.countsRest)
      }
    }
  }

  /// The numbers of Adam's step t: η / (1 − β₁ᵗ) and 1 / √(1 − β₂ᵗ); LAMB's have no η in them.
  func numbers(step: Int, rate: Double, scale: Float) -> ck_adam {
    let nothing = ck_adam(rate: 0, root: 0, beta1: 0, beta2: 0, epsilon: 1, scale: scale)
    guard step > 0 else { return nothing }
    switch configuration.rule {
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon):
      return numbers(step, rate, beta1, beta2, epsilon, scale)
    case .lamb(let beta1, let beta2, let epsilon):
      return numbers(step, 1, beta1, beta2, epsilon, scale)
    case .adagrad, .rmsprop, .gradientDescent, .projectedAdagrad: return nothing
    }
  }

  private func numbers(
    _ step: Int, _ rate: Double, _ beta1: Double, _ beta2: Double, _ epsilon: Double,
    _ scale: Float
  ) -> ck_adam {
    ck_adam(
      rate: Float(rate / (1 - power(beta1, step))),
      root: Float(1 / (1 - power(beta2, step)).squareRoot()), beta1: Float(beta1),
      beta2: Float(beta2), epsilon: Float(epsilon), scale: scale)
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var factor = base
    var left = exponent
    while left > 0 {
      if left & 1 == 1 { result *= factor }
      factor *= factor
      left >>= 1
    }
    return result
  }

  /// The loop over the parameters that an executor's losses reach, for the owners that take part.
  ///
  /// `isMeasured` says whether gradients will be summed before they are applied, `movesResting` whether
  /// rows of tables have gradients that the batch does not touch.
  func makeLoop(
    _ executor: Executor, segments: [Bool], isMeasured: Bool, movesResting: Bool = false
  ) -> ParallelLoop<UpdateBody> {
    ParallelLoop(
      UpdateBody(
        self, executor, segments: segments, workspace: workspace,
        isMeasured: isMeasured || executor.sectionCount > 1, movesResting: movesResting))
  }
}
