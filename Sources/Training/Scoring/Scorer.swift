import Datasets
import Foundation
import Graph
import Metrics
import Runs

/// Scores a model's answers, task by task, over a whole split.
///
/// Labels and answers of a regression are taken back to the label's own unit first. A row whose
/// answer is no finite number is counted and left out of that task's scores.
struct Scorer {
  let tasks: [TaskDefinition]
  /// By task, the task whose label must be 1 for an answer to be judged; nil for most.
  let conditions: [Int?]
  /// What the score of all tasks together is made of.
  var keep: KeepRule
  /// Tasks whose answers are not trained to be probabilities or means.
  var uncalibrated: Set<Int> = []
  /// What is kept at most.
  var budget = ScoreBudget()

  /// Scores answers that are judged on all rows of a sample space but for the conditions.
  init(tasks: [TaskDefinition], conditions: [Int?]? = nil, keep: KeepRule = .balanced) {
    self.tasks = tasks
    self.conditions = conditions ?? tasks.map { _ in nil }
    self.keep = keep
  }

  /// The scores of answers, restricted to each task's sample space and condition.
  ///
  /// `judgements` are by task those of judges of their own.
  func evaluation(
    _ columns: [[Float]], _ examples: Examples, split: Evaluation.Split, isOn: [Bool], step: Int,
    epoch: Double, judgements: [Int: OwnJudgement] = [:]
  ) -> Evaluation {
    var auc = AUC()
    let judged = tasks.indices.map { task in
      var rows = ScoredRows(
        columns[task], examples, task: task, of: tasks, condition: conditions[task])
      let answer = tasks[task].answer
      var own = rows.scores(of: answer, &auc)
      if answer.isChance, let condition = conditions[task] {
        own += joint(jointRows(columns, examples, task: task, given: condition), &auc)
      }
      var scores = TaskScores(task: tasks[task].name, scores: own)
      scores.isCalibrated = !uncalibrated.contains(task)
      scores.condition = conditions[task].map { tasks[$0].name }
      scores.brokenRows = rows.brokenRows
      scores.firstBrokenRow = rows.firstBrokenRow
      let judgement = judgements[task]
      if let judgement { scores.take(judgement) }
      let deviation = judgement?.deviation ?? rows.chanceDeviation
      return JudgedTask(
        scores: scores, answer: answer, rows: rows.count + rows.brokenRows,
        isVaried: judgement.map { $0.rank.isFinite && deviation > 0 } ?? rows.isVaried,
        deviation: deviation, unit: tasks[task].scale.deviation, ownRank: judgement?.rank)
    }
    return Evaluation(
      step: step, epoch: epoch, split: split, tasks: judged.map(\.scores),
      score: keep.score(of: judged, isOn: isOn), isBest: false)
  }

  /// Whether what a task is conditional on has happened in a row.
  func isGiven(_ examples: Examples, row: Int, task: Int) -> Bool {
    examples.isGiven(row: row, condition: conditions[task], tasks: tasks.count)
  }

  /// The log-odds of σ(a)σ(b), −log(e⁻ᵃ + e⁻ᵇ + e⁻ᵃ⁻ᵇ); nil where one is no finite number.
  static func jointOdds(_ condition: Float, _ own: Float) -> Double? {
    let (a, b) = (Double(condition), Double(own))
    guard a.isFinite, b.isFinite else { return nil }
    let top = max(-a, -b, -a - b)
    return -top - log(exp(-a - top) + exp(-b - top) + exp(-a - b - top))
  }

  /// Whether a split is scored block by block: more rows than are kept, which rows alone judge.
  func streams(_ examples: Examples) -> Bool {
    examples.count > budget.rows && isJudgedByRows
  }

  /// Whether rows alone judge every task.
  var isJudgedByRows: Bool {
    tasks.allSatisfy { [.crossEntropy, .squaredError].contains($0.answer.rowLoss) }
  }

  /// The log-odds of both together where y∧z is known.
  private func jointRows(
    _ columns: [[Float]], _ examples: Examples, task: Int, given condition: Int
  ) -> LabelledRows {
    var rows = LabelledRows()
    rows.reserveCapacity(examples.count)
    for row in 0..<examples.count {
      guard
        let label = examples.jointLabel(
          at: row * tasks.count, task: task, given: condition),
        let odds = Self.jointOdds(columns[condition][row], columns[task][row])
      else { continue }
      rows.append(prediction: odds, label: label)
    }
    return rows
  }

  private func joint(_ rows: LabelledRows, _ auc: inout AUC) -> [Score] {
    let estimate = auc.estimate(rows)
    return [
      Score(.jointAUC, estimate.area, standardError: estimate.standardError),
      Score(.jointLogLoss, LogLoss.ofLogits(rows)),
    ]
  }
}

extension TaskScores {
  /// Takes what a judge of its own says.
  fileprivate mutating func take(_ own: OwnJudgement) {
    scores = own.isBesideRows ? scores + own.scores : own.scores
    basis = own.basis.isEmpty ? nil : own.basis
    baseline = own.baseline
  }
}

extension Examples {
  /// Whether a row lies in a task's sample space, by its place in [N, T].
  func isInside(_ at: Int) -> Bool { spaces.map { $0.base[at] != 0 } ?? true }

  /// The label of a task and its condition together; nil where it is not known.
  ///
  /// - Parameters:
  ///   - start: the place of the row's first label.
  ///   - task: the task.
  ///   - condition: the task that it is conditional on.
  /// - Returns: 0 or 1.
  func jointLabel(at start: Int, task: Int, given condition: Int) -> Double? {
    let label = labels.base[start + condition]
    guard isInside(start + condition), label == 0 || isInside(start + task) else { return nil }
    return Double(label == 0 ? 0 : label * labels.base[start + task])
  }

  /// Whether the task that is a condition has happened in a row; always without a condition.
  func isGiven(row: Int, condition: Int?, tasks: Int) -> Bool {
    guard let condition else { return true }
    let at = row * tasks + condition
    return isInside(at) && labels.base[at] == 1
  }
}
