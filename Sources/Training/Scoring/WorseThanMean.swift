import Datasets
import Runs

/// A real label that is answered worse than by its mean, though it should have been learned.
struct WorseThanMean: Equatable {
  /// Which task it is, by index.
  let task: Int
  /// What a person is told.
  let sentence: String

  /// Epochs that a run of steps has to become better than one and the same answer for all rows.
  static let epochs = 3.0
  /// R² below this is worse than a constant, of which the training rows' mean is one, by a hundredth of
  /// the error; nearer to 0 it may be the draw of the rows.
  static let greatest = -0.02
}

extension Evaluation {
  /// The tasks that are on and whose answers behind three epochs are worse than the rows' mean.
  ///
  ///     rmse > rmse of the mean = rmse / √(1 − R²)      where R² < −0.02
  ///
  /// - Parameter isOn: by task, whether it trains.
  /// - Returns: them with a sentence; none before three epochs.
  func worseThanMean(isOn: [Bool]) -> [WorseThanMean] {
    guard epoch >= WorseThanMean.epochs else { return [] }
    let isAlone = isOn.count { $0 } == 1
    return tasks.indices.filter { isOn[$0] }.compactMap {
      worseThanMean(
        task: $0, after: "after three epochs ",
        advice: "a smaller --lr may help"
          + (isAlone ? "" : ", or a smaller weight of a task beside it (weight TASK 0.01)"))
    }
  }

  /// The tasks whose fitted answers are worse than the rows' mean.
  func fittedWorseThanMean() -> [WorseThanMean] {
    tasks.indices.compactMap {
      worseThanMean(
        task: $0, after: "", advice: "a larger penalty may help, as in --set model.l2=10")
    }
  }

  private func worseThanMean(task: Int, after time: String, advice: String) -> WorseThanMean? {
    let scores = tasks[task]
    guard let explained = scores[ScoreKind.determination.name],
      let error = scores[ScoreKind.rootMeanSquaredError.name],
      explained < WorseThanMean.greatest
    else { return nil }
    let least = error / (1 - explained).squareRoot()
    return WorseThanMean(
      task: task,
      sentence: "\(printable(scores.task)): \(time)the rmse of the \(split.rawValue) rows, "
        + "\(numberText(error)), is above \(numberText(least)), that of their mean as the answer for "
        + "all: \(advice)")
  }
}
