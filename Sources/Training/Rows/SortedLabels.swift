internal import Datasets
internal import Tensors

/// How much of a label's variance lies between the blocks that windows are made of.
///
///     η² = Σ_b n_b (ȳ_b − ȳ)² / Σ (y − ȳ)²
///
/// over the rows of a task's sample space. Of shuffled rows it is about one over the rows of a block, of
/// rows that are sorted by the label nearly 1. A window of sorted rows has as many of each label as all
/// rows have, but where rows that belong together, as those of a user, are split by their label, it has
/// the ones without the others, and what is learned of them is one-sided until the next window.
enum SortedLabels {
  /// The share from which rows count as sorted.
  ///
  /// Rows of a few users a block, or of a month whose rates drift, stay far below.
  static let share = 0.25

  /// η² of a task's labels in blocks of so many rows; 0 where all labels are the same.
  static func shareBetweenBlocks(
    _ rows: Examples, task: Int, of tasks: Int, blockRows: Int = WindowOrder.usualBlockRows
  ) -> Double {
    var all = (count: 0.0, sum: 0.0, squares: 0.0)
    var between = 0.0
    for first in stride(from: 0, to: rows.count, by: blockRows) {
      var (count, sum) = (0.0, 0.0)
      for row in first..<min(rows.count, first + blockRows) {
        if let spaces = rows.spaces, spaces.base[row * tasks + task] == 0 { continue }
        let label = Double(rows.labels.base[row * tasks + task])
        count += 1
        sum += label
        all.squares += label * label
      }
      guard count > 0 else { continue }
      all.count += count
      all.sum += sum
      between += sum * sum / count
    }
    guard all.count > 0 else { return 0 }
    let mean = all.sum * all.sum / all.count
    // What rounding leaves of labels that are all alike is no variance.
    guard all.squares - mean > 1e-9 * all.squares else { return 0 }
    return (between - mean) / (all.squares - mean)
  }
}

extension Dataset {
  /// The task by whose label training rows lie sorted most, with η² of it; nil: they lie sorted by none.
  ///
  /// O(rows · tasks), see ``SortedLabels``.
  func sortedTask() -> (name: String, share: Double)? {
    let shares = tasks.indices.map { task in
      (
        name: tasks[task].name,
        share: SortedLabels.shareBetweenBlocks(training, task: task, of: tasks.count)
      )
    }
    guard let most = shares.max(by: { $0.share < $1.share }), most.share >= SortedLabels.share
    else { return nil }
    return most
  }
}
