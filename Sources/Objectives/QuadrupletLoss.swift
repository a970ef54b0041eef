internal import CKernels
public import Graph

/// How far a teacher's logits r are from the order that the labels of two tasks ask for, its own
/// first: ++ ≻ +− ≻ −+ ≻ −−.
///
///     L = s (β₁ m(++ ≻ +−) + β₂ m(−+ ≻ −−) + m(+− ≻ −+))
///     m(A ≻ B) = Σ_{i∈A, j∈B} u_i u_j softplus(−d_ij) / |A × B|,   d_ij = r_i − r_j
///     dr_i = −Σ_j u_i u_j σ(−d_ij) / |A × B|,  dr_j = Σ_i u_i u_j σ(−d_ij) / |A × B|
///
/// The pairs are those of the whole batch; a relation without any is 0. A row belongs to one of the
/// four cells if it lies in the sample spaces of both tasks, else to none; u is what it counts for
/// the own task. Where |A × B| is above ``mostPairs``, every n-th pair counts: with rows numbered
/// within their cells those whose i + j + q is a multiple of n = ⌈|A × B| / mostPairs⌉, q drawn anew
/// in each step, and the mean is over them. Without weights and up to 2√mostPairs rows, all do.
///
/// Every lane shows its logits by cell to the others and works out the gradients of its own rows, so
/// each pair is looked at from both sides. Forward leaves dr in the output and backward hands it on.
///
/// Yang et al. "Cross-Task Knowledge Distillation in Multi-Task Recommendation." AAAI 2022.
/// arXiv:2202.09852
public struct QuadrupletLoss: Loss {
  /// The place of its sums and its scale.
  public let place: Int
  /// The task whose teacher it orders.
  public let task: Int
  /// The task whose label orders rows of the same own label.
  public let other: Int
  /// s.
  public let share: Float
  /// β₁.
  public let fineAbove: Parameter
  /// β₂.
  public let fineBelow: Parameter
  /// Pairs of a relation that are looked at, at most.
  public let mostPairs: Int

  /// The name in profiles and messages.
  public var name: String { "quadruplets" }
  /// The output, which holds dr.
  public var keeps: Keeps { .output }
  /// β₁ and β₂.
  public var givens: [Parameter] { [fineAbove, fineBelow] }
  /// For the pairs of the whole batch.
  public var meets: Bool { true }
  /// By cell the count of a lane's rows, then their logits and what they count.
  public func meetingWidth(rows: Int) -> Int { Cells.count + 2 * rows }
  /// By row, cell after cell, dr and the sums of one relation.
  public func scratch(rows: Int) -> Int { 2 * rows }
  /// 1, dr.
  public func width(of inputs: [Int]) -> Int {
    precondition(inputs == [1], "quadruplets: a logit is one number, found \(inputs)")
    return 1
  }

  /// 1: the means are over pairs.
  public func rowCount(of batch: Batch) -> Float { 1 }

  /// Shows the lane's logits, cell after cell.
  public func meet(_ call: Call) {
    let counts = call.meeting(ofLane: call.lane)
    counts.update(repeating: 0, count: Cells.count)
    for row in 0..<call.rows {
      if let cell = cell(ofRow: row, call) { counts[cell] += 1 }
    }
    let cells = Cells(of: call, lane: call.lane)
    var next = cells.starts
    let r = call.input(0)
    for row in 0..<call.rows {
      guard let cell = cell(ofRow: row, call) else { continue }
      cells.logits[next[cell]] = r.base[row * r.stride]
      cells.weights[next[cell]] = call.batch.weight(
        at: call.batch.place(ofRow: call.firstRow + row), of: task)
      next[cell] += 1
    }
  }

  /// Adds the lane's part of the loss to the sums and leaves dr in the output.
  public func forward(_ call: Call) {
    let own = Cells(of: call, lane: call.lane)
    let gradient = call.scratch
    gradient.update(repeating: 0, count: call.rows)
    var loss = 0.0
    for relation in Relation.all {
      let factor = relation.fine < 0 ? share : share * call.given(relation.fine)[0]
      guard factor != 0 else { continue }
      loss += Double(factor) * add(relation, factor * call.lossScales[place], own, call)
    }
    call.lossSums[place].loss += loss
    if call.lane == 0 { call.lossSums[place].rows += 1 }
    var next = own.starts
    let dr = call.output
    for row in 0..<call.rows {
      let cell = cell(ofRow: row, call)
      dr.base[row * dr.stride] = cell.map { gradient[next[$0]] } ?? 0
      if let cell { next[cell] += 1 }
    }
  }

  /// Hands dr on to the logit.
  public func backward(_ call: Call) { call.handOn(column: 0, toInput: 0) }

  /// 2 · own + other: 3 is best; nil outside either sample space.
  private func cell(ofRow row: Int, _ call: Call) -> Int? {
    let place = call.batch.place(ofRow: call.firstRow + row)
    guard let labels = call.batch.labels, call.batch.isInSpace(place, of: task),
      call.batch.isInSpace(place, of: other)
    else { return nil }
    let at = place * call.batch.tasks
    return (labels[at + task] > 0.5 ? 2 : 0) + (labels[at + other] > 0.5 ? 1 : 0)
  }
}

/// Rows of one cell that ought to stand above those of another.
private struct Relation {
  let high: Int
  let low: Int
  /// Which β weighs it; −1: none.
  let fine: Int

  static let all = [
    Relation(high: 3, low: 2, fine: 0), Relation(high: 1, low: 0, fine: 1),
    Relation(high: 2, low: 1, fine: -1),
  ]
}

/// What a lane shows of its rows: counts by cell, and logits and weights cell after cell.
private struct Cells {
  static let count = 4
  let base: UnsafeMutablePointer<Float>
  let rows: Int
  /// Where each cell begins.
  let starts: SIMD4<Int>

  init(of call: Call, lane: Int) {
    base = call.meeting(ofLane: lane)
    var starts = SIMD4<Int>()
    for cell in 1..<Self.count { starts[cell] = starts[cell - 1] + Int(base[cell - 1]) }
    self.starts = starts
    rows = starts[Self.count - 1] + Int(base[Self.count - 1])
  }

  func count(_ cell: Int) -> Int { Int(base[cell]) }
  var logits: UnsafeMutablePointer<Float> { base + Self.count }
  var weights: UnsafeMutablePointer<Float> { base + Self.count + rows }
}

// MARK: - Pairs

extension QuadrupletLoss {
  /// Adds a relation to dr, and returns this lane's part of its mean.
  private func add(_ relation: Relation, _ scale: Float, _ own: Cells, _ call: Call) -> Double {
    var counts = (high: 0, low: 0)
    for lane in 0..<call.lanes {
      let base = call.meeting(ofLane: lane)
      counts.high += Int(base[relation.high])
      counts.low += Int(base[relation.low])
    }
    let pairs = PairChoice(counts.high, counts.low, most: mostPairs, draw: call.batch.draw)
    guard pairs.count > 0 else { return 0 }
    var loss = 0.0
    let step = scale / Float(pairs.count)
    add(relation.high, over: relation.low, 1, -step, pairs, own, call, &loss)
    add(relation.low, over: relation.high, -1, step, pairs, own, call, nil)
    return loss / Double(pairs.count)
  }

  /// Adds what the own rows of a cell get from the others' rows of the opposite one.
  private func add(
    _ cell: Int, over opposite: Int, _ sign: Float, _ step: Float, _ pairs: PairChoice,
    _ own: Cells, _ call: Call, _ loss: UnsafeMutablePointer<Double>?
  ) {
    let (rows, start) = (own.count(cell), own.starts[cell])
    guard rows > 0 else { return }
    let slopes = call.scratch + call.rows
    slopes.update(repeating: 0, count: rows)
    let weights = call.batch.spaces == nil ? nil : own.weights + start
    var before = 0
    for lane in 0..<call.lane { before += Int(call.meeting(ofLane: lane)[cell]) }
    var phase = pairs.phase + before
    for lane in 0..<call.lanes {
      let others = Cells(of: call, lane: lane)
      let (count, first) = (others.count(opposite), others.starts[opposite])
      ck_ordered_pairs(
        Int64(rows), own.logits + start, weights, Int64(count), others.logits + first,
        weights == nil ? nil : others.weights + first, sign, Int64(pairs.period), Int64(phase),
        slopes, loss)
      phase += count
    }
    for row in 0..<rows {
      call.scratch[start + row] += step * slopes[row] * (weights?[row] ?? 1)
    }
  }
}

/// Which pairs of a relation count: (i, j) where i + j + phase is a multiple of the period.
struct PairChoice {
  let period: Int
  let phase: Int
  /// How many there are.
  let count: Int

  init(_ high: Int, _ low: Int, most: Int, draw: UInt64) {
    let period = max(1, (high * low + most - 1) / most)
    let phase = period == 1 ? 0 : Int(draw % UInt64(period))
    self.period = period
    self.phase = phase
    guard period > 1 else {
      count = high * low
      return
    }
    count = (0..<high).reduce(0) { sum, i in
      let first = (period - (i + phase) % period) % period
      return sum + (first < low ? (low - first + period - 1) / period : 0)
    }
  }
}

extension Variable {
  /// How far this teacher's logit is from the order of two tasks' labels; see ``QuadrupletLoss``.
  ///
  /// - Parameters:
  ///   - task: the task whose teacher it is.
  ///   - other: the task whose label orders rows of the same own label.
  ///   - place: the place of its sums.
  ///   - share: what the loss is multiplied by.
  ///   - betas: β₁, of ++ over +−, and β₂, of −+ over −−.
  ///   - mostPairs: pairs of a relation that are looked at, at most.
  /// - Returns: what ends the trace.
  public func quadrupletLoss(
    of task: Int, with other: Int, at place: Int, share: Float = 1,
    betas: (above: Parameter, below: Parameter), mostPairs: Int
  ) -> Variable {
    graph.record(
      QuadrupletLoss(
        place: place, task: task, other: other, share: share, fineAbove: betas.above,
        fineBelow: betas.below, mostPairs: mostPairs), [self])
  }
}
