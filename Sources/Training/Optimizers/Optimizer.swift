internal import CKernels
public import Graph
public import Models
import Tensors

/// Applies the gradients of a step to the parameters of the owners that take part.
///
/// Moments lie as the parameters do; Adagrad has the second ones only, for its sums of squares, and
/// SGD none. Every owner (all tasks together, and each task) counts its own
/// steps for Adam's bias correction, so a task that was off comes back where it was: its numbers and
/// its moments are untouched, to the bit.
public final class Optimizer {
  /// The rule and its options.
  public let configuration: OptimizerConfiguration
  /// Steps taken by each owner, by ``Owner/segment``.
  public private(set) var steps: [Int]

  let store: ParameterStore
  /// What the model minimises besides its losses.
  let penalties: [ParameterPenalty]
  /// Whether gradients are summed before they are applied, so that they can be changed in between.
  var sumsFirst = false
  /// What pulls the tables of several networks together.
  let tableDistances: [TableDistance]
  let firstMoments: Storage<Float>
  let secondMoments: Storage<Float>
  private(set) var tableMoments: [Int: (first: Storage<Float>, second: Storage<Float>)] = [:]
  private let workspace: Workspace
  private var loops: [ObjectIdentifier: ParallelLoop<UpdateBody>] = [:]

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
    arrays =
      [store.dense.base] + (rule.hasFirstMoments ? [firstMoments.base] : [])
      + (rule.hasSecondMoments ? [secondMoments.base] : [])
    for (index, table) in store.tables.enumerated() where rule.hasSecondMoments {
      guard let table, case .table(let rows, _) = store.specifications[index].kind else { continue }
      let first = Storage<Float>(count: rule.hasFirstMoments ? table.count : 0, filling: 0)
      let second = Storage(
        count: rule.isRowWise ? rows : table.count, filling: rule.firstSecondMoment)
      tableMoments[index] = (first, second)
    }
  }

  /// Applies the gradients that an executor has just computed.
  ///
  /// - Parameters:
  ///   - executor: what has computed them.
  ///   - batch: the rows that it ran.
  ///   - segments: which owners take part, by ``Owner/segment``.
  ///   - rate: the learning rate of this step.
  ///   - isJoined: whether a balancer has left one gradient in the first lane.
  public func update(
    _ executor: Executor, batch: Batch, segments: [Bool], rate: Double, isJoined: Bool = false
  ) {
    update(
      executor, batch: batch, segments: segments, rate: rate, isJoined: isJoined, masked: nil,
      adjust: nil)
  }

  /// Applies gradients; `masked` keeps masked weights where they are, `adjust` changes the summed
  /// gradients in the first lane before they are applied.
  func update(
    _ executor: Executor, batch: Batch, segments: [Bool], rate: Double, isJoined: Bool,
    masked: MaskedUpdate?, adjust: (any GradientAdjustment)?
  ) {
    let loop = updateLoop(of: executor, segments: segments)
    for segment in segments.indices where segments[segment] { steps[segment] += 1 }
    for segment in segments.indices {
      loop.body.numbers[segment] = numbers(step: steps[segment], rate: rate, scale: 1)
    }
    loop.body.rate = Float(rate)
    loop.body.batch = batch
    loop.body.lanes = isJoined ? 1 : executor.laneCount(rows: batch.rows)
    loop.body.isGrouped = isJoined
    loop.body.masked = masked
    guard configuration.clipNorm != nil || adjust != nil else {
      loop.body.phase = .apply
      return workspace.pool.run(loop, chunks: loop.body.units.count)
    }
    loop.body.phase = .sum
    workspace.pool.run(loop, chunks: loop.body.units.count)
    adjust?.adjustGradients()
    let norm = loop.body.norm
    let limit = configuration.clipNorm ?? .infinity
    loop.body.scale(by: norm > limit ? Float(limit / norm) : 1)
    loop.body.phase = .applySums
    workspace.pool.run(loop, chunks: loop.body.units.count)
  }

  /// Values and moments of the dense parameters, as many as the rule has.
  let arrays: [UnsafeMutablePointer<Float>]

  /// Forgets all moments and steps, as before the first one.
  func reset() {
    let start = configuration.rule.firstSecondMoment
    firstMoments.base.update(repeating: 0, count: firstMoments.count)
    secondMoments.base.update(repeating: start, count: secondMoments.count)
    for (first, second) in tableMoments.values {
      first.base.update(repeating: 0, count: first.count)
      second.base.update(repeating: start, count: second.count)
    }
    for segment in steps.indices { steps[segment] = 0 }
  }

  /// The numbers of Adam's step t: η / (1 − β₁ᵗ) and 1 / √(1 − β₂ᵗ).
  func numbers(step: Int, rate: Double, scale: Float) -> ck_adam {
    guard case .adam(let beta1, let beta2, let epsilon) = configuration.rule, step > 0 else {
      return ck_adam(rate: 0, root: 0, beta1: 0, beta2: 0, epsilon: 1, scale: scale)
    }
    return ck_adam(
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

  /// The loop over the parameters that an executor's losses reach; made once an executor.
  func updateLoop(of executor: Executor, segments: [Bool]) -> ParallelLoop<UpdateBody> {
    if let loop = loops[ObjectIdentifier(executor)] { return loop }
    let loop = ParallelLoop(UpdateBody(self, executor, segments: segments, workspace: workspace))
    loops[ObjectIdentifier(executor)] = loop
    return loop
  }
}

/// Something that changes the summed gradients in the first lane before they are applied.
protocol GradientAdjustment: AnyObject {
  /// Changes them.
  func adjustGradients()
}
