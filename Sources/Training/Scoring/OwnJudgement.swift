import Runs

/// What a judge of its own says of a task that labels and answers of rows do not judge.
struct OwnJudgement {
  /// The scores, the main one first.
  var scores: [Score]
  /// What they are of.
  var basis: [TaskScores.Basis] = []
  /// What is reached without a model.
  var baseline: TaskScores.Baseline?
  /// Whether they stand behind those that rows give, not in their place.
  var isBesideRows = false
  /// What counts for the choice of the kept step, larger is better; NaN where nothing does.
  var rank = Double.nan
  /// How far chance alone carries it.
  var deviation = Double.nan
}
