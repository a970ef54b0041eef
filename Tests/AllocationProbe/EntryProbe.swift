import Datasets
import Graph
import Layers
import MallocCounter
import Models
import Objectives
import Runs
import Tensors
import Training

/// MTER on ratings and opinions: its source draws what a step descends on.
struct EntryProbe {
  let name = "MTER"

  private static let tasks = [
    TaskDefinition(name: "rating", kind: .regression),
    TaskDefinition(name: "ranking", kind: .ranking),
    TaskDefinition(name: "opinions", kind: .tuples),
  ]
  private static let words = OpinionWords(
    features: ["sound", "price", "look"], opinions: ["good", "bad", "fair", "plain"])
  private static let rows = 40

  private static func dataset() -> Dataset {
    var schema = FeatureSchema(
      fields: ["user", "item"].map { CategoricalField(name: $0, vocabulary: 9) }, dense: [])
    schema.interactions = InteractionFields(user: 0, item: 1)
    schema.opinions = words
    var (ids, labels): ([Int32], [Float]) = ([], [])
    var tuples: [OpinionTuple] = []
    for row in 0..<Int32(rows) {
      let (user, item) = (1 + row % 8, 1 + row / 8 % 8)
      ids += [user, item]
      labels += [Float(1 + (user + item) % 5), 1, 1]
      tuples.append(
        OpinionTuple(user: user, item: item, feature: item % 3, opinion: user % 4, sentiment: 1))
    }
    let training = Examples(
      count: rows, ids: Storage(ids), dense: Storage([]), labels: Storage(labels))
    let none = Examples(count: 0, ids: Storage([]), dense: Storage([]), labels: Storage([]))
    var dataset = Dataset(
      name: "opinions", features: schema, tasks: tasks, training: training, validation: none,
      test: none)
    dataset.interactions = Interactions(training, schema, user: 0, item: 1, hasUnknown: true)
    dataset.opinions = OpinionTuples(
      features: words.features, opinions: words.opinions,
      training: tuples)
    return dataset
  }

  /// Warms up, then counts steps and answers on two threads.
  func allocations() -> Int {
    let dataset = Self.dataset()
    var configuration = MTER.Configuration()
    (configuration.entries, configuration.pairs) = (20, 100)
    let builder = Builder()
    let model = MTER(
      configuration, input: InputSpecification(dataset.features), tasks: Self.tasks,
      builder: builder)
    let store = ParameterStore(builder.specifications, tasks: 3, seed: 1)
    let trainer = Trainer(
      model, store: store, tasks: Self.tasks, batchSize: 8,
      optimizer: OptimizerConfiguration(.projectedAdagrad(isEveryStep: true)),
      dials: builder.dials, dataset: dataset, pool: WorkerPool(threads: 2))
    let training = dataset.training
    let batch = Batch(
      rows: 8, ids: UnsafePointer(training.ids.base), fields: 2, dense: nil, denseCount: 0,
      labels: UnsafePointer(training.labels.base), spaces: nil, tasks: 3, index: nil)
    func work() {
      for _ in 0..<16 { _ = trainer.step(batch, rate: 0.1) }
      _ = trainer.forward(batch)
    }
    work()
    mc_arm()
    work()
    return mc_disarm()
  }
}
