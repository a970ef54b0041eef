public import Datasets
import Graph
import Layers
public import Models
import Tensors

/// A model on made data of fixed shape: what training steps are timed on.
public struct Workload: Sendable {
  /// Its name, `w1b`.
  public let name: String
  /// The vocabularies of its fields.
  public let vocabularies: [Int]
  /// D of every field.
  public let embeddingWidth: Int
  /// Dense features.
  public let denseCount: Int
  /// How many tasks, all of them binary.
  public let taskCount: Int
  /// The network.
  public let model: MMoE.Configuration

  /// Every workload.
  public static let all: [Workload] = [
    census("w1a", tasks: 2, expert: [16], tower: [8]),
    census("w1b", tasks: 3, expert: [256, 128], tower: [64]),
  ]

  /// 40 small fields of 2 to 50 values and 7 numbers, in the shape of Census-Income.
  private static func census(
    _ name: String, tasks: Int, expert: [Int], tower: [Int]
  ) -> Workload {
    var model = MMoE.Configuration()
    model.expertSizes = expert
    model.towerSizes = tower
    return Workload(
      name: name,
      vocabularies: (0..<40).map { 2 + ($0 * 37) % 17 + ($0 % 13 == 0 ? 32 : 0) },
      embeddingWidth: 4, denseCount: 7, taskCount: tasks, model: model)
  }

  /// The tasks.
  public var tasks: [TaskDefinition] {
    (0..<taskCount).map { TaskDefinition(name: "t\($0)", kind: .binary) }
  }

  /// Rows with uniform ids, normal numbers and labels that are 1 with probability 0.2.
  public func examples(count: Int, seed: UInt64) -> Examples {
    let random = RandomSource(seed: seed, .data)
    let fields = vocabularies.count
    let ids = Storage<Int32>(count: count * fields, filling: 0)
    let dense = Storage<Float>(count: count * denseCount, filling: 0)
    let labels = Storage<Float>(count: count * taskCount, filling: 0)
    for row in 0..<count {
      let i = UInt64(row)
      for field in 0..<fields {
        ids.base[row * fields + field] = Int32(
          random.index(below: vocabularies[field], i, UInt64(field)))
      }
      for place in 0..<denseCount {
        dense.base[row * denseCount + place] = Float(random.normal(i, UInt64(1000 + place)))
      }
      for task in 0..<taskCount {
        labels.base[row * taskCount + task] = random.uniform(i, UInt64(2000 + task)) < 0.2 ? 1 : 0
      }
    }
    return Examples(count: count, ids: ids, dense: dense, labels: labels)
  }

  /// A trainer with Adam on this workload.
  public func trainer(batchSize: Int, threads: Int, seed: UInt64 = 1) -> Trainer {
    let schema = FeatureSchema(
      fields: vocabularies.enumerated().map {
        CategoricalField(name: "f\($0.offset)", vocabulary: $0.element)
      },
      dense: (0..<denseCount).map { DenseFeature(column: "d\($0)", form: .indicator) })
    let builder = Builder()
    let network = MMoE(
      model, input: InputSpecification(schema, embeddingWidth: embeddingWidth), tasks: tasks,
      builder: builder)
    let store = ParameterStore(builder.specifications, tasks: taskCount, seed: seed)
    return Trainer(
      network, store: store, tasks: tasks, batchSize: batchSize,
      optimizer: OptimizerConfiguration(), pool: WorkerPool(threads: threads))
  }
}
