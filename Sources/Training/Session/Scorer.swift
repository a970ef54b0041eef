import Datasets
import Graph
import Metrics
import Runs

/// Scores a model's answers, task by task, over a whole split.
struct Scorer {
  let tasks: [TaskDefinition]

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

  /// The scores of answers, restricted to each task's sample space.
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
      let own = isBinary ? binary(rows, &auc) : regression(rows)
      scores.append(TaskScores(task: tasks[task].name, scores: own))
      guard isOn[task] else { continue }
      main.append(isBinary ? own[0].value : determination(rows))
    }
    return Evaluation(
      step: step, epoch: epoch, split: split, tasks: scores,
      score: main.reduce(0, +) / Double(max(1, main.count)), isBest: false)
  }

  private func labelled(_ column: [Float], _ examples: Examples, task: Int) -> LabelledRows {
    var rows = LabelledRows()
    rows.reserveCapacity(examples.count)
    for row in 0..<examples.count {
      let at = row * tasks.count + task
      if let spaces = examples.spaces, spaces.base[at] == 0 { continue }
      rows.append(prediction: Double(column[row]), label: Double(examples.labels.base[at]))
    }
    return rows
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

  /// R² = 1 − MSE / Var(y): what stands for a regression in the mean score, where larger is better.
  private func determination(_ rows: LabelledRows) -> Double {
    let count = Double(rows.count)
    let mean = rows.labels.reduce(0, +) / count
    let variance = rows.labels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let error = RegressionError.rootMeanSquare(rows)
    return 1 - error * error / variance
  }
}
