import Datasets
import Runs

extension TaskScores {
  /// Scores that need all rows in the order of their answers: of rows that are too many to be kept they
  /// are not worked out.
  private static let needingOrder: [ScoreKind] = [.groupedAUC, .xauc, .groupedXAUC]

  /// Why a score was not worked out, in words; nil where it was.
  func reasonLeftOut(_ score: String) -> String? {
    guard Self.needingOrder.contains(where: { $0.name == score }), self[score]?.isNaN == true
    else { return nil }
    return basis?.first { $0.name == StreamedJudgement.leftOutName }?.text
  }
}

extension KeepRule {
  /// What a person should know of the choice of the kept step and labels do not tell: the score that
  /// should decide is undefined, since no group has both classes or no text names a feature; it, or the
  /// rank score of a task that is on, was not worked out, since the rows are too many.
  ///
  /// - Parameters:
  ///   - evaluation: the scores of the validation rows.
  ///   - tasks: the tasks, as the evaluation has them.
  ///   - isOn: by task, whether it is on.
  /// - Returns: sentences, none where nothing is to be said.
  func notices(
    of evaluation: Evaluation, _ tasks: [TaskDefinition], isOn: [Bool]
  ) -> [String] {
    switch self {
    case .score(let task, let name):
      guard let definition = tasks.first(where: { $0.name == task }),
        let scores = evaluation.tasks.first(where: { $0.task == task })
      else { return [] }
      return notice(ofScore: name, of: scores, definition).map { [$0] } ?? []
    case .balanced:
      return tasks.indices.filter { isOn[$0] && $0 < evaluation.tasks.count }.compactMap { task in
        let rank = tasks[task].answer.rankScore
        return evaluation.tasks[task].reasonLeftOut(rank.name).map { reason in
          "\(printable(tasks[task].name)) does not count for the step that is kept: its score was not "
            + "worked out (\(reason))"
        }
      }
    case .last: return []
    }
  }

  /// Why the score that the rule names does not decide; nil where it does, and where the labels say it.
  private func notice(
    ofScore name: String, of scores: TaskScores, _ task: TaskDefinition
  ) -> String? {
    let instead = "so the mean loss decides which step is kept"
    if let reason = scores.reasonLeftOut(name) {
      return
        "\(printable("\(self)")) was not worked out on the validation rows (\(reason)), \(instead)"
    }
    guard ScoreKind.named(name)?.need == .groups || !task.answer.rowLoss.isOfRow,
      scores[name]?.isNaN != false
    else { return nil }
    return "\(printable("\(self)")) is undefined on the validation rows, \(instead)"
  }
}
