import Foundation
import Graph
import Layers
import Models
import Tensors
import Testing
import Training

@testable import Datasets

/// The learned position bias against the true one of a made log.
@Suite struct PositionBiasTests {
  @Test func theSyntheticLogsBiasIsRecovered() throws {
    let environment = ProcessInfo.processInfo.environment
    let preset = SyntheticPreset(rawValue: environment["POSITION_BIAS_PRESET"] ?? "") ?? .sample
    let log = SyntheticLog(preset: preset, seed: 1)
    let dataset = try DatasetLoader(
      DatasetSchema(yaml: log.schemaYAML(), path: "schema.yaml"),
      from: .memory(["log.csv": Data(log.csv())]), threads: 2
    ).load()
    var options: [String: String] = [:]
    for pair in (environment["POSITION_BIAS_OPTIONS"] ?? "").split(separator: ";") {
      let parts = pair.split(separator: "=").map(String.init)
      options[parts[0]] = parts[1]
    }
    let rate = Double(environment["POSITION_BIAS_RATE"] ?? "") ?? 1e-3
    let epochs = Int(environment["POSITION_BIAS_EPOCHS"] ?? "") ?? 6
    let start = ContinuousClock.now
    let run = try BiasRun(dataset, options)
    for epoch in 0..<epochs {
      run.train(epoch: epoch, rate: rate)
      let errors = run.bias.enumerated().map { device, found in
        let truth = (1...10).map { SyntheticDesign.positionBias(device: device, slot: $0) }
        return zip(found, truth).map { $0 - $1 }
      }
      print(
        "epoch \(epoch + 1)", ContinuousClock.now - start, run.loss,
        errors.map { e in
          let mean = e.reduce(0, +) / 10
          return e.map { String(format: "%+.2f", $0 - mean) }.joined(separator: " ")
        })
    }
  }
}

/// A model that learns a made log.
private final class BiasRun {
  private let dataset: Dataset
  private let trainer: Trainer
  var loss = 0.0

  init(_ dataset: Dataset, _ options: [String: String]) throws {
    self.dataset = dataset
    guard case .trained(let make) = try ModelRegistry.entry(named: "youtube").kind else {
      preconditionFailure("youtube is trained")
    }
    let builder = Builder()
    let model = try make(
      options, InputSpecification(dataset.features), dataset.tasks, builder)
    let store = ParameterStore(builder.specifications, tasks: dataset.tasks.count, seed: 1)
    trainer = Trainer(
      model, store: store, tasks: dataset.tasks, batchSize: 256,
      optimizer: OptimizerConfiguration(), dials: builder.dials, pool: WorkerPool(threads: 2))
  }

  func train(epoch: Int, rate: Double) {
    let examples = dataset.training
    let random = RandomSource(seed: UInt64(epoch), .test)
    let order = Storage((0..<Int32(examples.count)).map { $0 })
    for last in stride(from: order.count - 1, to: 0, by: -1) {
      let other = random.index(below: last + 1, UInt64(last))
      (order[last], order[other]) = (order[other], order[last])
    }
    var (sum, steps) = (0.0, 0.0)
    for first in stride(from: 0, to: examples.count, by: 256) {
      let batch = Batch(
        rows: min(256, examples.count - first), ids: UnsafePointer(examples.ids.base),
        fields: dataset.features.fields.count, dense: UnsafePointer(examples.dense.base),
        denseCount: dataset.features.dense.count, labels: UnsafePointer(examples.labels.base),
        spaces: examples.spaces.map { UnsafePointer($0.base) }, tasks: dataset.tasks.count,
        index: UnsafePointer(order.base + first))
      #expect(trainer.step(batch, rate: rate))
      sum += trainer.loss(of: 0)
      steps += 1
    }
    loss = sum / steps
  }

  /// By device, b of slots 1 to 10 for the click.
  var bias: [[Double]] {
    let fields = dataset.features.fields
    guard let slot = fields.first(where: { $0.name == "slot" }),
      let device = fields.first(where: { $0.name == "device" }),
      let entry = trainer.store.entries.first(where: { $0.piece.path == "shallow.click.weight" })
    else { return [] }
    let table = trainer.store.numbers(of: entry)
    return SyntheticDesign.devices.map { name in
      let column = device.categories.firstIndex(of: name) ?? 0
      return (1...10).map { place in
        let row = slot.categories.firstIndex(of: "\(place)") ?? 0
        return Double(table[row * device.vocabulary + column])
      }
    }
  }
}
