import Datasets
import Foundation
import Graph
import Layers
import Models
import Objectives
import Tensors
import TestSupport
import Training

/// A golden case brought to life: its model, its parameters, its batch.
final class GoldenModel {
  let trainer: Trainer
  let tasks: [TaskDefinition]
  let weights: [Double]
  let input: InputSpecification
  private let memory: GoldenBatch

  /// A case may name another system than the model that it needs, and have several batches.
  init(
    _ golden: GoldenNode, system: String? = nil, batch: GoldenNode? = nil,
    optimizer: OptimizerConfiguration, balancer: MetaBalance? = nil, threads: Int = 1
  ) throws {
    let setting = try GoldenSetting(golden["schema"])
    tasks = setting.tasks
    input = setting.input
    let system = try system ?? golden["system"].text
    guard let build = GoldenSystems.built[system] else {
      throw GoldenError.mismatch(at: golden.path, expected: "a built system", found: system)
    }
    let builder = Builder()
    let model = try build(golden["config"], setting, builder)
    let store = ParameterStore(builder.specifications, tasks: tasks.count, seed: 1)
    for entry in store.entries {
      let numbers = try golden["parameters"][entry.piece.path].tensor
      guard numbers.shape == entry.piece.shape else {
        throw GoldenError.mismatch(
          at: entry.piece.path, expected: "\(numbers.shape)", found: "\(entry.piece.shape)")
      }
      store.set(entry, to: numbers.values.map(Float.init))
    }
    memory = try GoldenBatch(batch ?? golden["batch"], setting.input)
    trainer = Trainer(
      model, store: store, tasks: tasks, batchSize: memory.batch.rows, optimizer: optimizer,
      balancer: balancer, dials: builder.dials, pool: WorkerPool(threads: threads))
    // Of ESCM² the weights behind the first are dials.
    weights =
      system == "escm2"
      ? tasks.map { _ in 1 } : try Self.weights(golden["config"], count: tasks.count)
    trainer.weights = weights.map(Float.init)
  }

  /// The rows of the case.
  var batch: Batch { memory.batch }

  /// Σ ω_k L_k of the newest step, and what is minimised besides.
  var loss: Double {
    zip(weights, tasks.indices).reduce(trainer.penalty + terms) {
      $0 + $1.0 * trainer.loss(of: $1.1)
    }
  }

  /// The losses as the case lists them.
  func losses(_ golden: GoldenNode) throws -> [Float] {
    let losses = tasks.indices.map { trainer.loss(of: $0) }
    guard try golden["system"].text == "escm2" else { return losses.map(Float.init) }
    let strengths = try golden["config"]["weights"].numbers
    return [losses[0], terms / strengths[1], losses[1] / strengths[2]].map(Float.init)
  }

  /// The means of the terms beside the tasks' losses.
  private var terms: Double {
    trainer.terms.reduce(0) { $0 + $1.loss / max(1, $1.rows) }
  }

  /// The logits of all tasks, [B, K].
  func logits() -> [Float] {
    let executor = trainer.forward(batch)
    let columns = tasks.map { executor.output("logits.\($0.name)") }
    return (0..<batch.rows).flatMap { row in columns.map { $0?[row] ?? .nan } }
  }

  /// pCTR, pCVR and their product, from the logits of a click and a conversion, [B, 3].
  func funnelPredictions(_ logits: [Float]) -> [Float] {
    stride(from: 0, to: logits.count, by: 2).flatMap { at -> [Float] in
      let (click, conversion) = (1 / (1 + exp(-logits[at])), 1 / (1 + exp(-logits[at + 1])))
      return [click, conversion, click * conversion]
    }
  }

  /// ω_k, 1 where the case has none, or ω_k·γ_k^t where the weights decay.
  private static func weights(_ config: GoldenNode, count: Int) throws -> [Double] {
    guard config.has("weights") else { return [Double](repeating: 1, count: count) }
    let weights = try config["weights"].numbers
    guard config.has("gamma"), config.has("t") else { return weights }
    let unit = try config["t"].number
    return zip(weights, try config["gamma"].numbers).map { $0 * pow($1, unit) }
  }
}

/// The rows of a case in memory.
final class GoldenBatch {
  let batch: Batch
  private let memory: [AnyObject]

  init(_ inputs: GoldenNode, _ input: InputSpecification) throws {
    let ids = Storage(try inputs["ids"].integers.map(Int32.init))
    let dense = Self.floats(try inputs["dense"].numbers)
    let labels = Self.floats(try inputs["labels"].numbers)
    let spaces = Self.floats(try inputs["space"].numbers)
    memory = [ids, dense, labels, spaces]
    let shape = try inputs["labels"].tensor.shape
    batch = Batch(
      rows: shape[0], ids: UnsafePointer(ids.base), fields: input.schema.fields.count,
      dense: UnsafePointer(dense.base), denseCount: input.schema.dense.count,
      labels: UnsafePointer(labels.base), spaces: UnsafePointer(spaces.base), tasks: shape[1],
      index: nil)
  }

  private static func floats(_ numbers: [Double]) -> Storage<Float> {
    let storage = Storage<Float>(count: numbers.count, filling: 0)
    for (place, number) in numbers.enumerated() { storage[place] = Float(number) }
    return storage
  }
}
