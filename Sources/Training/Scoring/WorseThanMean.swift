import Datasets
import Runs

/// A real label that is answered worse than by its mean, though there was time to learn it.
struct WorseThanMean: Equatable {
  /// Which task it is, by index.
  let task: Int
  /// What a person is told.
  let sentence: String

  /// Epochs that answers have to become better than one and the same for all rows.
  static let epochs = 3.0
  /// R² below this is worse than a constant, of which the training rows' mean is one, by a hundredth of
  /// the error; nearer to 0 it may be the draw of the rows.
  static let greatest = -0.02
}

extension Evaluation {
  /// The tasks that are on and whose answers behind three epochs are still worse than the rows' mean.
  ///
  ///     rmse > rmse of the mean = rmse / √(1 − R²)      where R² < −0.02
  ///
  /// - Parameter isOn: by task, whether it trains.
  /// - Returns: them with a sentence; none before three epochs.
  func worseThanMean(isOn: [Bool]) -> [WorseThanMean] {
    guard epoch >= WorseThanMean.epochs else { return [] }
    let isAlone = isOn.count { $0 } == 1
    return tasks.indices.filter { isOn[$0] }.compactMap { task in
      let scores = tasks[task]
      guard let explained = scores[ScoreKind.determination.name],
        let error = scores[ScoreKind.rootMeanSquaredError.name],
        explained < WorseThanMean.greatest
      else { return nil }
      let advice =
        isAlone
        ? "a smaller --lr may help"
        : "a smaller --lr may help, or a smaller weight of a task beside it (weight TASK 0.01)"
      return WorseThanMean(
        task: task,
        sentence: "\(printable(scores.task)): after three epochs the rmse of the "
          + "\(split.rawValue) rows, \(numberText(error)), is still above "
          + "\(numberText(error / (1 - explained).squareRoot())), that of their mean as the answer for "
          + "all: \(advice)")
    }
  }
}
