import Datasets
import Graph
import Tensors

/// The training rows of a run in the order of an epoch, wherever they lie.
protocol TrainingRows: AnyObject {
  /// Rows of an epoch.
  var count: Int { get }

  /// Puts the rows of an epoch, counted from 1, in order.
  func begin(epoch: Int)

  /// So many rows from one of the epoch's order on; valid until others are asked for. Waits for them,
  /// unless there is something else to do: nil then, and the same rows may be asked for again.
  ///
  /// - Throws: ``WindowError`` where they cannot be read.
  func batch(
    from first: Int, rows: Int, unless hasOtherWork: () -> Bool
  ) throws(WindowError) -> Batch?

  /// How long was waited for rows.
  var waited: Duration { get }
}

/// Rows that all lie in memory.
///
/// They have the order that windows of them would have, so that data that are read window by window
/// train as these do.
final class RowsInMemory: TrainingRows {
  private let examples: Examples
  private let window: WindowOrder
  /// The rows of the epoch in order.
  private let order: Storage<Int32>

  /// Rows in windows of so many; nil: all are one window.
  init(
    _ examples: Examples, windowRows: Int? = nil, blockRows: Int = WindowOrder.usualBlockRows,
    seed: UInt64
  ) {
    self.examples = examples
    window = WindowOrder(
      rows: examples.count, windowRows: windowRows, blockRows: blockRows, seed: seed)
    order = Storage(count: examples.count, filling: 0)
  }

  var count: Int { examples.count }
  var waited: Duration { .zero }

  func begin(epoch: Int) {
    let windows = window.windows(ofEpoch: epoch)
    for index in windows.blocks.indices {
      window.fill(order.base + windows.starts[index], index, of: windows)
    }
  }

  func batch(from first: Int, rows: Int, unless hasOtherWork: () -> Bool) -> Batch? {
    examples.batch(of: UnsafePointer(order.base + first), rows: rows)
  }
}
