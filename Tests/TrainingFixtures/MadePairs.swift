public import Datasets
public import Graph
public import Layers
import Models
import Objectives
public import Runs
import Tensors
public import Training

/// A made problem of users and items: fields `item` and `user`, in this order, id 0 is nobody.
public protocol MadePairs: Sendable {
  /// The tasks.
  var tasks: [TaskDefinition] { get }
  /// Fields `item` and `user`.
  var input: InputSpecification { get }
  /// Rows to train on, and rows that are held back.
  var dataset: Dataset { get }
}

extension MadePairs {
  /// Consecutive training rows.
  public func batch(from first: Int = 0, rows: Int) -> Batch {
    let training = dataset.training
    var batch = Batch(
      rows: rows, ids: UnsafePointer(training.ids.base + 2 * first), fields: 2, dense: nil,
      denseCount: 0, labels: UnsafePointer(training.labels.base + tasks.count * first),
      spaces: nil, tasks: tasks.count, index: nil)
    if let text = training.firstText { batch.firstText = Int32(text + first) }
    return batch
  }

  /// A trainer of a registry entry.
  func trainer(
    of model: String, _ options: [String: String], batchSize: Int, threads: Int, seed: UInt64,
    optimizer: OptimizerConfiguration
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

  /// Fields of so many items and users besides nobody.
  static func schema(items: Int, users: Int) -> FeatureSchema {
    schema(
      CategoricalField(name: "item", vocabulary: items + 1),
      CategoricalField(name: "user", vocabulary: users + 1))
  }

  /// The two fields.
  static func schema(_ item: CategoricalField, _ user: CategoricalField) -> FeatureSchema {
    var schema = FeatureSchema(fields: [item, user], dense: [])
    schema.interactions = InteractionFields(user: 1, item: 0)
    return schema
  }

  /// Numbers of rows: of six four train, one validates and one tests.
  static func parts(of rows: Int) -> [[Int]] {
    (0..<3).map { part in (0..<rows).filter { max(0, $0 % 6 - 3) == part } }
  }
}

/// A row of a made problem.
protocol MadePair {
  var user: Int32 { get }
  var item: Int32 { get }
}

extension Dataset {
  /// Rows in three parts, of which some train, some validate and some test, with what they meet; texts,
  /// if there are any, lie in the order of the parts.
  init<Row: MadePair>(
    made name: String, _ schema: FeatureSchema, _ tasks: [TaskDefinition], _ rows: [Row],
    _ parts: [[Int]], haveTexts: Bool = false, labels: (Row) -> [Float]
  ) {
    var first = 0
    let examples = parts.map { part -> Examples in
      defer { first += part.count }
      return Examples(
        count: part.count, ids: Storage(part.flatMap { [rows[$0].item, rows[$0].user] }),
        dense: Storage([]), labels: Storage(part.flatMap { labels(rows[$0]) }),
        firstText: haveTexts ? first : nil)
    }
    self.init(
      name: name, features: schema, tasks: tasks, training: examples[0], validation: examples[1],
      test: examples[2])
    interactions = Interactions(examples[0], schema, user: 1, item: 0)
  }
}
