public import Runs

extension ComparisonTable {
  /// The table of groups of runs that differ in nothing but their seed; nil if none was scored.
  ///
  /// The first group is the one over which gains are taken and against which the others are tested, by
  /// pairs of runs of the same seed. Tasks are those of the first scored run; runs with others are
  /// left out. Labels must differ.
  public init?(data: String, groups: [(label: String, runs: [ComparedRun])]) {
    let scored = groups.flatMap(\.runs).filter(\.isFinished)
    guard let first = scored.first, let reference = groups.first?.label else { return nil }
    let tasks = first.tasks.map(\.task)
    let columns = first.tasks.map { task in
      var column = ComparedTask(
        name: task.task, score: task.scores.first?.name ?? "",
        higherIsBetter: task.scores.first?.higherIsBetter ?? true)
      column.bestBaseline = reference
      return column
    }
    let fitting = groups.map { label, runs in
      (label: label, runs: runs.filter { $0.isFinished && $0.tasks.map(\.task) == tasks })
    }
    let scores = SeedScores(fitting.flatMap(\.runs), tasks: columns.count)
    let rows = fitting.map { label, runs in
      var row = ComparisonRow(label, runs: runs)
      row.cells = columns.enumerated().map { task, column in
        scores.cell(of: label, task: task, column, reference: reference)
      }
      return row
    }
    let seeds = Set(scored.compactMap(\.seed)).sorted()
    self.init(data: data, seeds: seeds, tasks: columns, rows: rows, reference: reference)
    correctTests()
  }
}

extension ComparisonRow {
  /// A row without cells of runs that have ended.
  fileprivate init(_ label: String, runs: [ComparedRun]) {
    self.init(
      model: label, title: label, runsPlanned: runs.count,
      status: runs.isEmpty ? .failed("no run of it was scored on these tasks") : .done, cells: [])
    parameterCount = runs.first?.parameterCount
    runsFinished = runs.count
    gateOverlaps = runs.compactMap(\.gateOverlap)
    keptSteps = runs.map(\.bestStep)
    if !runs.isEmpty { seconds = runs.reduce(0) { $0 + $1.seconds } / Double(runs.count) }
  }
}
