import Datasets
import Graph
import Layers
import Models
import Tensors

extension Trainer {
  /// The trainer of a run: the model with its options on the columns and tasks of a data set, whose
  /// training labels say which task plays which part; nil for a model that takes no steps.
  convenience init?(
    _ configuration: TrainingConfiguration, _ entry: ModelEntry, dataset: Dataset
  ) throws(ModelError) {
    let builder = Builder()
    let input = InputSpecification(
      dataset.features, embeddingWidth: configuration.embeddingWidth)
    let labels = { LabelPairs(dataset.training, tasks: dataset.tasks) }
    guard
      let (model, roles) = try entry.model(
        configuration.modelOptions, input: input, tasks: dataset.tasks, labels: labels,
        builder: builder)
    else { return nil }
    let store = ParameterStore(
      builder.specifications, tasks: dataset.tasks.count, seed: configuration.seed)
    self.init(
      model, store: store, tasks: dataset.tasks, batchSize: configuration.batchSize,
      optimizer: configuration.optimizer, dials: builder.dials, seed: configuration.seed,
      pool: WorkerPool(threads: configuration.threads))
    self.roles = roles
  }
}
