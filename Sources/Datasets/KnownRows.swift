import Runs
import Tensors

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

  /// What is read of all rows at once with the rest of it.
  private enum Part: Sendable {
    case fingerprint(UInt64)
    case pairs(LabelPairs)
    case facts([DataFacts.TaskFacts])
    case labelMeans([Double])
  }

  /// Reads all rows, or their labels alone where the fingerprint is known; one pass of several threads
  /// each.
  init(_ dataset: Dataset, fingerprint known: UInt64? = nil, on pool: WorkerPool) {
    (fingerprint, pairs, facts, labelMeans) = (0, nil, [], [])
    // The fingerprint takes about as long as all the others.
    let passes = ParallelMap<Part>(count: 4) { pass in
      switch pass {
      case 0: .fingerprint(known ?? dataset.countedFingerprint)
      case 1: .pairs(LabelPairs(dataset.training, tasks: dataset.tasks))
      case 2: .facts(dataset.taskFacts)
      default:
        .labelMeans(dataset.tasks.indices.map { dataset.training.labelMean(task: $0) })
      }
    }
    passes.run(on: pool)
    for part in passes.results {
      switch part {
      case .fingerprint(let found): fingerprint = found
      case .pairs(let found): pairs = found
      case .facts(let found): facts = found
      case .labelMeans(let found): labelMeans = found
      }
    }
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
