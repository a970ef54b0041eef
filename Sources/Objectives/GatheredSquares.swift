internal import CKernels
public import Graph

/// What a row of a task used, squared: the row's field embeddings and the task's own weights.
///
///     ℓ_i = ½ λ δ_ik (‖x_i‖² + ‖θ_k‖²)         x_i: the first columns, the embeddings
///     dx_i = λ δ_ik x_i,  dθ_k = λ Σ_i δ_ik θ_k
///
/// The mean is over the rows of all tasks, as that of ``TaskLoss`` with ``TaskLoss/Mean/anyTask``.
/// λ is given; a table's row is decayed as often as a batch uses it.
public struct GatheredSquares: Loss {
  /// The task whose sample space counts.
  public let task: Int
  /// The place of its sums and its scale.
  public let place: Int
  /// Columns of x that are penalised.
  public let columns: Int
  /// λ.
  public let strength: Parameter
  /// θ_k.
  public let weights: Weights

  /// A task's weights.
  public struct Weights: Sendable {
    /// The numbers that are penalised.
    public var penalised: Parameter
    /// How many.
    public var count: Int
    /// The bias that the same layer has, of so many numbers, which is not.
    public var free: Parameter
    /// How many.
    public var freeCount: Int

    /// Names a task's weights.
    public init(penalised: Parameter, count: Int, free: Parameter, freeCount: Int) {
      self.penalised = penalised
      self.count = count
      self.free = free
      self.freeCount = freeCount
    }
  }

  /// The name in profiles and messages.
  public var name: String { "squares" }
  /// x.
  public var keeps: Keeps { .inputs }
  /// θ, and the bias beside it: a layer's parameters are shared all or none.
  public var parameters: [Parameter] { [weights.penalised, weights.free] }
  /// λ.
  public var givens: [Parameter] { [strength] }
  /// 1; nobody reads it.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs.count == 1 && inputs[0] >= columns,
      "squares: \(columns) columns of one value, found \(inputs)")
    return 1
  }

  /// The rows of all tasks.
  public func rowCount(of batch: Batch) -> Float { batch.rowsOfAnyTask }

  /// Adds ½ λ (‖x_i‖² + ‖θ‖²) of the task's rows to the sums.
  public func forward(_ call: Call) {
    let (x, strength) = (call.input(0), Double(call.given(0)[0]))
    let own = ck_sum_of_squares(Int64(weights.count), call.value(0))
    var (sum, rows) = (0.0, 0.0)
    for row in 0..<call.rows {
      let at = call.batch.place(ofRow: call.firstRow + row)
      rows += call.batch.isInAnySpace(at) ? 1 : 0
      guard call.batch.isInSpace(at, of: task), strength != 0 else { continue }
      sum += own + ck_sum_of_squares(Int64(columns), x.base + row * x.stride)
    }
    call.lossSums[place].loss += strength / 2 * sum
    call.lossSums[place].rows += rows
  }

  /// Adds to the gradients of the embeddings and of the weights.
  public func backward(_ call: Call) {
    let factor = call.given(0)[0] * call.lossScales[place]
    var rows: Float = 0
    let x = call.input(0)
    let dx = call.inputGradient(0)
    for row in 0..<call.rows {
      let at = call.batch.place(ofRow: call.firstRow + row)
      let isIn = call.batch.isInSpace(at, of: task)
      rows += isIn ? 1 : 0
      guard let dx else { continue }
      let to = dx.base + row * dx.stride
      if !dx.accumulates { to.update(repeating: 0, count: call.inputWidth(0)) }
      guard isIn, factor != 0 else { continue }
      ck_add_scaled(Int64(columns), factor, x.base + row * x.stride, to, 1)
    }
    if !call.accumulatesParameters {
      call.gradient(0).update(repeating: 0, count: weights.count)
      call.gradient(1).update(repeating: 0, count: weights.freeCount)
    }
    ck_add_scaled(Int64(weights.count), factor * rows, call.value(0), call.gradient(0), 1)
  }
}

extension Variable {
  /// The squares of what a task's rows used; see ``GatheredSquares``.
  public func gatheredSquares(
    place: Int, columns: Int, weights: GatheredSquares.Weights, of task: Int,
    strength: Parameter
  ) -> Variable {
    graph.record(
      GatheredSquares(
        task: task, place: place, columns: columns, strength: strength, weights: weights),
      [self])
  }
}
