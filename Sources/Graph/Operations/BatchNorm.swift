/// Columns of mean 0 and variance 1 over the rows of a batch, then scaled and shifted.
///
///     x̂ = (x − μ) / √(σ² + ε),  y = x̂ ∘ w + b       x, y [B, n], w, b, μ, σ² [n]
///     training:   μ, σ² of the batch (σ² over B),   dx = w/√(σ² + ε) ∘ (dy − mean dy − x̂ mean(dy ∘ x̂))
///     answering:  μ, σ² the running ones,           dx = w/√(σ² + ε) ∘ dy
///     dw = Σ dy ∘ x̂,  db = Σ dy
///
/// While it trains, the running mean follows the batch's, the running variance its unbiased one,
/// Σ(x − μ)²/(B − 1); a batch of one row moves neither. It reads other rows of
/// the batch: lanes hand each other the count, mean and squared deviations of their rows, which
/// every lane joins in the order of the lanes (Chan, Golub, LeVeque 1979), so that the bits do not
/// depend on the number of threads.
///
/// Ioffe, Szegedy. "Batch Normalization." ICML 2015. arXiv:1502.03167
public struct BatchNorm: Operation {
  /// w.
  public let weight: Parameter
  /// b.
  public let bias: Parameter
  /// The running μ.
  public let mean: Parameter
  /// The running σ².
  public let variance: Parameter
  /// n.
  public let columns: Int
  /// Whether μ and σ² are those of the batch.
  public let isTraining: Bool
  /// ε.
  public let epsilon: Float

  /// Normalises columns.
  public init(
    weight: Parameter, bias: Parameter, mean: Parameter, variance: Parameter, columns: Int,
    isTraining: Bool, epsilon: Float = 1e-5
  ) {
    self.weight = weight
    self.bias = bias
    self.mean = mean
    self.variance = variance
    self.columns = columns
    self.isTraining = isTraining
    self.epsilon = epsilon
  }

  /// The name in profiles and messages.
  public var name: String { "batch norm" }
  /// The input.
  public var keeps: Keeps { .inputs }
  /// w and b.
  public var parameters: [Parameter] { [weight, bias] }
  /// The running μ and σ².
  public var givens: [Parameter] { [mean, variance] }
  /// The running μ and σ², while it trains.
  public var averages: [Parameter] { isTraining ? [mean, variance] : [] }
  /// n.
  public func width(of inputs: [Int]) -> Int {
    precondition(inputs == [columns], "batch norm: [B, \(inputs)] has not \(columns) columns")
    return columns
  }
  /// While it trains, for μ and σ² of the whole batch.
  public var meets: Bool { isTraining }
  /// Count, means and squared deviations of a lane's rows; behind them Σ dy ∘ x̂ and Σ dy.
  public func meetingWidth(rows: Int) -> Int { isTraining ? 1 + 4 * columns : 0 }
  /// μ and 1/√(σ² + ε), and two more numbers a column.
  public func scratch(rows: Int) -> Int { 4 * columns }

  // MARK: - Forward

  /// Leaves the count, the means and the squared deviations of the lane's rows.
  public func meet(_ call: Call) {
    let (x, n) = (call.input(0), call.outputWidth)
    let own = call.meeting(ofLane: call.lane)
    let (mean, squares) = (own + 1, own + 1 + n)
    own[0] = Float(call.rows)
    (own + 1).update(repeating: 0, count: 2 * n)
    for row in 0..<call.rows { RowArithmetic.add(1, x.base + row * x.stride, to: mean, n) }
    for k in 0..<n { mean[k] /= Float(call.rows) }
    for row in 0..<call.rows {
      let from = x.base + row * x.stride
      for k in 0..<n { squares[k] += (from[k] - mean[k]) * (from[k] - mean[k]) }
    }
  }

  /// Normalises the rows, and adds to what the running numbers follow.
  public func forward(_ call: Call) {
    let (x, y, n) = (call.input(0), call.output, call.outputWidth)
    let (w, b) = (call.value(0), call.value(1))
    if isTraining {
      join(call)
      follow(call)
    }
    spread(call)
    let (mean, inverse) = (call.scratch, call.scratch + n)
    for row in 0..<call.rows {
      let (from, to) = (x.base + row * x.stride, y.base + row * y.stride)
      for k in 0..<n { to[k] = (from[k] - mean[k]) * inverse[k] * w[k] + b[k] }
    }
  }

  /// The batch's μ and Σ(x − μ)² in the scratch memory: lane joins lane, in order.
  private func join(_ call: Call) {
    let n = call.outputWidth
    let (mean, squares) = (call.scratch, call.scratch + n)
    (call.scratch).update(repeating: 0, count: 2 * n)
    var count: Float = 0
    for lane in 0..<call.lanes {
      let other = call.meeting(ofLane: lane)
      let (rows, all) = (other[0], count + other[0])
      for k in 0..<n {
        let difference = other[1 + k] - mean[k]
        mean[k] += difference * rows / all
        squares[k] += other[1 + n + k] + difference * difference * count * rows / all
      }
      count = all
    }
  }

  /// Adds this lane's part of what the running numbers follow: their mean over the rows of the batch
  /// is μ and the unbiased σ².
  private func follow(_ call: Call) {
    let n = call.outputWidth
    let (mean, squares) = (call.scratch, call.scratch + n)
    guard call.lane == 0 else { return }
    let rows = Float(call.batch.rows)
    for k in 0..<n {
      call.sums(0)[k] += rows * (rows > 1 ? mean[k] : call.given(0)[k])
      call.sums(1)[k] += rows * (rows > 1 ? squares[k] / (rows - 1) : call.given(1)[k])
    }
  }

  /// μ and 1/√(σ² + ε) in the scratch memory, from the batch's squares or the running numbers.
  private func spread(_ call: Call) {
    let n = call.outputWidth
    let (mean, inverse) = (call.scratch, call.scratch + n)
    for k in 0..<n {
      if !isTraining { mean[k] = call.given(0)[k] }
      let variance = isTraining ? inverse[k] / Float(call.batch.rows) : call.given(1)[k]
      inverse[k] = 1 / (variance + epsilon).squareRoot()
    }
  }

  // MARK: - Backward

  /// Leaves Σ dy ∘ x̂ and Σ dy of the lane's rows.
  public func meetBackward(_ call: Call) {
    let n = call.outputWidth
    let own = call.meeting(ofLane: call.lane) + 1 + 2 * n
    own.update(repeating: 0, count: 2 * n)
    join(call)
    spread(call)
    addSlopes(call, to: own, own + n)
  }

  private func addSlopes(
    _ call: Call, to dw: UnsafeMutablePointer<Float>, _ db: UnsafeMutablePointer<Float>
  ) {
    let (x, dy, n) = (call.input(0), call.outputGradient, call.outputWidth)
    let (mean, inverse) = (call.scratch, call.scratch + n)
    for row in 0..<call.rows {
      let (from, slopes) = (x.base + row * x.stride, dy.base + row * dy.stride)
      for k in 0..<n {
        dw[k] += slopes[k] * (from[k] - mean[k]) * inverse[k]
        db[k] += slopes[k]
      }
    }
  }

  /// Adds to the gradients of w, b and x.
  public func backward(_ call: Call) {
    let n = call.outputWidth
    let (dw, db) = (call.gradient(0), call.gradient(1))
    if !call.accumulatesParameters {
      dw.update(repeating: 0, count: n)
      db.update(repeating: 0, count: n)
    }
    if isTraining { join(call) }
    spread(call)
    if isTraining {
      let own = call.meeting(ofLane: call.lane) + 1 + 2 * n
      RowArithmetic.add(1, own, to: dw, n)
      RowArithmetic.add(1, own + n, to: db, n)
      average(call)
    } else {
      addSlopes(call, to: dw, db)
      (call.scratch + 2 * n).update(repeating: 0, count: 2 * n)
    }
    addInput(call)
  }

  /// mean(dy ∘ x̂) and mean dy over the batch in the scratch memory, lanes in order.
  private func average(_ call: Call) {
    let n = call.outputWidth
    let means = call.scratch + 2 * n
    means.update(repeating: 0, count: 2 * n)
    for lane in 0..<call.lanes {
      RowArithmetic.add(1, call.meeting(ofLane: lane) + 1 + 2 * n, to: means, 2 * n)
    }
    for k in 0..<(2 * n) { means[k] /= Float(call.batch.rows) }
  }

  private func addInput(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let (x, dy, n) = (call.input(0), call.outputGradient, call.outputWidth)
    let (mean, inverse, w) = (call.scratch, call.scratch + n, call.value(0))
    let (share, shift) = (call.scratch + 2 * n, call.scratch + 3 * n)
    for row in 0..<call.rows {
      let (from, slopes) = (x.base + row * x.stride, dy.base + row * dy.stride)
      let to = dx.base + row * dx.stride
      for k in 0..<n {
        let normalised = (from[k] - mean[k]) * inverse[k]
        let slope = w[k] * inverse[k] * (slopes[k] - shift[k] - normalised * share[k])
        to[k] = dx.accumulates ? to[k] + slope : slope
      }
    }
  }
}

extension Variable {
  /// Columns normalised over the rows of the batch, or by running numbers; see ``BatchNorm``.
  public func batchNorm(_ norm: BatchNorm) -> Variable { graph.record(norm, [self]) }
}
