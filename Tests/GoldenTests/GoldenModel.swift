import Datasets
import Foundation
import Graph
import Layers
import Models
import Tensors
import TestSupport
import Training

/// A golden case brought to life: its model, its parameters, its batch.
final class GoldenModel {
  let trainer: Trainer
  let batch: Batch
  let tasks: [TaskDefinition]
  let weights: [Double]
  private let golden: GoldenNode
  private let memory: [AnyObject]

  init(
    _ golden: GoldenNode, optimizer: OptimizerConfiguration, threads: Int = 1
  ) throws {
    self.golden = golden
    let setting = try GoldenSetting(golden["schema"])
    tasks = setting.tasks
    let system = try golden["system"].text
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
    let inputs = try golden["batch"]
    let ids = Storage(try inputs["ids"].integers.map(Int32.init))
    let dense = Self.floats(try inputs["dense"].numbers)
    let labels = Self.floats(try inputs["labels"].numbers)
    let spaces = Self.floats(try inputs["space"].numbers)
    memory = [ids, dense, labels, spaces]
    let rows = try inputs["labels"].tensor.shape[0]
    batch = Batch(
      rows: rows, ids: UnsafePointer(ids.base), fields: setting.input.schema.fields.count,
      dense: UnsafePointer(dense.base), denseCount: setting.input.schema.dense.count,
      labels: UnsafePointer(labels.base), spaces: UnsafePointer(spaces.base), tasks: tasks.count,
      index: nil)
    trainer = Trainer(
      model, store: store, tasks: tasks, batchSize: rows, optimizer: optimizer,
      pool: WorkerPool(threads: threads))
    weights = try golden["config"]["weights"].numbers
    trainer.weights = weights.map(Float.init)
  }

  /// Σ ω_k L_k of the newest step.
  var loss: Double {
    zip(weights, tasks.indices).reduce(0) { $0 + $1.0 * trainer.loss(of: $1.1) }
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

  private static func floats(_ numbers: [Double]) -> Storage<Float> {
    let storage = Storage<Float>(count: numbers.count, filling: 0)
    for (place, number) in numbers.enumerated() { storage[place] = Float(number) }
    return storage
  }
}
