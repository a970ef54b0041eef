import Datasets
import Models
import Objectives
import Runs

extension TrainingRun {
  /// Fits a model that is not trained by steps.
  func fit(
    _ entry: ModelEntry, _ configuration: Linear.Configuration, _ dataset: Dataset
  ) throws {
    try self.configuration.checkScores(on: dataset, answering: dataset.tasks)
    guard self.configuration.balancer == .equal else {
      throw BalancerError.refused(
        balancer: self.configuration.balancer.name, .fitted(model: entry.name))
    }
    guard self.configuration.labelSmoothing == 0 else {
      throw LabelSmoothingError(
        share: self.configuration.labelSmoothing, model: entry.name, problem: .fitted)
    }
    try CommandNames(
      tasks: dataset.tasks.map(\.name), dials: [], expertCount: nil, isFitted: true
    ).check(self.configuration.schedule)
    let fitted = FittedRun(self, entry: entry, dataset: dataset)
    try prepared(fitted.description, dataset)
    try recorder?.resumed()
    fitted.start(configuration)
  }
}
