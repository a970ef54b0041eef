import Datasets
public import Graph
import Layers
import Objectives

extension Trainer {
  /// By task, what its loss is called: `cross-entropy`, `joint cross-entropy`.
  public var lossNames: [String] { taskLosses.map(\.title) }

  /// By task, whether its loss asks for answers that are probabilities or means.
  public var isCalibrated: [Bool] { taskLosses.map(\.isCalibrating) }

  /// The task whose label must be 1 for a task's answers to be judged; nil for most.
  public func condition(of task: Int) -> Int? { model.condition(of: task) }

  /// Scores answers as the model means them.
  var scorer: Scorer {
    var scorer = Scorer(tasks: tasks, conditions: tasks.indices.map { model.condition(of: $0) })
    scorer.uncalibrated = Set(tasks.indices.filter { !isCalibrated[$0] })
    return scorer
  }

  /// What the model puts out for rows, z of every answer, one column a task.
  func outputs(for examples: Examples) -> [[Float]] {
    var columns = tasks.map { _ in
      [Float](unsafeUninitializedCapacity: examples.count) { $1 = examples.count }
    }
    visitOutputs(for: examples) { first, rows, logits in
      for task in tasks.indices {
        guard let logits = logits[task] else { continue }
        for row in 0..<rows { columns[task][first + row] = logits[row] }
      }
    }
    return columns
  }

  /// Puts rows through the model block by block: hears the first row of a block, how many it has, and by
  /// task what the model puts out for them.
  ///
  /// Of rows in mapped files only a few blocks stay in memory. Several ranks deal the blocks out and all hear
  /// of all, in the same order.
  func visitOutputs(
    for examples: Examples, _ visit: (Int, Int, [UnsafePointer<Float>?]) -> Void
  ) {
    if let exchange, workspace.exchange != nil {
      return visitDealtOutputs(for: examples, by: exchange, visit)
    }
    let (most, names) = (evaluationRows, tasks.map { Watched.logit($0.name) })
    var read = 0
    for first in stride(from: 0, to: examples.count, by: most) {
      let rows = min(most, examples.count - first)
      let executor = forward(examples.batch(from: first, rows: rows))
      visit(first, rows, names.map { executor.output($0) })
      read += rows
      if read >= Self.rowsBetweenLettingGo {
        examples.letGo()
        read = 0
      }
    }
    examples.letGo()
  }

  /// Rows of mapped files that are read before the system may take their pages back.
  static let rowsBetweenLettingGo = 1 << 17

  /// By task the loss that is trained, of one row as it would be answered; NaN where the row does not
  /// count for it.
  ///
  /// Dropout and whatever else belongs to training alone is off; what is minimised besides is not in
  /// it.
  public func losses(ofRow row: Batch) -> [Double] {
    let executor = answers.rowLosses ?? makeRowLosses()
    answers.rowLosses = executor
    executor.run(sources.answered(row, by: executor.plan))
    return executor.rowLosses(tasks: tasks.count)
  }

  /// What works out the losses of one row, with the numbers of a store of this model; by default its
  /// own.
  func makeRowLosses(on other: ParameterStore? = nil) -> Executor {
    let graph = Graph()
    let pass = Forward(graph, isTraining: false, isAnswering: false, tasks: tasks.count)
    let plan = Plan(
      graph, purpose: .evaluation, roots: model.losses(model(pass), tasks: tasks), outputs: [],
      capacity: 1)
    return Executor(plan, store: other ?? store, workspace: workspace)
  }
}

extension Executor {
  /// By task the loss of the one row of the newest run; NaN where it does not count.
  func rowLosses(tasks: Int) -> [Double] {
    (0..<tasks).map { task in
      let sums = lossSums(task: task, rows: 1)
      return sums.rows > 0 ? sums.loss / sums.rows : .nan
    }
  }
}
