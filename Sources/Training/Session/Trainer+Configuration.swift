import Datasets
import Graph
import Layers
import Models
import Tensors

/// Declares a model with a builder, given its options, its inputs and its tasks.
typealias ModelMaker =
  ([String: String], InputSpecification, [TaskDefinition], Builder) throws(ModelError)
  -> any MultiTaskModel

extension Trainer {
  /// The trainer of a run: the model with its options on the columns and tasks of a data set.
  convenience init(
    _ configuration: TrainingConfiguration, _ make: ModelMaker, dataset: Dataset
  ) throws(ModelError) {
    let builder = Builder()
    let input = InputSpecification(
      dataset.features, embeddingWidth: configuration.embeddingWidth)
    let model = try make(configuration.modelOptions, input, dataset.tasks, builder)
    let store = ParameterStore(
      builder.specifications, tasks: dataset.tasks.count, seed: configuration.seed)
    self.init(
      model, store: store, tasks: dataset.tasks, batchSize: configuration.batchSize,
      optimizer: configuration.optimizer, dials: builder.dials, seed: configuration.seed,
      pool: WorkerPool(threads: configuration.threads))
  }
}
