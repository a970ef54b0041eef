import Datasets
import Runs

/// One task's scores with what the score of all tasks needs besides.
struct JudgedTask {
  let scores: TaskScores
  /// What is answered for it.
  let answer: Answer
  /// Rows of the sample space, with answers of any kind.
  let rows: Int
  /// Whether the labels differ: else the task has no rank score.
  let isVaried: Bool
  /// How far chance alone carries the rank score.
  let deviation: Double
  /// What the loss is counted in: the deviation of a regression's training labels.
  let unit: Double

  /// What a judge of its own says counts; nil where rows judge it.
  var ownRank: Double?

  /// AUC or XAUC; of a ranking NDCG, of a text the mean chance of a true word, 1 / perplexity.
  var rank: Double { ownRank ?? scores[answer.rankScore] ?? .nan }

  /// Mean log loss, or the mean squared error of labels of deviation 1.
  var loss: Double { answer.meanLoss(of: scores, unit: unit) }
}

extension KeepRule {
  /// What decides, larger is better; NaN where it is undefined.
  ///
  /// A task whose labels are all the same does not count. If none is left, or if the one of a rule
  /// is such a task or its score is undefined, minus the mean loss decides. Where no label of a row is
  /// judged, of rankings, texts and tuples, the score that a rule names counts whenever it is a number.
  func score(of tasks: [JudgedTask], isOn: [Bool]) -> Double {
    let on = tasks.indices.filter { isOn[$0] }
    switch self {
    case .score(let task, let name):
      guard let judged = tasks.first(where: { $0.scores.task == task }),
        judged.isVaried || !judged.answer.rowLoss.isOfRow
      else { break }
      // Groups of one class each leave a grouped score undefined although the labels vary.
      guard let ranking = judged.scores.scores.first(where: { $0.name == name })?.ranking,
        !ranking.isNaN
      else { break }
      return ranking
    case .balanced, .last:
      let ranked = on.map { tasks[$0] }.filter(\.isVaried)
      guard !ranked.isEmpty else { break }
      let weights = ranked.reduce(0) { $0 + 1 / $1.deviation }
      return ranked.reduce(0) { $0 + $1.rank / $1.deviation } / weights
    }
    let losses = on.filter { tasks[$0].rows > 0 && tasks[$0].answer.rowLoss != .pairs }.map {
      tasks[$0].loss
    }
    return losses.isEmpty ? .nan : -losses.reduce(0, +) / Double(losses.count)
  }
}

extension KeepRule {
  /// Checks that the data have the task and the score.
  fileprivate func check(
    on dataset: Dataset, _ tasks: [TaskDefinition]?, _ conditional: [Bool]?
  ) throws(KeepError) {
    try check(
      tasks?.map { ($0.name, $0.answer) } ?? dataset.tasks.map { ($0.name, nil) },
      hasGroups: dataset.validation.groups != nil,
      conditional: conditional ?? dataset.tasks.map { _ in true })
  }
}

extension RunConfiguration {
  /// Checks that the data, and the model as far as it is known, have the scores by which a step is kept
  /// and the run ends early.
  ///
  /// - Parameters:
  ///   - dataset: the data.
  ///   - tasks: the tasks with what the model answers for them; nil: no model has said it yet.
  ///   - conditional: by task, whether the model judges it on another one's rows; nil: it has not said.
  /// - Throws: `KeepError`, `StopError`.
  func checkScores(
    on dataset: Dataset, answering tasks: [TaskDefinition]? = nil, conditional: [Bool]? = nil
  ) throws {
    try keep.check(on: dataset, tasks, conditional)
    do throws(KeepError) {
      try stop?.check(on: dataset, tasks, conditional)
    } catch {
      throw StopError(error)
    }
  }
}
