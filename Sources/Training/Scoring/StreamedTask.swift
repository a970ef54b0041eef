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
  /// Bins of equally many rows by rising answer, in the unit of the label; nil where none were counted.
  func calibration(bins: Int) -> [Calibration.Bin]?
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
  /// Why no more rows were kept for them.
  var whyLeftOut = ""
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
            "\(names): at most \(kept) rows are kept for it, since \(whyLeftOut), and no bound is known "
              + "without the rest"
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

  /// Without rows; so many scores are kept to be sorted, for each of AUC and grouped AUC, and more of the
  /// latter in a scratch.
  init(_ scale: LabelScale, isGrouped: Bool, sorted: Int, scratch: ScratchSource?) {
    self.scale = scale
    kept = sorted
    auc = StreamedAUC(budget: sorted)
    groups = isGrouped ? StreamedGroups(budget: sorted, scratch: scratch) : nil
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

  func calibration(bins: Int) -> [Calibration.Bin]? { calibration.massBins(bins) }

  func judged() -> StreamedJudgement {
    let (rows, area, error) = (Double(count), auc.estimate(), calibration.error())
    let meanLoss = loss / rows
    var found = StreamedJudgement(
      scores: [Score(.auc, area.area, standardError: area.standardError)],
      deviation: ChanceDeviation.of(counts: [positives, count - positives]))
    if groups != nil {
      found.scores.append(Score(.groupedAUC, groups?.mean() ?? .nan))
      if let refusal = groups?.refusal {
        found.leftOut.append(.groupedAUC)
        found.whyLeftOut = refusal
      }
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
///
/// Rank scores are those of labels and answers as they are trained, whose order is the same.
final class StreamedAmounts: StreamedTask {
  private let scale: LabelScale
  let kept: Int
  private var ranked: StreamedXAUC
  private var groups: StreamedGroupedXAUC?
  private var calibration: StreamedCalibration?
  private var count = 0
  private var (squares, fourths, absolutes, values) = (0.0, 0.0, 0.0, 0.0)
  /// The mean of the labels and Σ (y − mean)², by Welford's rule.
  private var (mean, spread) = (0.0, 0.0)

  /// Without rows; an eighth of so many are in memory for each rank score, since sorting them takes
  /// several numbers a row, and more in a scratch.
  init(
    _ scale: LabelScale, isGrouped: Bool, isCalibrated: Bool, sorted: Int, scratch: ScratchSource?
  ) {
    self.scale = scale
    kept = sorted / 8
    calibration = isCalibrated ? StreamedCalibration() : nil
    ranked = StreamedXAUC(budget: kept, scratch: scratch)
    groups = isGrouped ? StreamedGroupedXAUC(budget: kept, scratch: scratch) : nil
  }

  func add(_ output: Float, label: Float, group: Int32) {
    _ = ranked.add(output, label: label)
    _ = groups?.add(output, label: label, group: group)
    let (value, label) = (scale.original(Double(output)), scale.original(Double(label)))
    _ = calibration?.add(Double(output), answer: value, label: label)
    let error = value - label
    count += 1
    squares += error * error
    fourths += error * error * error * error
    absolutes += abs(error)
    values += value
    let before = label - mean
    mean += before / Double(count)
    spread += before * (label - mean)
  }

  func calibration(bins: Int) -> [Calibration.Bin]? { calibration?.massBins(bins) }

  func judged() -> StreamedJudgement {
    let rows = Double(count)
    let square = squares / rows
    let error = ((fourths / rows - square * square) / (rows - 1) / square).squareRoot() / 2
    let rank = ranked.share()
    var found = StreamedJudgement(
      scores: [
        Score(
          .rootMeanSquaredError, square.squareRoot(),
          standardError: count > 1 && square > 0 ? error : .nan),
        Score(.meanAbsoluteError, absolutes / rows), Score(.xauc, rank.value),
      ], deviation: ranked.chanceDeviation, isRanked: ranked.refusal == nil)
    found.bounds = [(.xauc, rank.bound)]
    if let refusal = ranked.refusal {
      (found.leftOut, found.whyLeftOut) = ([.xauc], refusal)
    }
    judgeGroups(&found)
    found.scores += [
      Score(.determination, spread > 0 ? 1 - squares / spread : .nan),
      Score(.predictedOverObserved, mean == 0 ? .nan : (values / rows) / mean),
    ]
    return found
  }

  private func judgeGroups(_ found: inout StreamedJudgement) {
    guard let mean = groups?.mean() else { return }
    found.scores.append(Score(.groupedXAUC, mean.value))
    found.bounds.append((.groupedXAUC, mean.bound))
    guard let refusal = groups?.refusal else { return }
    found.leftOut.append(.groupedXAUC)
    found.whyLeftOut = refusal
  }
}
