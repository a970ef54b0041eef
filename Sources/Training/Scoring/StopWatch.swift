import Runs
import Tensors

/// Watches one score of one task and says when waiting for a better one is no use any more.
struct StopWatch {
  private let task: String
  private let name: String
  /// The best score so far as larger is better; nil before the first defined one.
  private var best: Double?
  private var epochsWithoutBetter = 0
  private var improvedThisEpoch = false

  /// Watches what a rule names; nil for one that names no task.
  init?(_ rule: KeepRule) {
    guard case .score(let task, let name) = rule else { return nil }
    (self.task, self.name) = (task, name)
  }

  /// Takes in validation scores; one that is undefined is not better.
  mutating func consider(_ evaluation: Evaluation) {
    guard
      let score = evaluation.tasks.first(where: { $0.task == task })?
        .scores.first(where: { $0.name == name })?.ranking, !score.isNaN
    else { return }
    if let best, score <= best { return }
    best = score
    improvedThisEpoch = true
  }

  /// Ends an epoch; true if the run should end: `patience` epochs in a row were not better than the
  /// best, where there is one.
  mutating func epochEnded(patience: Int) -> Bool {
    epochsWithoutBetter = improvedThisEpoch ? 0 : epochsWithoutBetter + 1
    improvedThisEpoch = false
    return patience > 0 && best != nil && epochsWithoutBetter >= patience
  }

  /// Begins anew: what is scored from now on cannot be compared with what was before.
  mutating func restart() { (best, epochsWithoutBetter, improvedThisEpoch) = (nil, 0, false) }

  /// Visits the best score and how long it has stood.
  mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.number("best", &best)
    try archive.number("epochs-without-better", &epochsWithoutBetter, in: Archive.counts)
    try archive.flag("improved-this-epoch", &improvedThisEpoch)
  }
}
