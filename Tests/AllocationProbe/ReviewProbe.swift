import Datasets
import Graph
import Layers
import MallocCounter
import Models
import Objectives
import Runs
import Tensors
import Training

/// A model whose source packs the reviews of users and items anew in every step.
struct ReviewProbe {
  /// "Why I like it" is behind its warm-up: sentences are sampled in every step for policy and adversary.
  static let all = [
    ReviewProbe(name: "Why I like it", isWhy: true), ReviewProbe(name: "NARRE", isWhy: false),
    ReviewProbe(name: "NARRE, asked by the other party", isWhy: false, asks: .other),
  ]

  let name: String
  private let isWhy: Bool
  /// Who asks what a review matters to NARRE.
  private var asks = NARRE.Asks.own

  private static let rows = 40
  private var tasks: [TaskDefinition] {
    [TaskDefinition(name: "rating", kind: .regression)]
      + (isWhy ? [TaskDefinition(name: "explanation", kind: .text)] : [])
  }

  private func dataset() -> Dataset {
    let rows = Self.rows
    var (ids, labels): ([Int32], [Float]) = ([], [])
    for row in 0..<Int32(rows) {
      ids += [1 + row % 8, 1 + row / 8 % 8]
      labels += isWhy ? [Float(row % 5), 1] : [Float(row % 5)]
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

  private func trainer(_ dataset: Dataset) -> Trainer {
    let (builder, input) = (Builder(), InputSpecification(dataset.features))
    let model: any MultiTaskModel
    if isWhy {
      var configuration = Why.Configuration()
      (configuration.wordWidth, configuration.encoder, configuration.hidden) = (8, 4, 12)
      model = Why(configuration, input: input, tasks: tasks, builder: builder)
    } else {
      var configuration = NARRE.Configuration()
      (configuration.width, configuration.wordWidth, configuration.attention) = (6, 12, 5)
      configuration.asks = asks.rawValue
      model = NARRE(configuration, input: input, tasks: tasks, builder: builder)
    }
    let store = ParameterStore(builder.specifications, tasks: tasks.count, seed: 1)
    return Trainer(
      model, store: store, tasks: tasks, batchSize: 16, optimizer: OptimizerConfiguration(),
      dials: builder.dials, dataset: dataset, pool: WorkerPool(threads: 2))
  }

  /// Warms up, then counts steps and answers on two threads.
  func allocations() -> Int {
    let dataset = dataset()
    let trainer = trainer(dataset)
    trainer.epoch = Why.Configuration().warmUp
    let training = dataset.training
    // Rows in another order than they lie in, of which every step has others.
    let index = Storage<Int32>((0..<Int32(Self.rows)).map { ($0 * 7) % Int32(Self.rows) })
    var batch = Batch(
      rows: 16, ids: UnsafePointer(training.ids.base), fields: 2, dense: nil, denseCount: 0,
      labels: UnsafePointer(training.labels.base), spaces: nil, tasks: tasks.count, index: nil)
    batch.firstText = 0
    func work() {
      for step in 0..<16 {
        batch.index = UnsafePointer(index.base + step)
        _ = trainer.step(batch, rate: 1e-3)
      }
      _ = trainer.forward(batch)
    }
    work()
    mc_arm()
    work()
    return withExtendedLifetime(index) { mc_disarm() }
  }
}
