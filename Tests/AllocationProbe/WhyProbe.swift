import Datasets
import Graph
import Layers
import MallocCounter
import Models
import Runs
import Tensors
import Training

/// "Why I like it" behind its warm-up: sentences are sampled in every step for policy and adversary.
struct WhyProbe {
  let name = "Why I like it"

  private static let rows = 40
  private static let tasks = [
    TaskDefinition(name: "rating", kind: .regression),
    TaskDefinition(name: "explanation", kind: .text),
  ]

  private static func dataset() -> Dataset {
    var (ids, labels): ([Int32], [Float]) = ([], [])
    for row in 0..<Int32(rows) {
      ids += [1 + row % 8, 1 + row / 8 % 8]
      labels += [Float(row % 5), 1]
    }
    let words = ["good", "bad", "sound", "price", "cable"]
    let text = TextData(
      training: (0..<rows).map { "the \(words[$0 % 5]) and the \(words[$0 / 5 % 5])" },
      shape: ReviewShape(perUser: 3, perItem: 2, tokens: 6))
    var schema = FeatureSchema(
      fields: ["user", "item"].map { CategoricalField(name: $0, vocabulary: 9) }, dense: [])
    schema.interactions = InteractionFields(user: 0, item: 1)
    schema.text = text.features
    let training = Examples(
      count: rows, ids: Storage(ids), dense: Storage([]), labels: Storage(labels), firstText: 0)
    let none = Examples(
      count: 0, ids: Storage([]), dense: Storage([]), labels: Storage([]), firstText: rows)
    var dataset = Dataset(
      name: "reviews", features: schema, tasks: tasks, training: training, validation: none,
      test: none)
    dataset.text = text
    dataset.interactions = Interactions(training, schema, user: 0, item: 1)
    return dataset
  }

  /// Warms up, then counts steps and answers on two threads.
  func allocations() -> Int {
    let dataset = Self.dataset()
    var configuration = Why.Configuration()
    (configuration.wordWidth, configuration.encoder, configuration.hidden) = (8, 4, 12)
    let builder = Builder()
    let model = Why(
      configuration, input: InputSpecification(dataset.features), tasks: Self.tasks,
      builder: builder)
    let store = ParameterStore(builder.specifications, tasks: 2, seed: 1)
    let trainer = Trainer(
      model, store: store, tasks: Self.tasks, batchSize: 16, optimizer: OptimizerConfiguration(),
      dials: builder.dials, dataset: dataset, pool: WorkerPool(threads: 2))
    trainer.epoch = configuration.warmUp
    let training = dataset.training
    var batch = Batch(
      rows: 16, ids: UnsafePointer(training.ids.base), fields: 2, dense: nil, denseCount: 0,
      labels: UnsafePointer(training.labels.base), spaces: nil, tasks: 2, index: nil)
    batch.firstText = 0
    func work() {
      for _ in 0..<16 { _ = trainer.step(batch, rate: 1e-3) }
      _ = trainer.forward(batch)
    }
    work()
    mc_arm()
    work()
    return mc_disarm()
  }
}
