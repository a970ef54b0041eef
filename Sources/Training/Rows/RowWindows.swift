import Datasets
import Graph
import Runs
import Tensors

/// Rows that lie in blocks on a disk, in memory a few windows at a time.
///
/// Order, and so bits, are those of ``RowsInMemory`` with windows of as many rows. A batch that goes on
/// into the next window is copied together.
final class RowWindows: TrainingRows {
  private let order: WindowOrder
  private let reader: WindowReader
  private let source: any RowBlocks
  private var windows: EpochWindows
  /// Where batches lie that two windows share.
  private var joint: Examples
  /// The batch that is copied together, and how many of its rows have been.
  private var copied = (first: -1, rows: 0, count: 0)
  /// The newest batch, which may be asked for again.
  private var last: (first: Int, rows: Int, batch: Batch)?

  /// Rows in windows of so many at most; a batch has `batchRows` at most.
  ///
  /// - Throws: ``ThreadRefusal``.
  init(
    _ source: any RowBlocks, windowRows: Int?, batchRows: Int, seed: UInt64
  ) throws(ThreadRefusal) {
    self.source = source
    order = WindowOrder(rows: source.count, windowRows: windowRows, seed: seed)
    windows = order.windows(ofEpoch: 1)
    reader = try WindowReader(source, order)
    joint = source.memory(rows: batchRows)
  }

  deinit { reader.close() }

  var count: Int { order.rows }

  var waited: Duration { reader.waited }

  func begin(epoch: Int) {
    windows = order.windows(ofEpoch: epoch)
    last = nil
    copied = (-1, 0, 0)
  }

  func batch(
    from first: Int, rows: Int, unless hasOtherWork: () -> Bool
  ) throws(WindowError) -> Batch? {
    if let last, last.first == first, last.rows == rows { return last.batch }
    let index = windowIndex(of: first)
    let batch: Batch
    if first + rows <= windows.starts[index + 1] {
      reader.release(before: key(index))
      guard let window = try reader.window(key(index), unless: hasOtherWork) else { return nil }
      batch = window.rows.batch(
        of: UnsafePointer(window.order.base + first - windows.starts[index]), rows: rows)
    } else {
      guard try copy(first, rows, unless: hasOtherWork) else { return nil }
      batch = joint.batch(from: 0, rows: rows)
    }
    last = (first, rows, batch)
    return batch
  }

  /// Copies together what several windows have, or goes on with it; false where a window is not there yet.
  ///
  /// What has been copied stays so: its windows may be given up meanwhile.
  private func copy(
    _ first: Int, _ rows: Int, unless hasOtherWork: () -> Bool
  ) throws(WindowError) -> Bool {
    if (copied.first, copied.rows) != (first, rows) { copied = (first, rows, 0) }
    while copied.count < rows {
      let start = first + copied.count
      let index = windowIndex(of: start)
      // What is copied is not needed any more; the window that the batch ends in is.
      reader.release(before: key(index))
      guard let window = try reader.window(key(index), unless: hasOtherWork) else { return false }
      let part = min(rows - copied.count, windows.starts[index + 1] - start)
      for row in 0..<part {
        let from = Int(window.order[start - windows.starts[index] + row])
        joint.copy(row: from, of: window.rows, to: copied.count + row)
      }
      copied.count += part
    }
    copied = (-1, 0, 0)
    return true
  }

  private func key(_ window: Int) -> WindowKey {
    WindowKey(epoch: windows.epoch, window: window)
  }

  /// The window that a row of the epoch's order is in: O(log windows).
  private func windowIndex(of row: Int) -> Int {
    var (low, high) = (0, windows.blocks.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if windows.starts[middle] <= row { low = middle } else { high = middle - 1 }
    }
    return low
  }
}

extension PackedRows: RowBlocks {}

extension Examples {
  /// These rows in the order in which a run trains on them: read window by window where they lie in a
  /// packed folder and a window does not have all, else as they lie in memory.
  ///
  /// - Throws: ``ThreadRefusal``.
  func inOrder(
    _ configuration: RunConfiguration
  ) throws(ThreadRefusal) -> any TrainingRows {
    guard let packed = inWindows(configuration) else {
      return RowsInMemory(self, windowRows: configuration.window, seed: configuration.seed)
    }
    return try RowWindows(
      packed, windowRows: configuration.window, batchRows: min(configuration.stepRows, count),
      seed: configuration.seed)
  }

  /// The packed rows that a run reads window by window; nil: all of them lie in memory.
  func inWindows(_ configuration: RunConfiguration) -> PackedRows? {
    guard let packed, let window = configuration.window, window < count else { return nil }
    return packed
  }

  /// Refuses more rows than are put in order at once: those of a window where windows are read, else all.
  ///
  /// - Throws: ``ResourceError``.
  func checkOrder(
    _ configuration: RunConfiguration, of model: String, most: Int = Int(Int32.max)
  ) throws(ResourceError) {
    let window = inWindows(configuration).flatMap { _ in configuration.window }
    let rows = min(count, window ?? count)
    guard rows <= most else { throw .rows(model: model, count: rows, most: most) }
  }

  /// Copies all that steps read of a row of other rows like these.
  fileprivate func copy(row: Int, of other: Examples, to target: Int) {
    func copy<Number: BitwiseCopyable>(_ from: Storage<Number>, _ to: Storage<Number>) {
      let width = to.count / count
      for column in 0..<width { to.base[target * width + column] = from.base[row * width + column] }
    }
    copy(other.ids, ids)
    copy(other.dense, dense)
    copy(other.labels, labels)
    if let from = other.spaces, let to = spaces { copy(from, to) }
  }
}
