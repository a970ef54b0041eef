internal import CKernels
import Graph
import Runs
import Tensors

/// The update of one step: pieces of the dense parameters, and whole tables.
struct UpdateBody: ParallelBody, ~Copyable {
  /// What a run of the loop does.
  enum Phase {
    /// Sum the lanes and apply, in one pass; of tables that are cut, group the rows alone.
    case apply
    /// Apply to the rows of the tables that are cut.
    case pieces
    /// Group the rows of tables.
    case group
    /// Apply to whole tables, but for those that are cut.
    case tables
    /// Sum the lanes of dense gradients and apply.
    case dense
    /// Sum the lanes in place, and the squares.
    case sum
    /// Apply what was summed.
    case applySums
    /// Add what L2 adds, and nothing else: lanes of other processes follow.
    case regularise
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
  /// Whether the first lane has what L2 adds already.
  var hasL2 = false
  /// Whether somebody has grouped the tables' rows already.
  var isGrouped = false
  var batch: Batch
  /// Tables first.
  let units: [Unit]
  /// How many of the units are tables.
  let tableUnits: Int

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
  /// The tables that are moved in pieces.
  private(set) var pieces: TablePieces
  /// Σ g² of each unit, which only its chunk writes.
  private let squares: Storage<Double>
  /// On the gradients, for rules but Adam: clipping.
  private var clipScale: Float = 1

  /// λ of weight decay.
  private var decay: Float { Float(configuration.weightDecay) }

  /// Dense floats in a unit at most: enough to be worth taking, few enough to share evenly.
  ///
  /// A norm is the sum of its units' squares, in order: where one is asked for all units are of this size.
  static let piece = 16 * 1024
  /// The same where more than two threads share the units and nobody asks for a norm.
  static let finePiece = 4 * 1024

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
    batch = Batch(rows: 0)
    let tables = executor.tableGradients.map {
      TableUpdate(
        $0, optimizer: optimizer, capacity: executor.plan.capacity, isMeasured: isMeasured,
        movesResting: movesResting)
    }
    self.tables = tables
    let threads = workspace.pool.working
    let moved = tables.indices.map {
      (table: $0, segment: store.segment(of: tables[$0].gradient.parameter))
    }.filter { segments[$0.segment] }
    pieces = TablePieces(isMeasured ? [] : moved, of: tables, threads: threads)
    tableUnits = moved.count
    // Tables first: they are the longest units.
    units =
      moved.map { .table($0.table, segment: $0.segment) }
      + Self.denseUnits(
        optimizer, segments, piece: isMeasured || threads <= 2 ? Self.piece : Self.finePiece)
    squares = Storage(count: units.count, filling: 0)
  }

  private static func denseUnits(
    _ optimizer: Optimizer, _ segments: [Bool], piece: Int
  ) -> [Unit] {
    var units: [Unit] = []
    for segment in segments.indices where segments[segment] {
      for span in optimizer.store.spans(of: segment, optimizer.configuration) {
        // A layer is measured as a whole; the runs of an array are its pieces already.
        let isWhole = optimizer.configuration.rule.isByLayer || span.runs > 1
        units += (isWhole ? [span] : span.pieces(of: piece)).map { .dense($0, segment: segment) }
      }
    }
    return units
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

  var barrier: Barrier {
    switch phase {
    case .sum: .sums
    case .pieces, .tables, .group: .tables
    case .apply, .applySums, .dense: .update
    case .regularise: .penalties
    }
  }

  /// Cuts the tables of the newest batch, whose rows are grouped, and says into how many pieces.
  mutating func cutTables() -> Int {
    pieces.prepare(tables)
    return pieces.count
  }

  func kind(of chunk: Int) -> WorkKind? {
    if phase == .pieces { return .embedding }
    if case .table = units[chunk] { return .embedding }
    return .optimiser
  }

  /// Runs a unit; what ranks have under way goes on behind it.
  func run(chunk: Int, thread: Int) {
    run(chunk, thread: thread)
    if thread == 0 { workspace.exchange?.advance() }
  }

  private func run(_ chunk: Int, thread: Int) {
    if phase == .pieces {
      let piece = pieces.piece(chunk, of: tables)
      return move(tables[piece.table], segment: piece.segment, isSummed: false, piece.groups)
    }
    switch units[chunk] {
    case .dense(let span, let segment):
      dense(span, segment: segment, unit: chunk, thread: thread)
    case .table(let index, let segment):
      if phase != .regularise { table(index, segment: segment, unit: chunk) }
    }
  }

  // MARK: - Dense parameters

  /// Whether lanes of dense gradients are summed while they are applied.
  private var sumsLanes: Bool { phase == .apply || phase == .dense }

  private func dense(_ span: ParameterStore.Span, segment: Int, unit: Int, thread: Int) {
    if phase == .sum {
      var sum = 0.0
      for run in 0..<span.runs { sum += squares(of: span.run(run), span.settings) }
      squares[unit] = sum
      return
    }
    if phase == .regularise {
      for run in 0..<span.runs { addL2(span.settings, to: span.run(run)) }
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
    if sumsLanes, !hasL2 { addL2(settings, to: range) }
    let gradient = workspace.laneGradients.base + range.lowerBound
    let stride = Int64(workspace.laneStride)
    let lanes = sumsLanes ? Int64(lanes) : 1
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
      if sumsLanes, !hasL2 { addL2(settings, to: range) }
      masked?.save(range, arrays, thread: thread)
      withUnsafeMutableBytes(of: &norms) { norms in
        ck_lamb_moments(
          Int64(range.count), values + start, firstMoments + start, secondMoments + start,
          workspace.laneGradients.base + start, Int64(workspace.laneStride),
          sumsLanes ? Int64(lanes) : 1, &numbers,
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

  private func table(_ index: Int, segment: Int, unit: Int) {
    let table = tables[index]
    if phase == .dense { return }
    if phase == .group || (phase != .applySums && !isGrouped) { table.group(batch) }
    if phase == .group { return }
    if phase == .sum {
      squares[unit] = table.sumOfSquares(of: table.gradient)
    } else if phase == .applySums || !pieces.contains(index) {
      move(table, segment: segment, isSummed: phase == .applySums)
    }
  }

  /// One step of a table, or of a part of the rows that the batch touches.
  private func move(
    _ table: TableUpdate, segment: Int, isSummed: Bool, _ part: Range<Int>? = nil
  ) {
    let rate = self.rate * table.rateFactor
    if decay != 0, !configuration.rule.isByLayer { table.decay(by: 1 - rate * decay, part) }
    switch configuration.rule {
    case .adam, .adamW:
      var numbers = numbers[segment]
      numbers.rate *= table.rateFactor
      table.adam(numbers, isSummed: isSummed, part)
    case .adagrad(let epsilon, _, let isRowWise):
      table.adagrad(
        adagrad(epsilon: epsilon, rate: rate), isRowWise: isRowWise, isSummed: isSummed, part)
    case .rmsprop(let alpha, let epsilon, let momentum, _):
      table.rmsprop(
        rmsprop(alpha: alpha, epsilon: epsilon, momentum: momentum, rate: rate),
        isSummed: isSummed, part)
    case .gradientDescent(let momentum, let isNesterov):
      guard momentum > 0 else { return table.sgd(rate * clipScale, isSummed: isSummed, part) }
      table.momentum(self.momentum(momentum, isNesterov, rate: rate), isSummed: isSummed, part)
    case .projectedAdagrad:
      table.projectedAdagrad(projected(rate: rate, of: segment), isSummed: isSummed, part)
    case .lamb:
      table.lamb(lamb(numbers[segment], decays: true), rate: rate, isSummed: isSummed)
    }
  }
}
