import Datasets
import Foundation
import Graph
import Layers
import Models
import Objectives
import Runs
import Tensors
import TestSupport
import Training

/// A golden case brought to life: its model, its parameters, its batch.
final class GoldenModel {
  let trainer: Trainer
  let model: any MultiTaskModel
  let tasks: [TaskDefinition]
  /// What the tasks' losses count in the whole.
  let weights: [Double]
  let input: InputSpecification
  let stack: GoldenStack
  private let memory: GoldenBatch

  /// A case may name another system than the model that it needs, and have several batches.
  convenience init(
    _ golden: GoldenNode, system: String? = nil, batch: GoldenNode? = nil,
    optimizer: OptimizerConfiguration, balancer: BalancerChoice? = nil, threads: Int = 1
  ) throws {
    let system = try system ?? golden["system"].text
    guard let build = GoldenSystems.built[system] else {
      throw GoldenError.mismatch(at: golden.path, expected: "a built system", found: system)
    }
    try self.init(
      golden, build: build, batch: batch, optimizer: optimizer, balancer: balancer,
      threads: threads)
  }

  /// A case of a model that is built so; `masks` are those of the tasks, by task and path.
  init(
    _ golden: GoldenNode, build: GoldenSystems.Build, batch: GoldenNode? = nil,
    masks: GoldenNode? = nil, ignoresSpaces: Bool = false, optimizer: OptimizerConfiguration,
    balancer: BalancerChoice? = nil, threads: Int = 1
  ) throws {
    let setting = try GoldenSetting(golden["schema"], golden["config"])
    tasks = setting.tasks
    let stack = GoldenStack(tasks: tasks.map(\.name))
    self.stack = stack
    input = setting.input
    let builder = Builder()
    let plain = try build(golden["config"], setting, builder)
    let draws = try GoldenDraws(batch ?? golden["batch"], tasks: tasks.map(\.name))
    let model: any MultiTaskModel = draws.isEmpty ? plain : DrawnModel(model: plain, draws: draws)
    self.model = model
    let store = ParameterStore(builder.specifications, tasks: tasks.count, seed: 1)
    for entry in store.entries {
      let numbers = try stack.tensor(of: entry.piece.path, in: golden["parameters"])
      guard numbers.shape == entry.piece.shape || numbers.shape.isEmpty && entry.piece.count == 1
      else {
        throw GoldenError.mismatch(
          at: entry.piece.path, expected: "\(numbers.shape)", found: "\(entry.piece.shape)")
      }
      store.set(entry, to: numbers.values.map(Float.init))
    }
    if let masks = try masks ?? Self.constantMasks(golden) {
      for entry in store.givenEntries {
        let path = entry.piece.path.split(separator: ".").map(String.init)
        guard path[0] == "masks", path[2] != "negative" else { continue }
        let numbers = try masks[path[1]][path[2...].joined(separator: ".")].numbers
        store.set(entry, to: numbers.map(Float.init))
      }
    }
    memory = try GoldenBatch(
      batch ?? golden["batch"], setting.input, ignoresSpaces: ignoresSpaces)
    trainer = Trainer(
      model, store: store, tasks: tasks, batchSize: memory.batch.rows, optimizer: optimizer,
      balancer: balancer, dials: builder.dials,
      pool: WorkerPool(threads: threads))
    // Of ESCM² the weights behind the first are dials.
    let areDials = try golden.has("system") && golden["system"].text == "escm2"
    let start =
      areDials ? tasks.map { _ in 1 } : try Self.weights(golden["config"], count: tasks.count)
    trainer.weights = start.map(Float.init)
    let epoch = try golden["config"].has("t") ? Int(golden["config"]["t"].number) : 0
    trainer.epoch = epoch
    let weights = tasks.indices.map {
      start[$0] * model.weightFactor(of: $0, epoch: epoch, step: 0)
    }
    self.weights = memory.shares.map { zip(weights, $0).map { $0 * $1 } } ?? weights
  }

  private static func constantMasks(_ golden: GoldenNode) throws -> GoldenNode? {
    guard golden.has("constants"), try golden["constants"].has("masks") else { return nil }
    return try golden["constants"]["masks"]
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
    let columns = tasks.map { executor.output(.logit($0.name)) }
    return (0..<batch.rows).flatMap { row in columns.map { $0?[row] ?? .nan } }
  }

  /// pCTR, pCVR and their product, from the logits of a click and a conversion, [B, 3].
  func funnelPredictions(_ logits: [Float]) -> [Float] {
    stride(from: 0, to: logits.count, by: 2).flatMap { at -> [Float] in
      let (click, conversion) = (1 / (1 + exp(-logits[at])), 1 / (1 + exp(-logits[at + 1])))
      return [click, conversion, click * conversion]
    }
  }

  /// ω_k before any decay, 1 where the case has none.
  private static func weights(_ config: GoldenNode, count: Int) throws -> [Double] {
    config.has("weights") ? try config["weights"].numbers : [Double](repeating: 1, count: count)
  }
}

/// The rows of a case in memory.
final class GoldenBatch {
  let batch: Batch
  /// By task, its rows' share of the batch, where every row belongs to one task.
  let shares: [Double]?
  private let memory: [AnyObject]

  init(_ inputs: GoldenNode, _ input: InputSpecification, ignoresSpaces: Bool = false) throws {
    let ids = Storage(try Self.ids(inputs))
    let dense = Self.floats(try inputs["dense"].numbers)
    let labels = Self.floats(try inputs["labels"].numbers)
    let spaces = Self.floats(try inputs["space"].numbers)
    memory = [ids, dense, labels, spaces]
    let shape = try inputs["labels"].tensor.shape
    shares = try inputs.has("types") ? Self.shares(inputs["types"].integers, of: shape[1]) : nil
    batch = Batch(
      rows: shape[0], ids: UnsafePointer(ids.base), fields: input.schema.fields.count,
      dense: UnsafePointer(dense.base), denseCount: input.schema.dense.count,
      labels: UnsafePointer(labels.base),
      spaces: ignoresSpaces ? nil : UnsafePointer(spaces.base), tasks: shape[1],
      index: nil)
  }

  private static func shares(_ types: [Int], of tasks: Int) -> [Double] {
    (0..<tasks).map { task in
      Double(types.count { $0 == task }) / Double(types.count)
    }
  }

  /// The ids of every row, those of its position and device behind them if there are some.
  private static func ids(_ inputs: GoldenNode) throws -> [Int32] {
    let ids = try inputs["ids"].integers.map(Int32.init)
    guard inputs.has("position") else { return ids }
    let (position, device) = (try inputs["position"].integers, try inputs["device"].integers)
    let fields = ids.count / position.count
    return position.indices.flatMap { row in
      ids[(row * fields)..<((row + 1) * fields)] + [Int32(position[row]), Int32(device[row])]
    }
  }

  private static func floats(_ numbers: [Double]) -> Storage<Float> {
    let storage = Storage<Float>(count: numbers.count, filling: 0)
    for (place, number) in numbers.enumerated() { storage[place] = Float(number) }
    return storage
  }
}
