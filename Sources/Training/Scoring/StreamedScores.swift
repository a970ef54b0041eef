import Datasets
import Foundation
import Metrics
import Runs

/// The scores of a split whose rows are too many to be kept, taken block by block.
///
/// Sums go over the rows in their order, so that a mean is that of kept rows to the bit. What needs rows
/// in the order of their answers is exact as far as the ``ScoreBudget`` goes; beyond, how far it may be
/// off, or that it was not worked out, stands in ``TaskScores/basis``.
final class StreamedScores {
  private let scorer: Scorer
  private let tasks: [any StreamedTask]
  /// By task, what it and its condition say together; nil without a condition.
  private let joint: [JointChances?]
  /// By task, how the answers vary over all rows.
  private var spreads: [AnswerSpread]
  /// By task, the rows that count, and what is known of their labels.
  private var labels: [LabelsSeen]
  private var rows = 0

  /// Starts without rows of a split; `isCalibrated`: amounts are put into calibration tables, too.
  init(_ scorer: Scorer, isGrouped: Bool, isCalibrated: Bool = false) {
    let definitions = scorer.tasks
    let share = scorer.budget.share(
      of: definitions, given: scorer.conditions, isGrouped: isGrouped)
    self.scorer = scorer
    tasks = definitions.map { task -> any StreamedTask in
      guard task.answer.rowLoss == .crossEntropy else {
        return StreamedAmounts(
          task.scale, isGrouped: isGrouped, isCalibrated: isCalibrated, sorted: share,
          scratch: scorer.budget.scratch)
      }
      return StreamedChances(
        task.scale, isGrouped: isGrouped, sorted: share, scratch: scorer.budget.scratch)
    }
    joint = definitions.indices.map { task in
      definitions[task].answer.isChance
        ? scorer.conditions[task].map { JointChances(given: $0, sorted: share) } : nil
    }
    spreads = definitions.map { _ in AnswerSpread() }
    labels = definitions.map { _ in LabelsSeen() }
  }

  /// Takes the next rows of the split, which begin at one of the examples: by task what the model puts out
  /// for them.
  func add(
    _ outputs: [UnsafePointer<Float>], rows count: Int, of examples: Examples, from first: Int
  ) {
    for index in 0..<count {
      for task in tasks.indices { add(outputs, index, first + index, examples, task) }
    }
    rows += count
  }

  private func add(
    _ outputs: [UnsafePointer<Float>], _ index: Int, _ row: Int, _ examples: Examples, _ task: Int
  ) {
    let (output, at) = (outputs[task][index], row * tasks.count + task)
    spreads[task].add(Double(output))
    joint[task]?.add(outputs, index, examples, at: row * tasks.count, task: task)
    guard examples.isInside(at), scorer.isGiven(examples, row: row, task: task) else { return }
    let label = examples.labels.base[at]
    labels[task].add(label, isBroken: !output.isFinite, row: rows + index)
    guard output.isFinite else { return }
    tasks[task].add(output, label: label, group: examples.groups?.base[row] ?? -1)
  }

  /// By task the deviation of its answers over all rows; nil below two rows and where one is no number.
  var deviations: [Double?] { spreads.map(\.deviation) }

  /// How many rows there were.
  var count: Int { rows }

  /// What the labels leave undefined.
  func undefined(_ split: Evaluation.Split) -> UndefinedScores {
    UndefinedScores(labels.map(\.range), of: scorer.tasks, split: split)
  }

  /// By task bins of equally many rows by rising answer; none for amounts unless they were asked for.
  func calibration(bins: Int) -> [[ScoreReport.Bin]] {
    tasks.map { task in
      (task.calibration(bins: bins) ?? []).map {
        ScoreReport.Bin(rows: $0.count, meanAnswer: $0.meanProbability, meanLabel: $0.meanLabel)
      }
    }
  }

  /// The scores of all rows.
  func evaluation(
    split: Evaluation.Split, isOn: [Bool], step: Int, epoch: Double
  ) -> Evaluation {
    let judged = tasks.indices.map { task in
      let seen = labels[task]
      var found = tasks[task].judged()
      let definition = scorer.tasks[task]
      joint[task]?.judge(&found)
      var scores = TaskScores(task: definition.name, scores: found.scores)
      scores.isCalibrated = !scorer.uncalibrated.contains(task)
      scores.condition = scorer.conditions[task].map { scorer.tasks[$0].name }
      (scores.brokenRows, scores.firstBrokenRow) = (seen.broken, seen.firstBroken)
      scores.basis = found.basis(kept: tasks[task].kept)
      return JudgedTask(
        scores: scores, answer: definition.answer, rows: seen.count,
        isVaried: seen.range.isVaried && found.isRanked, deviation: found.deviation,
        unit: definition.scale.deviation)
    }
    return Evaluation(
      step: step, epoch: epoch, split: split, tasks: judged.map(\.scores),
      score: scorer.keep.score(of: judged, isOn: isOn), isBest: false)
  }
}

/// What is known of the labels of a task's rows.
private struct LabelsSeen {
  private(set) var count = 0
  private(set) var broken = 0
  private(set) var firstBroken: Int?
  private(set) var range = LabelRange()

  mutating func add(_ label: Float, isBroken: Bool, row: Int) {
    count += 1
    range.add(label)
    guard isBroken else { return }
    broken += 1
    firstBroken = firstBroken ?? row
  }
}

/// The deviation (population) of numbers that come one after another, by Welford's rule.
struct AnswerSpread {
  private var count = 0
  private var (mean, squares) = (0.0, 0.0)

  mutating func add(_ number: Double) {
    count += 1
    let before = number - mean
    mean += before / Double(count)
    squares += before * (number - mean)
  }

  /// Nil with fewer than two numbers, or if one is not finite.
  var deviation: Double? {
    let deviation = (squares / Double(count)).squareRoot()
    return count > 1 && deviation.isFinite ? deviation : nil
  }
}

/// The scores of a task and its condition together, where y∧z is known.
private final class JointChances {
  private let condition: Int
  private var auc: StreamedAUC
  private var loss = 0.0
  private var count = 0

  init(given condition: Int, sorted: Int) {
    self.condition = condition
    auc = StreamedAUC(budget: sorted)
  }

  /// Takes a row, whose labels begin at an index.
  func add(
    _ outputs: [UnsafePointer<Float>], _ index: Int, _ examples: Examples, at start: Int, task: Int
  ) {
    guard let label = examples.jointLabel(at: start, task: task, given: condition),
      let odds = Scorer.jointOdds(outputs[condition][index], outputs[task][index]),
      auc.add(odds, label: label)
    else { return }
    count += 1
    loss += LogLoss.ofLogit(odds, label: label)
  }

  /// Adds the scores of both together to those of the task.
  func judge(_ task: inout StreamedJudgement) {
    let area = auc.estimate()
    task.scores += [
      Score(.jointAUC, area.area, standardError: area.standardError),
      Score(.jointLogLoss, loss / Double(count)),
    ]
    task.bounds.append((.jointAUC, area.bound))
  }
}
