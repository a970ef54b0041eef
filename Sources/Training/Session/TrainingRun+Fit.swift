import Datasets
import Models

extension TrainingRun {
  func fit(_ entry: ModelEntry, _ configuration: Linear.Configuration, _ dataset: Dataset) throws {
  }
}
