import Runs

extension Evaluation {
  /// By task its main score, of either sign so that larger is better; minus its loss where all labels
  /// are the same, so that there is no other score.
  var rankings: [Double] { tasks.map { $0.decisive?.ranking ?? .nan } }
}

extension TaskScores {
  /// The score by which a task's own best is found: the main one, or the log loss where it is
  /// undefined; nil where that is undefined too.
  var decisive: Score? {
    guard let main = scores.first else { return nil }
    guard main.value.isNaN else { return main }
    return scores.first { $0.name == ScoreKind.logLoss.name && !$0.value.isNaN }
  }
}
