import Foundation
import Graph
import Layers
import Models
import Objectives
import Runs
import Tensors
import Testing
import Training

@testable import Datasets

/// A conversion model that learns from clicked rows alone is too sure of the others: on made logs,
/// whose truth is known, ESMM's mean pCVR of unclicked rows lies nearer to it.
@Suite struct SelectionBiasTests {
  @Test(arguments: [1, 2] as [UInt64]) func esmmIsNearerTheTruth(seed: UInt64) throws {
    let log = SyntheticLog(preset: .sample, seed: seed, design: .general)
    let dataset = try DatasetLoader(
      DatasetSchema(yaml: log.schemaYAML(), path: "schema.yaml"),
      from: .memory(["log.csv": Data(log.csv())]), threads: 2
    ).load()
    let truth = try #require(try Self.unclickedRate(log.truthJSON()))
    let esmm = try Self.meanOfUnclicked(dataset, ["variant": "esmm"], seed: seed)
    let base = try Self.meanOfUnclicked(
      dataset, ["variant": "base", "separate": "true"], seed: seed)
    #expect(abs(esmm - truth) < abs(base - truth), "\(truth): ESMM \(esmm), BASE \(base)")
  }

  /// P(purchase | click) of the rows that were not clicked.
  private static func unclickedRate(_ truth: String) throws -> Double? {
    guard let all = try JSONSerialization.jsonObject(with: Data(truth.utf8)) as? [String: Any],
      let rows = all["impressions"] as? Double, let tasks = all["tasks"] as? [String: Any],
      let click = tasks["click"] as? [String: Any], let clicks = click["positives"] as? Double,
      let conversion = all["conversion"] as? [String: Any],
      let whole = conversion["mean_whole"] as? Double,
      let clicked = conversion["mean_clicked"] as? Double
    else { return nil }
    return (whole * rows - clicked * clicks) / (rows - clicks)
  }

  private static func meanOfUnclicked(
    _ dataset: Dataset, _ options: [String: String], seed: UInt64
  ) throws -> Double {
    let trainer = try trainer(dataset, options, seed: seed)
    let examples = dataset.training
    var order = [Int32](repeating: 0, count: examples.count)
    let index = Storage<Int32>(count: 1_024, filling: 0)
    func batch(_ rows: Int) -> Batch {
      Batch(
        rows: rows, ids: UnsafePointer(examples.ids.base), fields: dataset.features.fields.count,
        dense: UnsafePointer(examples.dense.base), denseCount: dataset.features.dense.count,
        labels: UnsafePointer(examples.labels.base),
        spaces: examples.spaces.map { UnsafePointer($0.base) }, tasks: dataset.tasks.count,
        index: UnsafePointer(index.base))
    }
    let random = RandomSource(seed: seed, .shuffle)
    for epoch in 0..<2 {
      let shuffled = (0..<examples.count).map { (random.uniform(UInt64($0), UInt64(epoch)), $0) }
        .sorted { $0.0 < $1.0 }
      for (place, row) in shuffled.enumerated() { order[place] = Int32(row.1) }
      for first in stride(from: 0, to: examples.count - 256, by: 256) {
        for row in first..<(first + 256) { index[row - first] = order[row] }
        #expect(trainer.step(batch(256), rate: 1e-3))
      }
    }
    let click = try #require(dataset.tasks.firstIndex { $0.name == "click" })
    var (sum, count) = (0.0, 0.0)
    for first in stride(from: 0, to: examples.count - 1_024, by: 1_024) {
      for row in 0..<1_024 { index[row] = Int32(first + row) }
      let executor = trainer.forward(batch(1_024))
      let logits = try #require(executor.output(.logit("purchase")))
      for row in 0..<1_024
      where examples.labels[(first + row) * dataset.tasks.count + click] == 0 {
        sum += 1 / (1 + exp(-Double(logits[row])))
        count += 1
      }
    }
    return sum / count
  }

  private static func trainer(
    _ dataset: Dataset, _ options: [String: String], seed: UInt64
  ) throws -> Trainer {
    var configuration = try ESMM.Configuration(
      setting: options.merging(["click": "click", "conversion": "purchase"]) { own, _ in own },
      of: "esmm")
    configuration.towerSizes = [32, 16]
    let builder = Builder()
    let model = ESMM(
      configuration, input: InputSpecification(dataset.features), tasks: dataset.tasks,
      builder: builder)
    let store = ParameterStore(
      builder.specifications, tasks: dataset.tasks.count, seed: seed)
    let trainer = Trainer(
      model, store: store, tasks: dataset.tasks, batchSize: 256,
      optimizer: OptimizerConfiguration(), pool: WorkerPool(threads: 1))
    trainer.isOn = dataset.tasks.map { ["click", "purchase"].contains($0.name) }
    return trainer
  }
}
