import Datasets
import Metrics
import Runs

/// The rows of a split by which one task is judged: finite answers, labels in the label's unit, groups.
struct ScoredRows {
  private var rows = LabelledRows()
  /// The group of each row, −1 for none; empty where rows are not grouped.
  private var groups: [Int] = []
  private let isGrouped: Bool
  /// Rows whose answer is no finite number.
  private(set) var brokenRows = 0
  /// The first of them, by its place in the split.
  private(set) var firstBrokenRow: Int?
  /// Whether the labels differ, of rows with whatever answer: else there is no rank score.
  private(set) var isVaried = false
  /// How far chance alone carries the rank score on these rows; NaN before they are scored.
  private(set) var chanceDeviation = Double.nan
  private var firstLabel: Float?

  /// Takes the rows of a task's sample space and condition.
  init(
    _ column: [Float], _ examples: Examples, task: Int, of tasks: [TaskDefinition],
    condition: Int?
  ) {
    isGrouped = examples.groups != nil
    let scale = tasks[task].scale
    rows.reserveCapacity(examples.count)
    if isGrouped { groups.reserveCapacity(examples.count) }
    for row in 0..<examples.count {
      let at = row * tasks.count + task
      guard examples.isInside(at),
        examples.isGiven(row: row, condition: condition, tasks: tasks.count)
      else { continue }
      let label = examples.labels.base[at]
      if firstLabel == nil { firstLabel = label } else if label != firstLabel { isVaried = true }
      guard column[row].isFinite else {
        brokenRows += 1
        firstBrokenRow = firstBrokenRow ?? row
        continue
      }
      rows.append(
        prediction: scale.original(Double(column[row])), label: scale.original(Double(label)))
      if let given = examples.groups { groups.append(Int(given.base[row])) }
    }
  }

  /// Rows that are scored.
  var count: Int { rows.count }

  /// The scores of an answer, the main one first, but for those of two labels together.
  ///
  /// Of answers that rows alone do not judge all are undefined: their judges fill them in. Of tuples a
  /// row says the mean squared error of its own entries.
  mutating func scores(of answer: Answer, _ auc: inout AUC) -> [Score] {
    switch answer.rowLoss {
    case .crossEntropy: scoresOfChances(&auc)
    case .squaredError: scoresOfAmounts()
    case .pairs, .words: answer.scores.map { Score($0, .nan) }
    case .entries: [Score(.rootMeanSquaredError, meanPrediction.squareRoot())]
    }
  }

  /// The scores of chances, from logits.
  private mutating func scoresOfChances(_ auc: inout AUC) -> [Score] {
    chanceDeviation = ChanceDeviation.ofAUC(rows)
    let loss = LogLoss.ofLogits(rows)
    let chances = Sigmoid.of(rows)
    let rate = rows.labels.reduce(0, +) / Double(rows.count)
    let grouped = isGrouped ? [Score(.groupedAUC, groupedScore(GroupedScore.auc))] : []
    let estimate = auc.estimate(rows)
    let main = Score(.auc, estimate.area, standardError: estimate.standardError)
    return [main] + grouped + [
      Score(.logLoss, loss), Score(.normalisedEntropy, LogLoss.normalised(loss, baseRate: rate)),
      Score(.predictedOverObserved, Calibration.ratio(chances)),
      Score(.calibrationError, Calibration.expectedError(chances, .mass)),
    ]
  }

  /// The scores of amounts, in the label's unit.
  private mutating func scoresOfAmounts() -> [Score] {
    var xauc = XAUC()
    let rank = xauc(rows)
    chanceDeviation = xauc.chanceDeviation
    let grouped = isGrouped ? [Score(.groupedXAUC, groupedScore(GroupedScore.xauc))] : []
    return [
      Score(
        .rootMeanSquaredError, RegressionError.rootMeanSquare(rows),
        standardError: RegressionError.standardError(rows)),
      Score(.meanAbsoluteError, RegressionError.meanAbsolute(rows)), Score(.xauc, rank),
    ] + grouped + [
      Score(.determination, RegressionError.determination(rows)),
      Score(.predictedOverObserved, Calibration.ratio(rows)),
    ]
  }

  /// The mean of what the model puts out; NaN without rows.
  private var meanPrediction: Double {
    rows.predictions.reduce(0, +) / Double(rows.count)
  }

  /// Bins of equally many rows by rising answer, in the unit of the label.
  func calibration(of answer: Answer, bins: Int) -> [ScoreReport.Bin] {
    guard rows.count > 0, answer.rowLoss.isOfRow else { return [] }
    return Calibration.massBins(answer.isChance ? Sigmoid.of(rows) : rows, bins).map {
      ScoreReport.Bin(rows: $0.count, meanAnswer: $0.meanProbability, meanLabel: $0.meanLabel)
    }
  }

  /// The mean over groups by their rows; rows without a group are left out.
  private func groupedScore(_ score: (LabelledRows, [Int]) -> GroupedScore) -> Double {
    guard groups.contains(-1) else { return score(rows, groups).mean(.rows) }
    let inGroups = groups.indices.filter { groups[$0] >= 0 }
    let own = LabelledRows(
      predictions: inGroups.map { rows.predictions[$0] }, labels: inGroups.map { rows.labels[$0] })
    return score(own, inGroups.map { groups[$0] }).mean(.rows)
  }
}
