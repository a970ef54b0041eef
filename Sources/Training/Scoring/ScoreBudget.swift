import Datasets
import Metrics
import Runs

/// How much memory the scores of a split may take.
struct ScoreBudget: Sendable, Equatable {
  /// Up to so many rows a split is scored as a whole, every score exact.
  ///
  /// It takes about 100 bytes a row, 0.8 GB. More rows are scored block by block as they come.
  var rows = 8 << 20
  /// Block by block, so many scores are kept to be sorted: of all tasks, of their grouped rows and of
  /// tasks and their conditions together.
  ///
  /// They take 8 bytes each, 0.5 GB; as they come, arrays that double may take twice that, and one list
  /// three times its own while it moves. Sorting takes 8 bytes more for one list at a time.
  var sorted = 64 << 20
  /// Where more of grouped rows, and of amounts, are put in temporary files; nil: nowhere, and what needs
  /// them in order is not worked out.
  var folder: String? = TemporaryFile.usualFolder

  /// Room beyond memory; nil where there is none.
  var scratch: ScratchSource? {
    folder.map { folder in { try TemporaryFile(in: folder) } }
  }

  /// How many scores each list may keep, where the lists of all tasks share them evenly: each task has
  /// one, a chance another of its grouped rows and another together with its condition.
  func share(of tasks: [TaskDefinition], given conditions: [Int?], isGrouped: Bool) -> Int {
    let lists = tasks.indices.reduce(0) { sum, task in
      let isRanked = tasks[task].answer.rowLoss == .crossEntropy
      let isJoint = tasks[task].answer.isChance && conditions[task] != nil
      return sum + 1 + (isRanked && isGrouped ? 1 : 0) + (isJoint ? 1 : 0)
    }
    return sorted / max(1, lists)
  }
}
