import Datasets
import Graph
import Layers
import Models
import Objectives
import Runs
import Tensors
import Training
import TrainingFixtures

/// Three fields of five values, one number, and binary types `a`, `b` and `c`.
final class FieldProblem {
  let tasks: [TaskDefinition]
  let input: InputSpecification
  let rows = 23
  let width = 4
  let dense: Storage<Float>
  private let ids: Storage<Int32>
  private let labels: Storage<Float>
  private let spaces: Storage<Float>
  private let order: [Int]

  init(tasks count: Int, order: [Int] = [0, 1, 2]) {
    self.order = order
    tasks = ["a", "b", "c"].prefix(count).map { TaskDefinition(name: $0, kind: .binary) }
    input = InputSpecification(
      FeatureSchema(
        fields: order.map { CategoricalField(name: "f\($0)", vocabulary: 5) },
        dense: [DenseFeature(column: "number", form: .indicator)]), embeddingWidth: width)
    let random = RandomSource(seed: 5, .data)
    let rows = rows
    ids = Storage(
      (0..<rows).flatMap { row in
        order.map { Int32(random.index(below: 5, UInt64(row), UInt64($0))) }
      })
    dense = Storage((0..<rows).map { Float(random.normal(UInt64($0), 7)) })
    labels = Storage(
      (0..<(rows * count)).map { Float(random.index(below: 2, UInt64($0), 8)) })
    spaces = Storage(count: rows * count, filling: 1)
    // Batches point into the storages and may be used after the last mention of the problem.
    for memory in [ids, dense, labels, spaces] as [AnyObject] {
      _ = Unmanaged.passRetained(memory)
    }
  }

  func batch() -> Batch {
    Batch(
      rows: rows, ids: UnsafePointer(ids.base), fields: 3, dense: UnsafePointer(dense.base),
      denseCount: 1, labels: UnsafePointer(labels.base), spaces: UnsafePointer(spaces.base),
      tasks: tasks.count, index: nil)
  }

  func route(_ row: Int, to type: Int) {
    for task in tasks.indices { spaces[row * tasks.count + task] = task == type ? 1 : 0 }
  }

  func label(_ row: Int, _ task: Int) -> Float { labels[row * tasks.count + task] }

  private struct NotTrained: Error {}

  func trainer(_ model: String, _ options: [String: String] = [:]) throws -> Trainer {
    guard case .trained(let make) = try ModelRegistry.entry(named: model).kind else {
      throw NotTrained()
    }
    let builder = Builder()
    let network = try make(options, input, tasks, builder)
    let trainer = Trainer(
      network, store: ParameterStore(builder.specifications, tasks: tasks.count, seed: 1),
      tasks: tasks, batchSize: rows, optimizer: OptimizerConfiguration(), dials: builder.dials,
      pool: WorkerPool(threads: 1))
    let random = RandomSource(seed: 6, .data)
    for field in 0..<3 {
      trainer.set(
        "embeddings.f\(field).weight",
        to: (0..<20).map { Float(random.normal(UInt64($0), UInt64(field))) / 2 })
    }
    return trainer
  }

  /// Moves every array whose path begins so away from where it starts.
  func disturb(_ trainer: Trainer, below prefix: String = "types.") {
    let random = RandomSource(seed: 9, .data)
    let numbers = trainer.namedNumbers.filter { $0.key.hasPrefix(prefix) }
    for (stream, (path, old)) in numbers.sorted(by: { $0.key < $1.key }).enumerated() {
      trainer.set(
        path,
        to: old.indices.map {
          old[$0] + Float(random.normal(UInt64($0), UInt64(10 + stream))) / 2
        })
    }
  }

  /// v of every field of a row.
  func vectors(_ row: Int, _ trainer: Trainer) -> [[Double]] {
    let numbers = trainer.namedNumbers
    return order.enumerated().map { place, field in
      let id = Int(ids[row * 3 + place])
      return (numbers["embeddings.f\(field).weight"] ?? [])[id * width..<(id + 1) * width]
        .map(Double.init)
    }
  }
}
