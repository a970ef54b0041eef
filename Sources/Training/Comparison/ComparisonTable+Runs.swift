import Foundation
import Metrics
import Models
import Runs

extension ComparisonTable {
  /// The table of a plan's runs, as far as they are done.
  ///
  /// Each run of the plan comes with what it came to, if it is done.
  init(
    _ plan: ComparisonPlan, data: String, columns: [ComparedTask], unfit: [String: String],
    runs: [(place: ComparedPlace, run: ComparedRun?)]
  ) {
    let scores = SeedScores(runs.compactMap(\.run), tasks: columns.count)
    let names = plan.models.map(\.label)
    let reference = names.contains(ComparisonPlan.reference) ? ComparisonPlan.reference : nil
    let tasks = columns.enumerated().map { task, column in
      var column = column
      column.surroundings = scores.surroundings(of: column.name)
      column.bestBaseline = scores.best(
        of: plan.baselines.filter(names.contains), task: task,
        higherIsBetter: column.higherIsBetter)
      return column
    }
    let rows = plan.models.map { model in
      var row = ComparisonRow(
        model, unfit: unfit[model.label], runs: runs.filter { $0.place.model == model.label })
      row.cells = tasks.enumerated().map { task, column in
        scores.cell(of: model.label, task: task, column, reference: reference)
      }
      return row
    }
    self.init(
      data: data, seeds: plan.seeds, tasks: tasks, rows: rows, reference: reference)
    correctTests()
  }

  /// Corrects every p for the number of tests that are shown: those of tasks with positives enough.
  mutating func correctTests() {
    let tests = rows.indices.flatMap { row in
      tasks.indices.filter { !tasks[$0].hasFewPositives && rows[row].cells[$0].test != nil }
        .map { (row: row, task: $0) }
    }
    let corrected = holmCorrected(tests.compactMap { rows[$0.row].cells[$0.task].test?.p })
    for (test, p) in zip(tests, corrected) {
      rows[test.row].cells[test.task].test?.corrected = p
    }
  }
}

/// Every finished run's main scores, by model.
struct SeedScores {
  private let runs: [String: [ComparedRun]]

  init(_ all: [ComparedRun], tasks: Int) {
    let scored = all.filter { $0.isFinished && $0.mainScores.count == tasks }
    runs = Dictionary(grouping: scored, by: \.model)
  }

  func values(of model: String, task: Int) -> [Double] {
    (runs[model] ?? []).map { $0.mainScores[task] }
  }

  /// What the scores of a task are of, as the first model says it that has such a task.
  func surroundings(of task: String) -> TaskScores? {
    let all = runs.sorted { $0.key < $1.key }.flatMap(\.value).lazy.flatMap(\.tasks)
    let first = all.first {
      $0.task == task && ($0.basis ?? []).contains { $0.name != "not_judged" }
    }
    return first.map { scores in
      var around = TaskScores(task: task, scores: [])
      (around.basis, around.baseline) = (scores.basis, scores.baseline)
      return around
    }
  }

  private func mean(of model: String, task: Int) -> Double {
    let values = values(of: model, task: task)
    return values.reduce(0, +) / Double(values.count)
  }

  /// The model of the best mean; nil if none has one.
  func best(of models: [String], task: Int, higherIsBetter: Bool) -> String? {
    let means = models.map { (name: $0, mean: mean(of: $0, task: task)) }
      .filter { !$0.mean.isNaN }
    return means.max { higherIsBetter ? $0.mean < $1.mean : $0.mean > $1.mean }?.name
  }

  func cell(
    of model: String, task: Int, _ column: ComparedTask, reference: String?
  ) -> ComparisonCell {
    var cell = ComparisonCell(values: values(of: model, task: task))
    cell.mean = mean(of: model, task: task)
    cell.deviation = Self.deviation(cell.values, mean: cell.mean)
    cell.rowError = rowError(of: model, task: task)
    cell.summaries = summaries(of: model, task: task)
    if let reference, reference != model {
      let pairs = pairs(model, reference, task: task)
      let difference = pairs.reduce(0) { $0 + $1.0 - $1.1 } / Double(pairs.count)
      cell.gain = difference.isNaN ? nil : column.higherIsBetter ? difference : -difference
    }
    if let baseline = column.bestBaseline, baseline != model {
      cell.test = test(model, against: baseline, task: task)
    }
    return cell
  }

  /// The mean standard error over draws of the test rows; nil where a run does not know it.
  private func rowError(of model: String, task: Int) -> Double? {
    let errors = (runs[model] ?? []).compactMap { run in
      task < run.mainErrors.count ? run.mainErrors[task] : nil
    }
    let mean = errors.reduce(0, +) / Double(errors.count)
    return mean.isFinite ? mean : nil
  }

  /// Mean and deviation of every score that the first run names, in its order.
  private func summaries(of model: String, task: Int) -> [ComparisonCell.Summary] {
    let all = (runs[model] ?? []).compactMap { task < $0.tasks.count ? $0.tasks[task] : nil }
    return (all.first?.scores ?? []).map { score in
      let values = all.map { $0[score.name] ?? .nan }
      let mean = values.reduce(0, +) / Double(values.count)
      return ComparisonCell.Summary(
        name: score.name, mean: mean, deviation: Self.deviation(values, mean: mean))
    }
  }

  private static func deviation(_ values: [Double], mean: Double) -> Double? {
    guard values.count >= 2, mean.isFinite else { return nil }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// The scores of two models by seed that both have; what draws nothing pairs with every seed.
  private func pairs(_ model: String, _ other: String, task: Int) -> [(Double, Double)] {
    (runs[model] ?? []).flatMap { run in
      (runs[other] ?? []).filter { run.seed == nil || $0.seed == nil || run.seed == $0.seed }
        .map { (run.mainScores[task], $0.mainScores[task]) }
    }
  }

  /// The paired test over those.
  private func test(_ model: String, against baseline: String, task: Int) -> ComparisonCell.Test? {
    let pairs = pairs(model, baseline, task: task)
    guard let test = PairedTest(pairs.map(\.0), pairs.map(\.1)) else { return nil }
    return ComparisonCell.Test(
      meanDifference: test.meanDifference, t: test.t, p: test.p, pairs: pairs.count)
  }
}

extension ComparisonRow {
  /// A row without cells: how far a model's runs are.
  fileprivate init(
    _ model: ComparisonPlan.Model, unfit: String?,
    runs: [(place: ComparedPlace, run: ComparedRun?)]
  ) {
    let done = runs.compactMap(\.run)
    let finished = done.filter(\.isFinished)
    self.init(
      model: model.label, title: model.title,
      options: model.options, runsPlanned: runs.count, status: .waiting, cells: [])
    parameterCount = done.first { $0.parameterCount > 0 }?.parameterCount
    runsFinished = finished.count
    gateOverlaps = finished.compactMap(\.gateOverlap)
    keptSteps = finished.map(\.bestStep)
    incomparable = finished.first?.incomparable ?? []
    runsDiverged = done.count { if case .diverged = $0.outcome { true } else { false } }
    if !finished.isEmpty {
      seconds = finished.reduce(0) { $0 + $1.seconds } / Double(finished.count)
    }
    status = Self.status(unfit: unfit, done: done, planned: runs.count)
  }

  private static func status(unfit: String?, done: [ComparedRun], planned: Int) -> Status {
    if let unfit { return .unfit(unfit) }
    let reasons = done.compactMap { run -> String? in
      guard case .failed(let message) = run.outcome else { return nil }
      return message.split(whereSeparator: \.isNewline).first.map(String.init) ?? "failed"
    }
    if let reason = reasons.first, reasons.count == planned { return .failed(reason) }
    if done.isEmpty { return .waiting }
    return done.count == planned ? .done : .running
  }
}
