import Datasets
import Foundation
import Graph
import Metrics
import Runs

/// Scores a model's answers, task by task, over a whole split.
struct Scorer {
  let tasks: [TaskDefinition]
  /// By task, the task whose label must be 1 for an answer to be judged; nil for most.
  let conditions: [Int?]
  /// Tasks whose answers are not trained to be probabilities or means.
  var uncalibrated: Set<Int> = []

  /// Scores answers that are judged on all rows of a sample space but for the conditions.
  init(tasks: [TaskDefinition], conditions: [Int?]? = nil) {
    self.tasks = tasks
    self.conditions = conditions ?? tasks.map { _ in nil }
  }

  /// The model's logits or values, one column a task.
  func answers(of examples: Examples, by trainer: Trainer) -> [[Float]] {
    var columns = tasks.map { _ in
      [Float](unsafeUninitializedCapacity: examples.count) { $1 = examples.count }
    }
    let most = trainer.evaluationRows
    for first in stride(from: 0, to: examples.count, by: most) {
      let rows = min(most, examples.count - first)
      let executor = trainer.forward(examples.batch(from: first, rows: rows))
      for task in tasks.indices {
        guard let logits = executor.output("logits.\(tasks[task].name)") else { continue }
        for row in 0..<rows { columns[task][first + row] = logits[row] }
      }
    }
    return columns
  }

  /// The scores of answers, restricted to each task's sample space and condition.
  func evaluation(
    _ columns: [[Float]], _ examples: Examples, split: Evaluation.Split, isOn: [Bool], step: Int,
    epoch: Double
  ) -> Evaluation {
    var auc = AUC()
    var scores: [TaskScores] = []
    var main: [Double] = []
    for task in tasks.indices {
      let rows = labelled(columns[task], examples, task: task)
      let isBinary = tasks[task].kind == .binary
      var own = isBinary ? binary(rows, &auc) : regression(rows)
      if isBinary, let condition = conditions[task] {
        own += joint(jointRows(columns, examples, task: task, given: condition), &auc)
      }
      scores.append(TaskScores(task: tasks[task].name, scores: own))
      scores[task].isCalibrated = !uncalibrated.contains(task)
      guard isOn[task] else { continue }
      main.append(isBinary ? own[0].value : determination(rows))
    }
    // A task whose rows have one class says nothing about the others.
    let defined = main.filter { !$0.isNaN }
    let mean = defined.reduce(0, +) / Double(max(1, defined.count))
    return Evaluation(
      step: step, epoch: epoch, split: split, tasks: scores,
      score: defined.isEmpty && !main.isEmpty ? .nan : mean, isBest: false)
  }

  private func labelled(_ column: [Float], _ examples: Examples, task: Int) -> LabelledRows {
    var rows = LabelledRows()
    rows.reserveCapacity(examples.count)
    // Regressions are scored in the label's own unit; the scale of a binary task changes nothing.
    let scale = tasks[task].scale
    for row in 0..<examples.count {
      let at = row * tasks.count + task
      guard isInside(examples, at), isGiven(examples, row: row, task: task) else { continue }
      rows.append(
        prediction: scale.original(Double(column[row])),
        label: scale.original(Double(examples.labels.base[at])))
    }
    return rows
  }

  private func isInside(_ examples: Examples, _ at: Int) -> Bool {
    examples.spaces.map { $0.base[at] != 0 } ?? true
  }

  /// Whether what a task is conditional on has happened in a row.
  func isGiven(_ examples: Examples, row: Int, task: Int) -> Bool {
    guard let condition = conditions[task] else { return true }
    let at = row * tasks.count + condition
    return isInside(examples, at) && examples.labels.base[at] == 1
  }

  /// The log-odds of σ(a)σ(b), −log(e⁻ᵃ + e⁻ᵇ + e⁻ᵃ⁻ᵇ), where y∧z is known.
  private func jointRows(
    _ columns: [[Float]], _ examples: Examples, task: Int, given condition: Int
  ) -> LabelledRows {
    var rows = LabelledRows()
    rows.reserveCapacity(examples.count)
    for row in 0..<examples.count {
      let at = row * tasks.count
      let label = examples.labels.base[at + condition]
      guard isInside(examples, at + condition), label == 0 || isInside(examples, at + task) else {
        continue
      }
      let (a, b) = (Double(columns[condition][row]), Double(columns[task][row]))
      let top = max(-a, -b, -a - b)
      let odds = -top - log(exp(-a - top) + exp(-b - top) + exp(-a - b - top))
      let both = label == 0 ? 0 : label * examples.labels.base[at + task]
      rows.append(prediction: odds, label: Double(both))
    }
    return rows
  }

  private func joint(_ rows: LabelledRows, _ auc: inout AUC) -> [Score] {
    [
      Score(name: "joint_auc", value: auc(rows), higherIsBetter: true),
      Score(name: "joint_logloss", value: LogLoss.ofLogits(rows), higherIsBetter: false),
    ]
  }

  private func binary(_ rows: LabelledRows, _ auc: inout AUC) -> [Score] {
    [
      Score(name: "auc", value: auc(rows), higherIsBetter: true),
      Score(name: "logloss", value: LogLoss.ofLogits(rows), higherIsBetter: false),
      Score(
        name: "calibration", value: Calibration.ratio(Sigmoid.of(rows)), higherIsBetter: false),
    ]
  }

  private func regression(_ rows: LabelledRows) -> [Score] {
    [
      Score(name: "rmse", value: RegressionError.rootMeanSquare(rows), higherIsBetter: false),
      Score(name: "mae", value: RegressionError.meanAbsolute(rows), higherIsBetter: false),
    ]
  }

  /// R² = 1 − MSE / Var(y): what stands for a regression in the mean score, where larger is better; NaN
  /// where all labels are equal.
  private func determination(_ rows: LabelledRows) -> Double {
    let count = Double(rows.count)
    let mean = rows.labels.reduce(0, +) / count
    let variance = rows.labels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let error = RegressionError.rootMeanSquare(rows)
    return variance > 0 ? 1 - error * error / variance : .nan
  }
}
