public import Graph

/// An operation that ends a trace: the loss of one task, a mean over some rows of the batch.
///
///     L_k = Σ ℓ / max(1, n)
///
/// It adds Σ ℓ to the task's sums. The scale ω_k/n of its gradient comes from outside, because n
/// counts the whole batch and an operation sees a block.
public protocol Loss: Operation {
  /// The task whose labels it reads.
  var task: Int { get }
  /// The place of its sums and its scale; by default its task's.
  var place: Int { get }
  /// n, the rows of a batch that the mean is over.
  func rowCount(of batch: Batch) -> Float
}

extension Loss {
  /// Its task's.
  public var place: Int { task }

  /// The rows of the task's sample space.
  public func rowCount(of batch: Batch) -> Float {
    guard let spaces = batch.spaces else { return Float(batch.rows) }
    var count: Float = 0
    for row in 0..<batch.rows { count += spaces[batch.place(ofRow: row) * batch.tasks + task] }
    return count
  }
}

extension Batch {
  /// Where a row of the batch lies in the arrays.
  func place(ofRow row: Int) -> Int { index.map { Int($0[row]) } ?? row }
}
