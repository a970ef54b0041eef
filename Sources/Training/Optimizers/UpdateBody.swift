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
    case dense(ParameterStore.Span, segment: Int)
    case table(Int, segment: Int)
  }

  var phase = Phase.apply
  /// Adam's numbers by segment.
  var numbers: [ck_adam]
  var rate: Float = 0
  /// Steps of each segment, this one included.
  var steps: [Int]
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
  private let means: UnsafeMutablePointer<Float>
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
    means = optimizer.means.base
    arrays = optimizer.arrays
    self.workspace = workspace
    numbers = segments.map { _ in ck_adam() }
    steps = segments.map { _ in 0 }
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
      for span in store.spans(of: segment, optimizer.configuration) {
        // A layer is measured as a whole; the runs of an array are its pieces already.
        let isWhole = optimizer.configuration.rule.isByLayer || span.runs > 1
        units += (isWhole ? [span] : span.pieces(of: Self.piece)).map {
          .dense($0, segment: segment)
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

  // MARK: - The numbers of this step

  private func adagrad(epsilon: Double, rate: Float) -> ck_adagrad {
    ck_adagrad(rate: rate, epsilon: Float(epsilon), scale: clipScale)
  }

  /// Those of a segment.
  private func projected(rate: Float, of segment: Int) -> ck_projected_adagrad {
    guard case .projectedAdagrad(let epsilon, let penalty, let isEveryStep) = configuration.rule
    else { preconditionFailure("the numbers of another rule") }
    return ck_projected_adagrad(
      rate: rate, epsilon: Float(epsilon), penalty: Float(penalty),
      resting: isEveryStep ? Float(epsilon) : 0, scale: clipScale,
      step: Int32(clamping: steps[segment]))
  }

  private func rmsprop(
    alpha: Double, epsilon: Double, momentum: Double, rate: Float
  ) -> ck_rmsprop {
    ck_rmsprop(
      rate: rate, alpha: Float(alpha), epsilon: Float(epsilon), momentum: Float(momentum),
      scale: clipScale)
  }

  private func momentum(_ beta: Double, _ isNesterov: Bool, rate: Float) -> ck_momentum {
    ck_momentum(rate: rate, beta: Float(beta), scale: clipScale, nesterov: isNesterov)
  }

  /// LAMB's are Adam's without the rate.
  private func lamb(_ adam: ck_adam, decays: Bool) -> ck_lamb {
    ck_lamb(
      rate: 0, first: adam.rate, root: adam.root, beta1: adam.beta1, beta2: adam.beta2,
      epsilon: adam.epsilon, decay: decays ? decay : 0, scale: adam.scale)
  }

  var barrier: Barrier { phase == .sum ? .sums : .update }

  func kind(of chunk: Int) -> WorkKind? {
    if case .table = units[chunk] { .embedding } else { .optimiser }
  }

  func run(chunk: Int, thread: Int) {
    switch units[chunk] {
    case .dense(let span, let segment):
      dense(span, segment: segment, unit: chunk, thread: thread)
    case .table(let place, let segment): table(tables[place], segment: segment, unit: chunk)
    }
  }

  // MARK: - Dense parameters

  private func dense(_ span: ParameterStore.Span, segment: Int, unit: Int, thread: Int) {
    if phase == .sum {
      var sum = 0.0
      for run in 0..<span.runs { sum += squares(of: span.run(run), span.settings) }
      squares[unit] = sum
      return
    }
    if configuration.rule.isByLayer {
      return layer(span, numbers: numbers[segment], thread: thread)
    }
    for run in 0..<span.runs { move(span.run(run), span.settings, segment, thread: thread) }
  }

  /// Sums the lanes of a range into the first one, with what L2 adds, and returns Σ g².
  private func squares(of range: Range<Int>, _ settings: ParameterStore.Settings) -> Double {
    let count = Int64(range.count)
    let gradient = workspace.laneGradients.base + range.lowerBound
    ck_sum_lanes(count, gradient, Int64(workspace.laneStride), Int64(lanes))
    addL2(settings, to: range)
    return ck_sum_of_squares(count, gradient)
  }

  /// Adds λ·w to the gradient in the first lane.
  private func addL2(_ settings: ParameterStore.Settings, to range: Range<Int>) {
    guard settings.l2 != 0 else { return }
    ck_add_scaled(
      Int64(range.count), Float(settings.l2), values + range.lowerBound,
      workspace.laneGradients.base + range.lowerBound, 1)
  }

  /// One step of a range.
  private func move(
    _ range: Range<Int>, _ settings: ParameterStore.Settings, _ segment: Int, thread: Int
  ) {
    let count = Int64(range.count)
    if phase == .apply { addL2(settings, to: range) }
    let gradient = workspace.laneGradients.base + range.lowerBound
    let stride = Int64(workspace.laneStride)
    let lanes = phase == .apply ? Int64(lanes) : 1
    let (values, first, second) = (
      self.values + range.lowerBound, firstMoments + range.lowerBound,
      secondMoments + range.lowerBound
    )
    let rate = self.rate * Float(settings.rateFactor)
    masked?.save(range, arrays, thread: thread)
    defer { masked?.restore(range, arrays, thread: thread) }
    if settings.decays, decay != 0 { ck_add_scaled(count, 1 - rate * decay, values, values, 0) }
    switch configuration.rule {
    case .adam, .adamW:
      var numbers = numbers[segment]
      numbers.rate *= Float(settings.rateFactor)
      ck_adam_step(count, values, first, second, gradient, stride, lanes, &numbers)
    case .adagrad(let epsilon, _, _):
      var numbers = adagrad(epsilon: epsilon, rate: rate)
      ck_adagrad_step(count, values, second, gradient, stride, lanes, &numbers)
    case .rmsprop(let alpha, let epsilon, let momentum, let isCentered):
      var numbers = rmsprop(alpha: alpha, epsilon: epsilon, momentum: momentum, rate: rate)
      ck_rmsprop_step(
        count, values, second, momentum > 0 ? first : nil,
        isCentered ? means + range.lowerBound : nil, gradient, stride, lanes, &numbers)
    case .gradientDescent(let momentum, let isNesterov):
      guard momentum > 0 else {
        return ck_sgd_step(count, values, gradient, stride, lanes, rate * clipScale)
      }
      var numbers = self.momentum(momentum, isNesterov, rate: rate)
      ck_momentum_step(count, values, first, gradient, stride, lanes, &numbers)
    case .projectedAdagrad:
      project(range, gradient, stride, lanes, projected(rate: rate, of: segment))
    case .lamb: break
    }
  }

  /// One step of a range above 0.
  private func project(
    _ range: Range<Int>, _ gradient: UnsafePointer<Float>, _ stride: Int64, _ lanes: Int64,
    _ numbers: ck_projected_adagrad
  ) {
    var numbers = numbers
    ck_projected_adagrad_step(
      Int64(range.count), values + range.lowerBound, secondMoments + range.lowerBound, gradient,
      stride, lanes, &numbers)
  }

  /// One step of LAMB of a named array: its moments and norms, then its numbers.
  private func layer(_ span: ParameterStore.Span, numbers: ck_adam, thread: Int) {
    let settings = span.settings
    let rate = self.rate * Float(settings.rateFactor)
    var numbers = lamb(numbers, decays: settings.decays)
    var norms = (0.0, 0.0)
    for run in 0..<span.runs {
      let range = span.run(run)
      let start = range.lowerBound
      if phase == .apply { addL2(settings, to: range) }
      masked?.save(range, arrays, thread: thread)
      withUnsafeMutableBytes(of: &norms) { norms in
        ck_lamb_moments(
          Int64(range.count), values + start, firstMoments + start, secondMoments + start,
          workspace.laneGradients.base + start, Int64(workspace.laneStride),
          phase == .apply ? Int64(lanes) : 1, &numbers,
          norms.assumingMemoryBound(to: Double.self).baseAddress)
      }
      masked?.restore(range, arrays, thread: thread)
    }
    numbers.rate = rate * Self.trust(norms)
    for run in 0..<span.runs {
      let range = span.run(run)
      let start = range.lowerBound
      masked?.save(range, arrays, thread: thread)
      ck_lamb_step(
        Int64(range.count), values + start, firstMoments + start, secondMoments + start, &numbers)
      masked?.restore(range, arrays, thread: thread)
    }
  }

  /// ‖w‖ / ‖r‖ of Σ w² and Σ r²; 1 where one is 0.
  static func trust(_ squares: (numbers: Double, change: Double)) -> Float {
    guard squares.numbers > 0, squares.change > 0 else { return 1 }
    return Float((squares.numbers / squares.change).squareRoot())
  }

  // MARK: - Tables

  private func table(_ table: TableUpdate, segment: Int, unit: Int) {
    if phase != .applySums, !isGrouped { table.group(batch) }
    if phase == .sum {
      squares[unit] = table.sumOfSquares(of: table.gradient)
      return
    }
    let rate = self.rate * table.rateFactor
    let isSummed = phase == .applySums
    if decay != 0, !configuration.rule.isByLayer { table.decay(by: 1 - rate * decay) }
    switch configuration.rule {
    case .adam, .adamW:
      var numbers = numbers[segment]
      numbers.rate *= table.rateFactor
      table.adam(numbers, isSummed: isSummed)
    case .adagrad(let epsilon, _, let isRowWise):
      table.adagrad(
        adagrad(epsilon: epsilon, rate: rate), isRowWise: isRowWise, isSummed: isSummed)
    case .rmsprop(let alpha, let epsilon, let momentum, _):
      table.rmsprop(
        rmsprop(alpha: alpha, epsilon: epsilon, momentum: momentum, rate: rate),
        isSummed: isSummed)
    case .gradientDescent(let momentum, let isNesterov):
      guard momentum > 0 else { return table.sgd(rate * clipScale, isSummed: isSummed) }
      table.momentum(self.momentum(momentum, isNesterov, rate: rate), isSummed: isSummed)
    case .projectedAdagrad:
      table.projectedAdagrad(projected(rate: rate, of: segment), isSummed: isSummed)
    case .lamb:
      table.lamb(lamb(numbers[segment], decays: true), rate: rate, isSummed: isSummed)
    }
  }
}
