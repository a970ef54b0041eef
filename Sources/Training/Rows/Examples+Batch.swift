import Datasets
import Graph
import Objectives

extension Examples {
  /// Consecutive rows as a batch.
  func batch(from first: Int, rows: Int) -> Batch {
    let fields = count == 0 ? 0 : ids.count / count
    let numbers = count == 0 ? 0 : dense.count / count
    let tasks = count == 0 ? 0 : labels.count / count
    var batch = Batch(
      rows: rows, ids: fields == 0 ? nil : UnsafePointer(ids.base + first * fields),
      fields: fields, dense: numbers == 0 ? nil : UnsafePointer(dense.base + first * numbers),
      denseCount: numbers, labels: UnsafePointer(labels.base + first * tasks),
      spaces: spaces.map { UnsafePointer($0.base + first * tasks) }, tasks: tasks, index: nil)
    batch.lists = lists.map { UnsafePointer($0.rows.base) }
    if let firstText { batch.firstText = Int32(firstText + first) }
    return batch
  }

  /// Chosen rows as a batch.
  func batch(of index: UnsafePointer<Int32>, rows: Int) -> Batch {
    var batch = batch(from: 0, rows: rows)
    batch.index = index
    return batch
  }
}
