import Datasets
import Foundation
import Metrics
import Runs

/// What the rows of a split say of one task, as they come.
protocol StreamedTask: AnyObject {
  /// Takes a row: the model's answer, the label, and the row's group, −1 without one.
  func add(_ output: Float, label: Float, group: Int32)
  /// The scores of all rows so far.
  func judged() -> StreamedJudgement
  /// How many rows are kept at most for a score that needs them in order.
  var kept: Int { get }
}

/// The scores of a task whose rows were not kept.
struct StreamedJudgement {
  /// The main one first.
  var scores: [Score]
  /// How far chance alone carries the rank score; NaN where there is none.
  var deviation: Double
  /// How far scores may be off, since their rows are counted in bins.
  var bounds: [(kind: ScoreKind, bound: Double)] = []
  /// Scores that were not worked out.
  var leftOut: [ScoreKind] = []
  /// Whether the rank score was worked out.
  var isRanked = true
}

extension StreamedJudgement {
  /// The key of what was not worked out, in ``Runs/TaskScores/basis``.
  static let leftOutName = "not_worked_out"

  /// How far scores may be off and which were not worked out, in words; nil where all are exact.
  ///
  /// ± has two digits and is never too small.
  func basis(kept: Int) -> [TaskScores.Basis]? {
    let words = bounds.filter { $0.bound > 0 }.map {
      "\($0.kind.title) ±\(String(format: "%.2g", $0.bound * 1.06))"
    }
    let names = leftOut.map(\.title).joined(separator: " and ")
    let basis: [TaskScores.Basis] =
      (words.isEmpty
        ? [] : [.init("bounds", words.joined(separator: ", ") + ", counted in bins of the answer")])
      + (names.isEmpty
        ? []
        : [
          .init(
            Self.leftOutName,
            "\(names): at most \(kept) rows are kept for it, and no bound is known without the rest"
          )
        ])
    return basis.isEmpty ? nil : basis
  }
}

/// The scores of chances, from logits.
final class StreamedChances: StreamedTask {
  private var auc: StreamedAUC
  private var groups: StreamedGroups?
  private var calibration = StreamedCalibration()
  private var (loss, chances, labels) = (0.0, 0.0, 0.0)
  private var (count, positives) = (0, 0)
  private let scale: LabelScale
  let kept: Int

  /// Without rows; so many scores are kept to be sorted, for each of AUC and grouped AUC.
  init(_ scale: LabelScale, isGrouped: Bool, sorted: Int) {
    self.scale = scale
    kept = sorted
    auc = StreamedAUC(budget: sorted)
    groups = isGrouped ? StreamedGroups(budget: sorted) : nil
  }

  func add(_ output: Float, label: Float, group: Int32) {
    let (logit, label) = (scale.original(Double(output)), scale.original(Double(label)))
    guard auc.add(logit, label: label), calibration.add(logit, label: label) else { return }
    _ = groups?.add(output, label: label, group: group)
    count += 1
    positives += label > 0.5 ? 1 : 0
    loss += LogLoss.ofLogit(logit, label: label)
    chances += Sigmoid.of(logit)
    labels += label
  }

  func judged() -> StreamedJudgement {
    let (rows, area, error) = (Double(count), auc.estimate(), calibration.error())
    let meanLoss = loss / rows
    var found = StreamedJudgement(
      scores: [Score(.auc, area.area, standardError: area.standardError)],
      deviation: ChanceDeviation.of(counts: [positives, count - positives]))
    if groups != nil {
      found.scores.append(Score(.groupedAUC, groups?.mean() ?? .nan))
      if groups?.isRefused == true { found.leftOut.append(.groupedAUC) }
    }
    found.scores += [
      Score(.logLoss, meanLoss),
      Score(.normalisedEntropy, LogLoss.normalised(meanLoss, baseRate: labels / rows)),
      Score(.predictedOverObserved, labels == 0 ? .nan : (chances / rows) / (labels / rows)),
      Score(.calibrationError, error.value),
    ]
    found.bounds = [(.auc, area.bound), (.calibrationError, error.bound)]
    return found
  }
}

/// The scores of amounts, in the label's unit.
final class StreamedAmounts: StreamedTask {
  private let scale: LabelScale
  private let isGrouped: Bool
  let kept: Int
  /// Rows for the rank score, as long as they are not too many.
  private var ranked = LabelledRows()
  private var groups: [Int] = []
  private var isKept = true
  private var count = 0
  private var (squares, fourths, absolutes, values) = (0.0, 0.0, 0.0, 0.0)
  /// The mean of the labels and Σ (y − mean)², by Welford's rule.
  private var (mean, spread) = (0.0, 0.0)

  /// Without rows; so many are kept for the rank score, each of several numbers.
  init(_ scale: LabelScale, isGrouped: Bool, sorted: Int) {
    self.scale = scale
    self.isGrouped = isGrouped
    kept = sorted / 8
  }

  func add(_ output: Float, label: Float, group: Int32) {
    let (value, label) = (scale.original(Double(output)), scale.original(Double(label)))
    let error = value - label
    count += 1
    squares += error * error
    fourths += error * error * error * error
    absolutes += abs(error)
    values += value
    let before = label - mean
    mean += before / Double(count)
    spread += before * (label - mean)
    guard isKept else { return }
    guard ranked.count < kept else {
      (isKept, ranked, groups) = (false, LabelledRows(), [])
      return
    }
    ranked.append(prediction: value, label: label)
    if isGrouped { groups.append(Int(group)) }
  }

  func judged() -> StreamedJudgement {
    let rows = Double(count)
    let square = squares / rows
    let error = ((fourths / rows - square * square) / (rows - 1) / square).squareRoot() / 2
    var xauc = XAUC()
    let rank = isKept ? xauc(ranked) : .nan
    var found = StreamedJudgement(
      scores: [
        Score(
          .rootMeanSquaredError, square.squareRoot(),
          standardError: count > 1 && square > 0 ? error : .nan),
        Score(.meanAbsoluteError, absolutes / rows), Score(.xauc, rank),
      ], deviation: xauc.chanceDeviation, isRanked: isKept)
    if isGrouped { found.scores.append(Score(.groupedXAUC, isKept ? groupedRank : .nan)) }
    found.scores += [
      Score(.determination, spread > 0 ? 1 - squares / spread : .nan),
      Score(.predictedOverObserved, mean == 0 ? .nan : (values / rows) / mean),
    ]
    if !isKept { found.leftOut = isGrouped ? [.xauc, .groupedXAUC] : [.xauc] }
    return found
  }

  /// The mean over groups by their rows, of rows that have one.
  private var groupedRank: Double {
    let own = groups.indices.filter { groups[$0] >= 0 }
    let rows = LabelledRows(
      predictions: own.map { ranked.predictions[$0] }, labels: own.map { ranked.labels[$0] })
    return GroupedScore.xauc(rows, groups: own.map { groups[$0] }).mean(.rows)
  }
}
