internal import CKernels
public import Graph

/// The loss of a task that can only happen where another one has: cross-entropy of the product of
/// both probabilities against y∧z, over all rows, from the logits a and b.
///
///     p = σ(a) σ(b)
///     ℓ = −log p                 da = −σ(−a)              db = −σ(−b)                 (y∧z)
///     ℓ = −log(1 − p)            da = σ(a)/(1+e⁻ᵇ+eᵃ⁻ᵇ)   db = σ(b)/(1+e⁻ᵃ+eᵇ⁻ᵃ)     (else)
///
/// A row counts if y∧z is known: y must lie in its sample space; z need not where y is 0.
/// Of weighted rows ℓ, da and db are multiplied by the row's weight.
/// Forward leaves (da, db) in the output and backward hands them on, as in ``TaskLoss``.
///
/// Ma et al. "Entire Space Multi-Task Model." SIGIR 2018, eq. 3. doi:10.1145/3209978.3210104
public struct ProductLoss: Loss {
  /// The task whose label is z.
  public let task: Int
  /// The task whose label is y: what comes first.
  public let condition: Int

  /// What the loss is multiplied by; nil for nothing.
  public let strength: Parameter?

  /// The loss of a task that is conditional on another.
  public init(task: Int, given condition: Int, strength: Parameter? = nil) {
    self.task = task
    self.condition = condition
    self.strength = strength
  }

  /// The name in profiles and messages.
  public var name: String { "product loss" }
  /// It is of both tasks together, and perhaps weighed.
  public var title: String {
    strength == nil ? "joint cross-entropy" : "weighted joint cross-entropy"
  }
  /// The output, which holds da and db.
  public var keeps: Keeps { .output }
  /// The strength, if there is one.
  public var givens: [Parameter] { strength.map { [$0] } ?? [] }
  /// 2, the derivatives by both logits.
  public func width(of inputs: [Int]) -> Int {
    precondition(inputs == [1, 1], "product loss: a logit is one number, found \(inputs)")
    return 2
  }

  /// The rows of which y∧z is known.
  public func rowCount(of batch: Batch) -> Float {
    batch.rowsWithBoth(condition, task)
  }

  /// Adds the losses to the task's sums and leaves da and db in the output.
  public func forward(_ call: Call) {
    let batch = call.batch
    guard let labels = batch.labels else { return }
    let (a, b, dz) = (call.input(0), call.input(1), call.output)
    let skip = batch.index == nil ? call.firstRow * batch.tasks : 0
    let factor = strength == nil ? 1 : call.given(0)[0]
    var sums = ck_loss_sums()
    ck_product_loss(
      Int64(call.rows), a.base, Int64(a.stride), b.base, Int64(b.stride), labels + skip,
      batch.spaces.map { $0 + skip }, Int64(batch.tasks), Int64(condition), Int64(task),
      call.index, factor * call.lossScales[task], dz.base, Int64(dz.stride), &sums)
    sums.loss *= Double(factor)
    call.add(sums, to: task)
  }

  /// Hands da and db on to the logits.
  public func backward(_ call: Call) {
    call.handOn(column: 0, toInput: 0)
    call.handOn(column: 1, toInput: 1)
  }
}

extension Batch {
  /// Whether y∧z is known of a stored row.
  func hasBoth(_ condition: Int, _ task: Int, at stored: Int) -> Bool {
    guard let spaces, let labels else { return true }
    let at = stored * tasks
    return spaces[at + condition] != 0 && (labels[at + condition] == 0 || spaces[at + task] != 0)
  }

  /// The rows of which y∧z is known.
  func rowsWithBoth(_ condition: Int, _ task: Int) -> Float {
    guard spaces != nil else { return Float(rows) }
    var count: Float = 0
    for row in 0..<rows where hasBoth(condition, task, at: place(ofRow: row)) { count += 1 }
    return count
  }
}

extension Variable {
  /// The loss of a task from its own logit and that of the task it is conditional on; see
  /// ``ProductLoss``.
  public func productLoss(
    task: Int, given other: Variable, _ condition: Int, strength: Parameter? = nil
  ) -> Variable {
    graph.record(ProductLoss(task: task, given: condition, strength: strength), [other, self])
  }
}
