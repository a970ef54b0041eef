internal import CKernels
import Graph
import Runs
import Tensors

/// The update of one step: pieces of the dense parameters, and whole tables.
struct UpdateBody: ParallelBody, ~Copyable {
  /// What a run of the loop does.
  enum Phase {
    /// Sum the lanes and apply, in one pass.
    case apply
    /// Sum the lanes in place, and the squares.
    case sum
    /// Apply what was summed.
    case applySums
  }

  enum Unit {
    case dense(Range<Int>, segment: Int, rateFactor: Double, decays: Bool)
    case table(Int, segment: Int)
  }

  var phase = Phase.apply
  /// Adam's numbers by segment.
  var numbers: [ck_adam]
  var rate: Float = 0
  var lanes = 1
  /// What keeps masked weights where they are; nil: nothing does.
  var masked: MaskedUpdate?
  /// Whether somebody has grouped the tables' rows already.
  var isGrouped = false
  var batch: Batch
  let units: [Unit]

  // What it needs of the optimiser and not the optimiser, which holds its bodies: a ring of the two
  // would keep parameters and moments for ever.
  private let configuration: OptimizerConfiguration
  private let values: UnsafeMutablePointer<Float>
  private let firstMoments: UnsafeMutablePointer<Float>
  private let secondMoments: UnsafeMutablePointer<Float>
  private let arrays: [UnsafeMutablePointer<Float>]
  private let workspace: Workspace
  let tables: [TableUpdate]
  /// Σ g² of each unit, which only its chunk writes.
  private let squares: Storage<Double>
  /// On the gradients, for rules but Adam: clipping.
  private var clipScale: Float = 1

  /// λ of weight decay.
  private var decay: Float { Float(configuration.weightDecay) }

  /// Dense floats in a unit: enough to be worth taking, few enough to share evenly.
  static let piece = 16 * 1024

  init(
    _ optimizer: Optimizer, _ executor: Executor, segments: [Bool], workspace: Workspace,
    isMeasured: Bool, movesResting: Bool = false
  ) {
    let store = optimizer.store
    configuration = optimizer.configuration
    values = store.dense.base
    firstMoments = optimizer.firstMoments.base
    secondMoments = optimizer.secondMoments.base
    arrays = optimizer.arrays
    self.workspace = workspace
    numbers = segments.map { _ in ck_adam() }
    batch = Batch(
      rows: 0, ids: nil, fields: 0, dense: nil, denseCount: 0, labels: nil, spaces: nil, tasks: 0,
      index: nil)
    tables = executor.tableGradients.map {
      TableUpdate(
        $0, optimizer: optimizer, capacity: executor.plan.capacity, isMeasured: isMeasured,
        movesResting: movesResting)
    }
    var units: [Unit] = []
    // Tables first: they are the longest units.
    for (place, table) in tables.enumerated() {
      let segment = store.segment(of: table.gradient.parameter)
      if segments[segment] { units.append(.table(place, segment: segment)) }
    }
    for segment in segments.indices where segments[segment] {
      for run in store.runs(of: segment) {
        for start in stride(from: run.range.lowerBound, to: run.range.upperBound, by: Self.piece) {
          let end = min(start + Self.piece, run.range.upperBound)
          units.append(
            .dense(
              start..<end, segment: segment, rateFactor: run.rateFactor, decays: run.decays))
        }
      }
    }
    self.units = units
    squares = Storage(count: units.count, filling: 0)
  }

  /// The norm of the summed gradients, unit after unit.
  var norm: Double { squares.elements.reduce(0, +).squareRoot() }

  /// Scales the gradients that are applied.
  mutating func scale(by factor: Float) {
    for segment in numbers.indices { numbers[segment].scale = factor }
    clipScale = factor
  }

  /// The numbers of this step for Adagrad.
  private func adagrad(epsilon: Double) -> ck_adagrad {
    ck_adagrad(rate: rate, epsilon: Float(epsilon), scale: clipScale)
  }

  func kind(of chunk: Int) -> WorkKind? {
    if case .table = units[chunk] { .embedding } else { .optimiser }
  }

  func run(chunk: Int, thread: Int) {
    switch units[chunk] {
    case .dense(let range, let segment, let rateFactor, let decays):
      dense(
        range, segment: segment, rateFactor: rateFactor, decays: decays, unit: chunk,
        thread: thread)
    case .table(let place, let segment): table(tables[place], segment: segment, unit: chunk)
    }
  }

  private func dense(
    _ range: Range<Int>, segment: Int, rateFactor: Double, decays: Bool, unit: Int, thread: Int
  ) {
    let count = Int64(range.count)
    let gradient = workspace.laneGradients.base + range.lowerBound
    let stride = Int64(workspace.laneStride)
    if phase == .sum {
      ck_sum_lanes(count, gradient, stride, Int64(lanes))
      squares[unit] = ck_sum_of_squares(count, gradient)
      return
    }
    let lanes = phase == .apply ? Int64(lanes) : 1
    let values = self.values + range.lowerBound
    let rate = self.rate * Float(rateFactor)
    masked?.save(range, arrays, thread: thread)
    defer { masked?.restore(range, arrays, thread: thread) }
    if decays, decay != 0 {
      ck_add_scaled(count, 1 - rate * decay, values, values, 0)
    }
    switch configuration.rule {
    case .adam:
      var numbers = numbers[segment]
      numbers.rate *= Float(rateFactor)
      ck_adam_step(
        count, values, firstMoments + range.lowerBound,
        secondMoments + range.lowerBound, gradient, stride, lanes,
        &numbers)
    case .adagrad(let epsilon, _, _):
      var numbers = adagrad(epsilon: epsilon)
      numbers.rate = rate
      ck_adagrad_step(
        count, values, secondMoments + range.lowerBound, gradient, stride, lanes,
        &numbers)
    case .sgd:
      ck_sgd_step(count, values, gradient, stride, lanes, rate * clipScale)
    }
  }

  private func table(_ table: TableUpdate, segment: Int, unit: Int) {
    if phase != .applySums, !isGrouped { table.group(batch) }
    if phase != .sum, decay != 0 { table.decay(by: 1 - rate * decay) }
    if phase == .sum {
      squares[unit] = table.sumOfSquares(of: table.gradient)
      return
    }
    switch configuration.rule {
    case .adam: table.adam(numbers[segment], isSummed: phase == .applySums)
    case .adagrad(let epsilon, _, let isRowWise):
      table.adagrad(
        adagrad(epsilon: epsilon), isRowWise: isRowWise, isSummed: phase == .applySums)
    case .sgd: table.sgd(rate * clipScale, isSummed: phase == .applySums)
    }
  }
}
