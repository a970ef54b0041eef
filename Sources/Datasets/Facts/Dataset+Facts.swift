public import Runs
import Tensors

extension Dataset {
  /// What a person should know of the data before a model learns from them.
  ///
  /// O(N · T) over all rows; O(T) of a packed folder. A model adds which task plays which part in it.
  public var facts: DataFacts {
    let tasks = known?.facts ?? taskFacts
    let unmatched = joins.filter { $0.unmatched > 0 }.map(\.sentence)
    return DataFacts(
      tasks: tasks, notices: notices + unmatched + unscored(tasks) + spaces(tasks))
  }

  /// What the labels are, by task.
  var taskFacts: [DataFacts.TaskFacts] {
    let splits = [training, validation, test]
    return tasks.enumerated().map { index, task in
      let facts = splits.map { $0.labelFacts(task: index, of: tasks.count, task) }
      return DataFacts.TaskFacts(
        task: task.name, kind: task.kind, training: facts[0],
        validation: facts[1], test: facts[2])
    }
  }

  /// Which tasks lack what a score needs, by split.
  private func unscored(_ tasks: [DataFacts.TaskFacts]) -> [String] {
    tasks.flatMap { task in
      [("validation", task.validation), ("test", task.test)].compactMap { split, facts in
        guard facts.rows > 0 else {
          return "\(printable(task.task)) has no \(split) row, so no \(split) score"
        }
        guard task.kind.hasClasses, facts.positives % facts.rows == 0 else { return nil }
        return
          "\(printable(task.task)) is \(facts.positives == 0 ? 0 : 1) in all \(split) rows, so "
          + "it has no AUC there"
      }
    }
  }

  /// For how many rows each task counts that does not count for all.
  private func spaces(_ tasks: [DataFacts.TaskFacts]) -> [String] {
    let rows = [training.count, validation.count, test.count]
    return tasks.compactMap { task in
      let own = [task.training.rows, task.validation.rows, task.test.rows]
      guard own != rows else { return nil }
      let shares = zip(["training", "validation", "test"], zip(own, rows)).map { split, counts in
        "\(counts.0) of \(counts.1) \(split) rows"
      }
      return "\(printable(task.task)) counts for \(shares.joined(separator: ", "))"
    }
  }
}

extension Examples {
  /// The labels of a task in the rows of its sample space, in the label's own unit.
  fileprivate func labelFacts(
    task: Int, of tasks: Int, _ definition: TaskDefinition
  ) -> DataFacts.LabelFacts {
    var rows = 0
    var positives = 0
    var sum = 0.0
    for row in 0..<count where isInside(row * tasks + task) {
      let label = Double(labels.base[row * tasks + task])
      rows += 1
      sum += label
      if definition.kind.hasClasses, label > 0.5 { positives += 1 }
    }
    guard rows > 0 else { return DataFacts.LabelFacts() }
    guard definition.kind.hasLabelColumn else { return DataFacts.LabelFacts(rows: rows) }
    let mean = sum / Double(rows)
    var squares = 0.0
    for row in 0..<count where isInside(row * tasks + task) {
      let distance = Double(labels.base[row * tasks + task]) - mean
      squares += distance * distance
    }
    let deviation = (squares / Double(rows)).squareRoot()
    return DataFacts.LabelFacts(
      rows: rows, positives: positives, mean: definition.scale.original(mean),
      deviation: definition.scale.deviation * deviation)
  }

  private func isInside(_ at: Int) -> Bool { spaces.map { $0.base[at] > 0 } ?? true }
}
