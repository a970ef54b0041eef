import Datasets
import Graph
import Layers
import Objectives
import Runs
import Tensors
import TestSupport
import Testing
import Training

/// A gradient that comes from outside: what a golden case calls upstream.
struct Upstream: Operation {
  let values: Storage<Float>
  let width: Int
  var name: String { "upstream" }
  var keeps: Keeps { [] }
  func width(of inputs: [Int]) -> Int { 1 }
  func forward(_ call: Call) {}
  func backward(_ call: Call) {
    guard let dy = call.inputGradient(0) else { return }
    for row in 0..<call.rows {
      for j in 0..<width {
        dy.base[row * dy.stride + j] = values[(call.firstRow + row) * width + j]
      }
    }
  }
}

/// Rows of numbers as a table of which row i is looked up for example i, so that their gradient can
/// be read.
struct PrimitiveRows {
  let values: GoldenTensor
  let embeddings: Embeddings

  init(_ values: GoldenTensor, in builder: Builder) {
    self.values = values
    let schema = FeatureSchema(
      fields: [CategoricalField(name: "x", vocabulary: values.shape[0])], dense: [])
    embeddings = Embeddings(
      InputSpecification(schema, widths: [values.shape[1]]), in: builder.shared)
  }
}

/// A few operations on given rows, run forward and backward.
final class PrimitiveRun {
  let executor: Executor
  private(set) var batch: Batch
  private let rows: PrimitiveRows
  private let store: ParameterStore
  private let workspace: Workspace
  private let ids: Storage<Int32>
  private let memory: [Storage<Float>]

  init(
    _ rows: PrimitiveRows, _ builder: Builder, labels: [Float] = [], spaces: [Float]? = nil,
    threads: Int = 1, record: (Variable) -> (output: Variable, loss: Variable)
  ) {
    self.rows = rows
    let tasks = labels.isEmpty ? 1 : labels.count / rows.values.shape[0]
    store = ParameterStore(builder.specifications, tasks: tasks, seed: 1)
    workspace = Workspace(store: store, losses: tasks, pool: WorkerPool(threads: threads))
    let recorded = record(rows.embeddings(Forward(Graph(), isTraining: true)))
    let count = rows.values.shape[0]
    let plan = Plan(
      recorded.loss.graph, purpose: .training, roots: [recorded.loss],
      outputs: [(name: .value("y"), value: recorded.output)], capacity: count)
    executor = Executor(plan, store: store, workspace: workspace)
    ids = Storage((0..<count).map { Int32($0) })
    memory = [Storage(labels), Storage(spaces ?? [])]
    batch = Batch(
      rows: count, ids: UnsafePointer(ids.base), fields: 1, dense: nil, denseCount: 0,
      labels: UnsafePointer(memory[0].base),
      spaces: spaces == nil ? nil : UnsafePointer(memory[1].base), tasks: tasks, index: nil)
    for entry in store.entries where entry.piece.path == "x.weight" {
      store.set(entry, to: rows.values.values.map(Float.init))
    }
  }

  /// What random draws of the next run begin with.
  func draw(_ draw: UInt64) { batch.draw = draw }

  /// Makes a batch of some rows.
  func choose(_ chosen: [Int]) {
    for (place, row) in chosen.enumerated() { ids[place] = Int32(row) }
    batch.rows = chosen.count
  }

  func run(scale: Float = 1) {
    let scales = [Float](repeating: scale, count: batch.tasks)
    executor.run(batch, scales: scales)
  }

  func optimizer(_ configuration: OptimizerConfiguration) -> Optimizer {
    Optimizer(configuration, store: store, workspace: workspace)
  }

  // MARK: - Numbers

  var output: [Float] {
    guard let values = executor.output(.value("y")) else { return [] }
    let width = executor.plan.outputs[0].width
    return Array(UnsafeBufferPointer(start: values, count: batch.rows * width))
  }

  var inputGradient: [Float] {
    let gradient = executor.tableGradients[0]
    return (0..<batch.rows).flatMap { row in
      (0..<gradient.width).map { gradient.base[row * gradient.stride + $0] }
    }
  }

  func replaceInputGradient(by numbers: [Double]) {
    let gradient = executor.tableGradients[0]
    for (place, number) in numbers.enumerated() {
      let (row, column) = place.quotientAndRemainder(dividingBy: gradient.width)
      gradient.base[row * gradient.stride + column] = Float(number)
    }
  }

  func set(_ path: String, to node: GoldenNode) throws {
    store.set(try entry(path), to: try node.numbers.map(Float.init))
  }

  func numbers(of path: String) throws -> [Float] { store.numbers(of: try entry(path)) }

  func gradient(of path: String) throws -> [Float] {
    let entry = try entry(path)
    return store.numbers(of: entry, in: UnsafePointer(gradientBase(of: entry)))
  }

  /// Puts a gradient where the engine's own would lie.
  func replaceGradient(of path: String, by node: GoldenNode) throws {
    let entry = try entry(path)
    let numbers = try node.numbers
    let (base, piece) = (gradientBase(of: entry), entry.piece)
    let columns = piece.shape.count > 1 ? piece.shape[1] : 1
    for (place, number) in numbers.enumerated() {
      let (i, j) = place.quotientAndRemainder(dividingBy: columns)
      base[piece.offset + i * piece.strides.first + j * piece.strides.second] = Float(number)
    }
  }

  private func gradientBase(of entry: ParameterStore.Entry) -> UnsafeMutablePointer<Float> {
    workspace.laneGradients.base + store.offsets[entry.parameter.index]
  }

  private func entry(_ path: String) throws -> ParameterStore.Entry {
    try #require((store.entries + store.givenEntries).first { $0.piece.path == path })
  }
}
