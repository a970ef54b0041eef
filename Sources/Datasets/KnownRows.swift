public import Runs

/// What all rows of a data set must be read for, as it was kept by who read them.
struct KnownRows: Sendable, Codable {
  /// ``Dataset/fingerprint``.
  var fingerprint: UInt64
  /// ``Dataset/labelPairs``; nil of data of which some tasks were left out.
  var pairs: LabelPairs?
  /// By task, what its labels are in each split.
  var facts: [DataFacts.TaskFacts]
  /// By task, ``Dataset/trainingLabelMean(task:)``.
  var labelMeans: [Double]

  /// Reads all rows.
  init(_ dataset: Dataset) {
    fingerprint = dataset.countedFingerprint
    pairs = LabelPairs(dataset.training, tasks: dataset.tasks)
    facts = dataset.taskFacts
    labelMeans = dataset.tasks.indices.map { dataset.training.labelMean(task: $0) }
    for rows in [dataset.training, dataset.validation, dataset.test] {
      rows.labels.letGo()
      rows.spaces?.letGo()
    }
  }

  /// Whether it is of so many tasks.
  func isWhole(tasks: Int) -> Bool {
    facts.count == tasks && labelMeans.count == tasks && pairs?.isWhole(tasks: tasks) != false
  }
}

extension Dataset {
  /// How often the labels of the training rows occur together.
  ///
  /// O(rows · tasks²); O(1) of a packed folder.
  public var labelPairs: LabelPairs { known?.pairs ?? LabelPairs(training, tasks: tasks) }

  /// The mean of a task's stored labels over the training rows of its sample space; NaN without one.
  ///
  /// O(rows); O(1) of a packed folder.
  public func trainingLabelMean(task: Int) -> Double {
    known?.labelMeans[task] ?? training.labelMean(task: task)
  }
}

extension Examples {
  /// The mean label over the rows of a task's sample space.
  fileprivate func labelMean(task: Int) -> Double {
    guard count > 0 else { return .nan }
    let tasks = labels.count / count
    var sum = 0.0
    var rows = 0.0
    for row in 0..<count {
      let inside = spaces.map { $0.base[row * tasks + task] == 0 ? 0.0 : 1 } ?? 1
      sum += inside * Double(labels.base[row * tasks + task])
      rows += inside
    }
    return sum / rows
  }
}
