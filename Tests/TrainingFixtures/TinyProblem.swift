public import Datasets
public import Graph
public import Layers
import Models
import Objectives
public import Runs
public import Tensors
public import Training

/// A made data set: two categorical fields of four values, one number, and up to three tasks.
///
/// The first task is a checkerboard of the two fields, which no sum of parts can learn; the second
/// follows the first field; the third is a regression on the number.
public struct TinyProblem: Sendable {
  /// `board`, `stripe` and `amount`, as many as asked for.
  public private(set) var tasks: [TaskDefinition]
  /// Fields `row` and `column`, dense feature `noise`.
  public private(set) var input: InputSpecification
  /// The rows.
  public private(set) var examples: Examples

  /// The tasks' names.
  public static let names = ["board", "stripe", "amount"]

  /// What a model must be told to fit this problem: it has no positions, and is small enough to be
  /// learned by heart, which soft labels of a mild teacher forbid.
  public static let needed: [String: [String: String]] = [
    "youtube": ["position": "none", "gate-dropout": "0"],
    "crossdistil": ["teacher": "joint", "margin": "9", "tau": "1"],
  ]

  /// Makes rows from a seed.
  public init(rows: Int = 1_024, tasks count: Int = 2, seed: UInt64 = 1, width: Int = 4) {
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

  /// The same problem with a task's labels stored in another scale: what they mean is
  /// `scale.original` of what they were.
  public func scaled(_ scale: LabelScale, task: Int) -> TinyProblem {
    var problem = self
    problem.tasks[task].scale = scale
    return problem
  }

  /// The same problem whose field `row` has lists: list l, which rows of id l have, is `lists[l]`.
  public func listed(_ pooling: Pooling, _ lists: [[Int32]]) -> TinyProblem {
    var problem = self
    let table = FieldLists.Table(lists)
    problem.input.schema.fields[0].list = ListShape(pooling, longest: table.longest)
    problem.examples = Examples(
      count: examples.count, ids: examples.ids, dense: examples.dense, labels: examples.labels,
      spaces: examples.spaces, lists: FieldLists([table, nil]))
    return problem
  }

  /// The same problem whose ids of the first field lie far apart in a table of 20 M rows, which grows.
  public func spread() -> TinyProblem {
    var problem = self
    problem.input.schema.fields[0].vocabulary = 20_000_000
    let ids = examples.ids.array.enumerated().map { $0 % 2 == 0 ? $1 * 4_999_999 : $1 }
    problem.examples = Examples(
      count: examples.count, ids: Storage(ids), dense: examples.dense, labels: examples.labels)
    return problem
  }

  /// The same problem whose rows count for a task what `spaces` says [N, T].
  public func counting(_ spaces: [Float]) -> TinyProblem {
    var problem = self
    problem.examples = Examples(
      count: examples.count, ids: examples.ids, dense: examples.dense, labels: examples.labels,
      spaces: Storage(spaces), lists: examples.lists)
    return problem
  }

  /// The same problem whose binary tasks have smoothed labels.
  public func smoothed(_ share: Double) -> TinyProblem {
    var problem = self
    for task in tasks.indices where tasks[task].kind == .binary {
      problem.tasks[task].labelSmoothing = share
    }
    return problem
  }

  /// The same problem with other labels [N, T].
  public func labelled(_ labels: [Float]) -> TinyProblem {
    var problem = self
    problem.examples = Examples(
      count: examples.count, ids: examples.ids, dense: examples.dense, labels: Storage(labels))
    return problem
  }

  /// Consecutive rows; `spaces` [N, T] may leave rows out.
  public func batch(from first: Int = 0, rows: Int, spaces: Storage<Float>? = nil) -> Batch {
    var batch = Batch(
      rows: rows, ids: UnsafePointer(examples.ids.base + 2 * first), fields: 2,
      dense: UnsafePointer(examples.dense.base + first), denseCount: 1,
      labels: UnsafePointer(examples.labels.base + first * tasks.count),
      spaces: (spaces ?? examples.spaces).map { UnsafePointer($0.base + first * tasks.count) },
      tasks: tasks.count, index: nil)
    batch.lists = examples.lists.map { UnsafePointer($0.rows.base) }
    return batch
  }

  /// A trainer of a registry entry; tables of more bytes than `bound` grow.
  public func trainer(
    _ model: String, _ options: [String: String] = [:], batchSize: Int = 256, threads: Int = 1,
    seed: UInt64 = 1, optimizer: OptimizerConfiguration = OptimizerConfiguration(),
    isBalanced: Bool = false, dropout: Double = 0, growingAbove bound: Int = GrowingTable.usualBound
  ) throws -> Trainer {
    guard case .trained(let make) = try ModelRegistry.entry(named: model).kind else {
      throw NotTrained(model: model)
    }
    let builder = Builder()
    builder.dropout = dropout
    let needed = Self.needed[model] ?? [:]
    let network = try make(
      needed.merging(options) { _, own in own }, input, tasks, builder)
    let store = ParameterStore(
      builder.specifications, tasks: tasks.count, seed: seed, growingAbove: bound)
    return Trainer(
      network, store: store, tasks: tasks, batchSize: batchSize, optimizer: optimizer,
      balancer: isBalanced ? BalancerChoice(MetaBalance()) : nil, dials: builder.dials, seed: seed,
      pool: WorkerPool(threads: threads))
  }

  /// A data set of this problem: the rows to train on, and two small splits of other seeds.
  public func dataset(held rows: Int = 300) -> Dataset {
    let held = [UInt64(101), 102].map { seed in
      let problem = TinyProblem(rows: rows, tasks: tasks.count, seed: seed)
      return input.schema.fields[0].vocabulary > 4 ? problem.spread() : problem
    }
    return Dataset(
      name: "tiny", features: input.schema, tasks: tasks, training: examples,
      validation: held[0].examples, test: held[1].examples)
  }

  /// The model of this name takes no steps.
  public struct NotTrained: Error {
    /// The name.
    public let model: String
  }
}

extension Trainer {
  /// Every gradient of a batch, by path.
  public func namedGradients(_ batch: Batch) -> [String: [Float]] {
    gradients(batch)
    return Dictionary(
      uniqueKeysWithValues: store.entries.map { ($0.piece.path, gradient(of: $0, batch: batch)) })
  }

  /// Every parameter by path.
  public var namedNumbers: [String: [Float]] {
    Dictionary(uniqueKeysWithValues: store.entries.map { ($0.piece.path, store.numbers(of: $0)) })
  }

  /// The logits of a task.
  public func logits(_ task: String, _ batch: Batch) -> [Float] {
    let executor = forward(batch)
    guard let values = executor.output(.logit(task)) else { return [] }
    return Array(UnsafeBufferPointer(start: values, count: batch.rows))
  }

  /// Overwrites a named array.
  public func set(_ path: String, to numbers: [Float]) {
    for entry in store.entries where entry.piece.path == path { store.set(entry, to: numbers) }
  }

  /// Given numbers by path.
  public func given(_ path: String) -> [Float]? {
    store.givenEntries.first { $0.piece.path == path }.map { store.numbers(of: $0) }
  }

  /// Turns a dial; false if there is none of this name.
  public func turn(_ dial: String, to value: Double) -> Bool {
    guard let place = dials.firstIndex(where: { $0.name == dial }) else { return false }
    setDial(place, to: value)
    return true
  }
}
