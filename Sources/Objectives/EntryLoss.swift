public import Graph

/// Squared error over the entries of a tensor that a step has sampled, a sum and not a mean.
///
///     L = Σ_i δ_i (x̂_i − x_i)²,   dx̂_i = 2 ω δ_i (x̂_i − x_i)       x̂ [B, 1]
///
/// δ is what the row counts for the task where a drawn column says that it is an entry of this tensor,
/// and 0 in all other rows. The label of the row is the observed entry. Its sums count the entries, so
/// that a mean is shown of what is descended from as a sum; they are in squared units, of which a task
/// whose answers are standardised has σ, and 1 is usual.
public struct EntryLoss: Loss {
  /// The task whose labels are the entries.
  public let task: Int
  /// The place of its sums and its scale.
  public let place: Int
  /// The drawn column that says of which tensor a row is an entry.
  public let column: Int
  /// What stands there in the rows of this tensor.
  public let tensor: Int32
  /// What the sums of errors are counted in.
  public let unit: Float

  /// The name in profiles and messages.
  public var name: String { "entry loss" }
  /// What it is called beside its numbers.
  public var title: String { "squared error" }
  /// The output, which holds the derivative.
  public var keeps: Keeps { .output }
  /// The column.
  public var needs: BatchNeeds { BatchNeeds(columns: [.drawn(column)]) }

  /// 1, the derivative by x̂.
  public func width(of inputs: [Int]) -> Int {
    precondition(inputs == [1], "entry loss: an entry is one number, found \(inputs)")
    return 1
  }

  /// 1: it is a sum.
  public func rowCount(of batch: Batch) -> Float { 1 }

  /// Adds the errors to the sums and leaves the derivatives in the output.
  public func forward(_ call: Call) {
    let batch = call.batch
    guard let labels = batch.labels, let drawn = batch.drawn else { return }
    let (x, dx, scale) = (call.input(0), call.output, call.lossScales[place])
    var sums = LossSums()
    for row in 0..<call.rows {
      let number = call.firstRow + row
      let at = batch.place(ofRow: number) * batch.tasks + task
      let isOwn = drawn[number * batch.drawnCount + column] == tensor
      let weight = isOwn ? batch.spaces?[at] ?? 1 : 0
      let found = x.base[row * x.stride]
      let error = found - labels[at]
      dx.base[row * dx.stride] = weight == 0 ? 0 : 2 * scale * weight * error
      guard weight != 0 else { continue }
      sums.loss += Double(weight * error * error / (unit * unit))
      sums.predictions += Double(found)
      sums.labels += Double(labels[at])
      sums.rows += 1
    }
    call.lossSums[place].add(sums)
  }

  /// Hands the derivative on.
  public func backward(_ call: Call) { call.handOn(column: 0, toInput: 0) }
}

extension Variable {
  /// The squared error of sampled entries; see ``EntryLoss``.
  public func entryLoss(
    task: Int, place: Int? = nil, column: Int, tensor: Int32, unit: Float = 1
  ) -> Variable {
    graph.record(
      EntryLoss(task: task, place: place ?? task, column: column, tensor: tensor, unit: unit),
      [self])
  }
}
