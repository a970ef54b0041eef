public import Graph

/// An operation that ends a trace: the loss of one task, a mean over some rows of the batch.
///
///     L_k = Σ w ℓ / max(1, n)
///
/// w is what the row counts, 1 unless rows are weighted (``Batch/spaces``); n counts rows, so that a
/// batch of heavy rows moves the parameters more than one of light rows.
///
/// It adds Σ ℓ to the task's sums. The scale ω_k/n of its gradient comes from outside, because n
/// counts the whole batch and an operation sees a block.
public protocol Loss: Operation {
  /// The task whose labels it reads.
  var task: Int { get }
  /// The place of its sums and its scale; by default its task's.
  var place: Int { get }
  /// What it is called beside its numbers: `cross-entropy`, `joint cross-entropy`, `focal loss`.
  var title: String { get }
  /// Whether the answers that make it smallest are the labels' own probabilities or means, so that a
  /// log loss or a calibration of them says something.
  var isCalibrating: Bool { get }
  /// n, the rows of a batch that the mean is over.
  func rowCount(of batch: Batch) -> Float
}

extension Loss {
  /// Rows of the batch, whose labels it reads, or one for all; stops the program for entries.
  public func extent(of inputs: [Extent]) -> Extent { .ofRows(inputs, for: name) }

  /// Its task's.
  public var place: Int { task }

  /// The name in profiles and messages.
  public var title: String { name }

  /// They are.
  public var isCalibrating: Bool { true }

  /// The rows of the task's sample space.
  public func rowCount(of batch: Batch) -> Float { batch.rowsInSpace(of: task) }
}
