public import Datasets
import Graph
public import Layers
import Models
public import Objectives
public import Runs
import Tensors

/// A model on made data of fixed shape: what training steps are timed on.
public struct Workload: Sendable {
  /// Its name, `w1b`.
  public let name: String
  /// What it is, in a few words.
  public let summary: String
  /// What it reads.
  public private(set) var input: Input
  /// How many tasks: all of them binary, but for a rating and a text where there are texts.
  public let taskCount: Int
  /// Rows of a batch unless something else is asked for.
  public var batchSize = 1024
  /// The texts that are drawn beside a row; nil for none.
  public var texts: TextShape?
  /// How the tasks' gradients are weighed; nil: they are added.
  public let balancer: MetaBalance?
  /// Declares the network.
  let network: @Sendable (InputSpecification, [TaskDefinition], Builder) -> any MultiTaskModel

  /// The shape of a workload's examples.
  public struct Input: Sendable, Hashable {
    /// The vocabularies of the fields.
    public var vocabularies: [Int]
    /// D of every field.
    public var embeddingWidth: Int
    /// Dense features.
    public var denseCount: Int

    /// 40 small fields of 2 to 50 values and 7 numbers, in the shape of Census-Income.
    public static let census = Input(
      vocabularies: (0..<40).map { 2 + ($0 * 37) % 17 + ($0 % 13 == 0 ? 32 : 0) },
      embeddingWidth: 4, denseCount: 7)

    /// 20 fields of 100,000 values and 4 numbers, in the shape of an advertising log.
    public static let ads = Input(
      vocabularies: [Int](repeating: 100_000, count: 20), embeddingWidth: 16, denseCount: 4)

    /// The features by name.
    public var specification: InputSpecification {
      let schema = FeatureSchema(
        fields: vocabularies.enumerated().map {
          CategoricalField(name: "f\($0.offset)", vocabulary: $0.element)
        },
        dense: (0..<denseCount).map { DenseFeature(column: "d\($0)", form: .indicator) })
      return InputSpecification(schema, embeddingWidth: embeddingWidth)
    }
  }

  /// The same with other vocabularies; the rest of the shape stays.
  public func with(vocabularies: [Int]) -> Workload {
    var other = self
    other.input.vocabularies = vocabularies
    return other
  }

  /// The tasks.
  public var tasks: [TaskDefinition] {
    guard texts == nil else {
      return [
        TaskDefinition(name: "rating", kind: .regression),
        TaskDefinition(name: "explanation", kind: .text),
      ]
    }
    return (0..<taskCount).map { TaskDefinition(name: "t\($0)", kind: .binary) }
  }

  /// What the network reads; where there are texts the first two fields are the user and the item.
  var specification: InputSpecification {
    guard let texts else { return input.specification }
    var schema = input.specification.schema
    schema.interactions = InteractionFields(user: 0, item: 1)
    schema.text = texts
    return InputSpecification(schema, embeddingWidth: input.embeddingWidth)
  }

  /// Rows with uniform ids, normal numbers and labels that are 1 with probability 0.2.
  public func examples(count: Int, seed: UInt64) -> Examples {
    let random = RandomSource(seed: seed, .data)
    let fields = input.vocabularies.count
    let numbers = input.denseCount
    let ids = Storage<Int32>(count: count * fields, filling: 0)
    let dense = Storage<Float>(count: count * numbers, filling: 0)
    let labels = Storage<Float>(count: count * taskCount, filling: 0)
    for row in 0..<count {
      let i = UInt64(row)
      for field in 0..<fields {
        ids.base[row * fields + field] = Int32(
          random.index(below: input.vocabularies[field], i, UInt64(field)))
      }
      for place in 0..<numbers {
        dense.base[row * numbers + place] = Float(random.normal(i, UInt64(1000 + place)))
      }
      for task in 0..<taskCount {
        labels.base[row * taskCount + task] = random.uniform(i, UInt64(2000 + task)) < 0.2 ? 1 : 0
      }
    }
    return Examples(count: count, ids: ids, dense: dense, labels: labels)
  }

  /// A trainer on this workload, with Adam unless told otherwise; tables of more bytes than `bound` grow.
  public func trainer(
    batchSize: Int, threads: Int, seed: UInt64 = 1,
    optimizer: OptimizerConfiguration = OptimizerConfiguration(),
    growingAbove bound: Int = GrowingTable.usualBound
  ) -> Trainer {
    trainer(
      batchSize: batchSize, on: WorkerPool(threads: threads), seed: seed, optimizer: optimizer,
      growingAbove: bound)
  }

  /// A trainer on the threads of a pool.
  func trainer(
    batchSize: Int, on pool: WorkerPool, seed: UInt64 = 1,
    optimizer: OptimizerConfiguration = OptimizerConfiguration(),
    growingAbove bound: Int = GrowingTable.usualBound
  ) -> Trainer {
    let builder = Builder()
    let model = network(specification, tasks, builder)
    let store = ParameterStore(
      builder.specifications, tasks: taskCount, seed: seed, growingAbove: bound)
    return Trainer(
      model, store: store, tasks: tasks, batchSize: batchSize,
      optimizer: optimizer, balancer: balancer.map { BalancerChoice($0) },
      pool: pool)
  }
}
