public import Datasets
public import Graph
public import Layers
import Models
public import Runs
import Tensors
public import Training

/// Made reviews: every user heeds one aspect of things and every item has good and bad ones; a review
/// says of the user's aspect what the item has, and the rating follows.
///
///     the sound is great      4 or so       the sound is poor      2 or so
///
/// Fields `item` and `user`, in this order, id 0 is nobody. Tasks `stars`, a regression, and `why`, a
/// text. The aspects are the concepts, unless others are named. The review that each row must not see has a word of its own,
/// `mark12` in row 12.
public struct ReviewProblem: Sendable {
  /// Users that have an id of their own.
  public static let users = 30
  /// Items that have one.
  public static let items = 20
  /// What may be heeded.
  public static let aspects = ["sound", "price", "cable", "weight"]

  /// The tasks.
  public let tasks: [TaskDefinition]
  /// Fields `item` and `user`.
  public let input: InputSpecification
  /// Rows to train on, and rows that are held back.
  public let dataset: Dataset

  /// Makes rows from a seed; marked reviews have a word each that no other has.
  ///
  /// Of the two tasks it has those that are named.
  public init(
    seed: UInt64 = 1, isMarked: Bool = false, concepts: [String] = aspects,
    tasks names: [String] = ["stars", "why"]
  ) {
    let tasks = [
      TaskDefinition(name: "stars", kind: .regression), TaskDefinition(name: "why", kind: .text),
    ].filter { names.contains($0.name) }
    self.tasks = tasks
    let rows = Self.rows(seed: seed)
    // Of six rows four train, one validates and one tests.
    let parts = (0..<3).map { part in
      rows.indices.filter { max(0, $0 % 6 - 3) == part }
    }
    let texts = parts.map { part in
      part.map { rows[$0].text + (isMarked ? " mark\($0)" : "") }
    }
    let data = TextData(
      training: texts[0], validation: texts[1], test: texts[2],
      shape: ReviewShape(perUser: 4, perItem: 5, tokens: 6), concepts: concepts)
    var schema = FeatureSchema(
      fields: [
        CategoricalField(name: "item", vocabulary: Self.items + 1),
        CategoricalField(name: "user", vocabulary: Self.users + 1),
      ], dense: [])
    schema.interactions = InteractionFields(user: 1, item: 0)
    schema.text = data.features
    input = InputSpecification(schema, embeddingWidth: 6)
    var first = 0
    let examples = parts.map { part -> Examples in
      defer { first += part.count }
      return Examples(
        count: part.count, ids: Storage(part.flatMap { [rows[$0].item, rows[$0].user] }),
        dense: Storage([]),
        labels: Storage(
          part.flatMap { row in tasks.map { $0.kind == .text ? 1 : rows[row].rating } }),
        firstText: first)
    }
    var dataset = Dataset(
      name: "made reviews", features: schema, tasks: tasks, training: examples[0],
      validation: examples[1], test: examples[2])
    dataset.text = data
    dataset.interactions = Interactions(examples[0], schema, user: 1, item: 0)
    self.dataset = dataset
  }

  /// One review.
  private struct Row {
    let user, item: Int32
    let rating: Float
    let text: String
  }

  private static func rows(seed: UInt64) -> [Row] {
    let random = RandomSource(seed: seed, .data)
    var rows: [Row] = []
    for user in 1...users {
      let aspect = user % aspects.count
      for item in 1...items {
        let cell = UInt64(user * (items + 1) + item)
        guard random.uniform(1, cell) < 0.5 else { continue }
        let isGood = random.uniform(2, UInt64(item * aspects.count + aspect)) < 0.5
        let rating = (isGood ? 1 : -1) + 0.2 * random.normal(3, cell)
        let opinion = isGood ? "great" : "poor"
        rows.append(
          Row(
            user: Int32(user), item: Int32(item), rating: Float(rating),
            text: "the \(aspects[aspect]) is \(opinion)"))
      }
    }
    // In no order of users.
    let order = rows.indices.map { (key: random.bits(6, UInt64($0)), index: $0) }
    return order.sorted { $0.key < $1.key }.map { rows[$0.index] }
  }

  /// Consecutive training rows.
  public func batch(from first: Int = 0, rows: Int) -> Batch {
    let training = dataset.training
    var batch = Batch(
      rows: rows, ids: UnsafePointer(training.ids.base + 2 * first), fields: 2, dense: nil,
      denseCount: 0, labels: UnsafePointer(training.labels.base + tasks.count * first),
      spaces: nil, tasks: tasks.count, index: nil)
    batch.firstText = Int32(first)
    return batch
  }

  /// A trainer of a registry entry that reads reviews.
  public func trainer(
    _ model: String, _ options: [String: String] = [:], batchSize: Int = 32, threads: Int = 1,
    seed: UInt64 = 1, optimizer: OptimizerConfiguration = OptimizerConfiguration()
  ) throws -> Trainer {
    guard case .trained(let make) = try ModelRegistry.entry(named: model).kind else {
      throw TinyProblem.NotTrained(model: model)
    }
    let builder = Builder()
    let network = try make(options, input, tasks, builder)
    let store = ParameterStore(builder.specifications, tasks: tasks.count, seed: seed)
    return Trainer(
      network, store: store, tasks: tasks, batchSize: batchSize, optimizer: optimizer,
      dials: builder.dials, seed: seed, dataset: dataset, pool: WorkerPool(threads: threads))
  }
}
