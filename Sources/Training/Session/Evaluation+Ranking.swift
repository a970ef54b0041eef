import Runs

extension Evaluation {
  /// By task its main score, of either sign so that larger is better.
  var rankings: [Double] {
    tasks.map { task in
      task.scores.first.map { $0.higherIsBetter ? $0.value : -$0.value } ?? .nan
    }
  }
}
