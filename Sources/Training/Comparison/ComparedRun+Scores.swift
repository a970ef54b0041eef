import Datasets
import Runs

extension ComparedRun {
  /// The run with the score that stands for each task in a comparison on a data set.
  func scored(on dataset: Dataset) -> ComparedRun {
    var scored = self
    let own = Set(tasks.map(\.task))
    // What the model does not answer has a column, and no score in it.
    if !own.isEmpty, own.isStrictSubset(of: dataset.tasks.map(\.name)) {
      scored.tasks = dataset.tasks.map { task in
        tasks.first { $0.task == task.name } ?? TaskScores(task: task.name, scores: [])
      }
    }
    let whole = dataset.wholeTasks
    let main = zip(scored.tasks, whole).map { task, isWhole in
      task.mainScore(ofWhole: isWhole, isPart: dataset.isPart)
    }
    scored.mainScores = main.map { $0?.value ?? .nan }
    scored.mainErrors = main.map { $0?.standardError ?? .nan }
    scored.incomparable = zip(scored.tasks, main).filter { own.contains($0.task) && $1 == nil }
      .map(\.0.task)
    return scored
  }
}

extension TaskScores {
  /// The score that stands for a task: its first, but for one judged on clicked rows alone where
  /// others are judged on all of them, which is compared by what it says of all rows.
  ///
  /// That is of click and conversion together, the same label as the conversion's only where no
  /// conversion is without its click: else nil, for there is nothing to compare.
  func mainScore(ofWhole isWhole: Bool, isPart: (String, String) -> Bool) -> Score? {
    guard isWhole, let joint = scores.first(where: { $0.name == "joint_auc" }) else {
      return scores.first
    }
    return condition.map { isPart(task, $0) } ?? true ? joint : nil
  }
}

extension Dataset {
  /// Whether a task is positive in no test row in which another is not.
  func isPart(_ task: String, of other: String) -> Bool {
    guard let part = tasks.firstIndex(where: { $0.name == task }),
      let whole = tasks.firstIndex(where: { $0.name == other })
    else { return false }
    return (0..<test.count).allSatisfy { row in
      let label = test.labels.base + row * tasks.count
      return label[part] <= label[whole]
    }
  }
}
