import Datasets
import Graph
import Layers
import Models
import Tensors
import Training

/// A made data set: two categorical fields of four values, one number, and three tasks.
///
/// The first task is a checkerboard of the two fields, which no sum of parts can learn; the second
/// follows the first field; the third is a regression on the number.
struct TinyProblem {
  let tasks: [TaskDefinition]
  let input: InputSpecification
  let examples: Examples

  static let names = ["board", "stripe", "amount"]

  init(rows: Int = 1_024, tasks count: Int = 2, seed: UInt64 = 1, width: Int = 4) {
    tasks = (0..<count).map {
      TaskDefinition(name: Self.names[$0], kind: $0 < 2 ? .binary : .regression)
    }
    input = InputSpecification(
      FeatureSchema(
        fields: [
          CategoricalField(name: "row", vocabulary: 4),
          CategoricalField(name: "column", vocabulary: 4),
        ], dense: [DenseFeature(column: "noise", form: .indicator)]), embeddingWidth: width)
    let random = RandomSource(seed: seed, .data)
    let ids = (0..<(2 * rows)).map { Int32(random.index(below: 4, UInt64($0))) }
    let noise = (0..<rows).map { Float(random.normal(UInt64($0), 1)) }
    let labels = (0..<rows).flatMap { row -> [Float] in
      let (a, b) = (ids[2 * row], ids[2 * row + 1])
      return Array([Float((a + b) % 2), a < 2 ? 1 : 0, 2 * noise[row]].prefix(count))
    }
    examples = Examples(
      count: rows, ids: Storage(ids), dense: Storage(noise), labels: Storage(labels))
  }

  /// Consecutive rows; `spaces` [N, T] may leave rows out.
  func batch(from first: Int = 0, rows: Int, spaces: Storage<Float>? = nil) -> Batch {
    Batch(
      rows: rows, ids: UnsafePointer(examples.ids.base + 2 * first), fields: 2,
      dense: UnsafePointer(examples.dense.base + first), denseCount: 1,
      labels: UnsafePointer(examples.labels.base + first * tasks.count),
      spaces: spaces.map { UnsafePointer($0.base + first * tasks.count) }, tasks: tasks.count,
      index: nil)
  }

  /// A trainer of a registry entry.
  func trainer(
    _ model: String, _ options: [String: String] = [:], batchSize: Int = 256, threads: Int = 1,
    seed: UInt64 = 1, optimizer: OptimizerConfiguration = OptimizerConfiguration()
  ) throws -> Trainer {
    guard case .trained(let make) = try ModelRegistry.entry(named: model).kind else {
      throw NotTrained(model: model)
    }
    let builder = Builder()
    let network = try make(options, input, tasks, builder)
    return trainer(
      network, builder, batchSize: batchSize, threads: threads, seed: seed, optimizer: optimizer)
  }

  /// A trainer of any network.
  func trainer(
    _ network: any MultiTaskModel, _ builder: Builder, batchSize: Int = 256, threads: Int = 1,
    seed: UInt64 = 1, optimizer: OptimizerConfiguration = OptimizerConfiguration()
  ) -> Trainer {
    Trainer(
      network, store: ParameterStore(builder.specifications, tasks: tasks.count, seed: seed),
      tasks: tasks, batchSize: batchSize, optimizer: optimizer, pool: WorkerPool(threads: threads))
  }

  struct NotTrained: Error {
    let model: String
  }
}

extension Trainer {
  /// Every gradient of a batch, by path.
  func namedGradients(_ batch: Batch) -> [String: [Float]] {
    gradients(batch)
    return Dictionary(
      uniqueKeysWithValues: store.entries.map { ($0.piece.path, gradient(of: $0, batch: batch)) })
  }

  /// Every parameter by path.
  var namedNumbers: [String: [Float]] {
    Dictionary(uniqueKeysWithValues: store.entries.map { ($0.piece.path, store.numbers(of: $0)) })
  }

  /// The logits of a task.
  func logits(_ task: String, _ batch: Batch) -> [Float] {
    let executor = forward(batch)
    guard let values = executor.output("logits.\(task)") else { return [] }
    return Array(UnsafeBufferPointer(start: values, count: batch.rows))
  }

  /// Overwrites a named array.
  func set(_ path: String, to numbers: [Float]) {
    for entry in store.entries where entry.piece.path == path { store.set(entry, to: numbers) }
    parametersChanged()
  }
}
