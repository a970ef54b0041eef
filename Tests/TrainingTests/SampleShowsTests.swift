import Foundation
import Graph
import Layers
import Metrics
import Models
import Objectives
import Runs
import Tensors
import Testing

@testable import Datasets
@testable import Training

/// What the sample promises to a person who looks at it for a minute.
///
/// Each promise is kept for other draws of the log and of the network too; the limits leave room.
@Suite struct SampleShowsTests {
  private static func data(seed: UInt64) throws -> Dataset {
    let log = SyntheticLog(preset: .sample, seed: seed)
    return try DatasetLoader(
      DatasetSchema(yaml: log.schemaYAML(), path: "schema.yaml"),
      from: .memory(["log.csv": Data(log.csv())]), threads: 1
    ).load()
  }

  /// Positives in the test rows, and that random order is declared.
  @Test func everyTaskCanBeJudged() throws {
    let data = try Self.data(seed: 1)
    #expect(data.tasks.map(\.name) == ["click", "cart", "purchase", "like", "watch"])
    let (tasks, test) = (data.tasks.count, data.test)
    for (index, task) in data.tasks.enumerated() {
      let counted = (0..<test.count).count { row in
        let isInside = test.spaces.map { $0.base[row * tasks + index] > 0 } ?? true
        return isInside && (task.kind == .regression || test.labels.base[row * tasks + index] > 0)
      }
      #expect(counted >= 300, "\(task.name)")
    }
    #expect(data.features.fields.contains { $0.name == "is_rand" })
    #expect(TrainingAdvice.sample.advice(for: "mmoe").options == ["experts": "4"])
  }

  /// The gate of `like` looks at the device and that of `cart` at the segment, far more than that of
  /// `click`, whose experts are the same for all.
  @Test(arguments: [1, 2] as [UInt64]) func gatesFollowDeviceAndSegment(seed: UInt64) throws {
    let run = try SampleRun(Self.data(seed: seed), seed: seed)
    #expect(run.train(steps: 1_600))
    let device = try run.divergences(by: "device")
    let segment = try run.divergences(by: "segment")
    #expect(try #require(device["like"]) >= 0.02)
    #expect(try #require(device["click"]) < 0.01)
    #expect(try #require(segment["click"]) < 0.012)
    #expect(try #require(segment["cart"]) >= 0.015)
  }

  /// `like` stands still while `watch` trains, and gains within 20 seconds without it: 1,000 steps at
  /// the explorer's pace.
  @Test func watchCostsLike() throws {
    let data = try Self.data(seed: 1)
    let (both, alone) = (try SampleRun(data, seed: 1), try SampleRun(data, seed: 1))
    for run in [both, alone] { #expect(run.train(steps: 600)) }
    alone.switchOff("watch")
    for run in [both, alone] { #expect(run.train(steps: 600)) }
    let (with, without) = (try both.score("like"), try alone.score("like"))
    #expect(without > with + 0.004)
  }
}

extension SampleShowsTests {
  /// At ten times the rate one or more of eight experts die within 20 seconds, and an alarm names
  /// them; at the sample's own rate and number of experts none does.
  @Test(arguments: [1, 2] as [UInt64]) func tooHighARateKillsExperts(seed: UInt64) throws {
    let data = try Self.data(seed: 1)
    let own = try SampleRun(data, seed: seed)
    let eight = try SampleRun(data, seed: seed, experts: 8, rate: 0.02)
    for run in [own, eight] { #expect(run.train(steps: 1_000)) }
    let (living, dead) = (own.alarms, eight.alarms)
    #expect(!living.contains { $0.kind == .dead }, "\(living.map(\.sentence))")
    #expect(dead.contains { $0.kind == .dead }, "\(dead.map(\.sentence))")
  }
}

/// A short training of MMoE on the sample, as the explorer would do it.
private final class SampleRun {
  private let dataset: Dataset
  private let trainer: Trainer
  private let shuffle: EpochShuffle
  private var (position, epoch) = (0, 0)
  private static let rows = 128

  private struct NotTrained: Error {}

  private let rate: Double

  init(
    _ dataset: Dataset, seed: UInt64, experts: Int? = nil,
    rate: Double = TrainingAdvice.sample.learningRate
  ) throws {
    self.dataset = dataset
    self.rate = rate
    let advice = TrainingAdvice.sample.advice(for: "mmoe")
    var configuration = TrainingConfiguration()
    configuration.modelOptions = advice.options
    if let experts { configuration.modelOptions["experts"] = "\(experts)" }
    configuration.batchSize = Self.rows
    configuration.learningRate = rate
    configuration.seed = seed
    configuration.threads = 1
    let entry = try ModelRegistry.entry(named: "mmoe")
    guard let trainer = try Trainer(configuration, entry, dataset: dataset) else {
      throw NotTrained()
    }
    self.trainer = trainer
    shuffle = EpochShuffle(count: dataset.training.count, seed: seed)
  }

  func switchOff(_ task: String) {
    trainer.isOn = dataset.tasks.indices.map { trainer.isOn[$0] && dataset.tasks[$0].name != task }
  }

  /// False if a loss stops being a number.
  func train(steps: Int) -> Bool {
    let examples = dataset.training
    for _ in 0..<steps {
      if position == 0 {
        epoch += 1
        shuffle.shuffle(epoch: epoch)
      }
      let batch = Batch(
        rows: min(Self.rows, examples.count - position), ids: UnsafePointer(examples.ids.base),
        fields: dataset.features.fields.count, dense: UnsafePointer(examples.dense.base),
        denseCount: dataset.features.dense.count, labels: UnsafePointer(examples.labels.base),
        spaces: examples.spaces.map { UnsafePointer($0.base) }, tasks: dataset.tasks.count,
        index: UnsafePointer(shuffle.order.base + position))
      guard trainer.step(batch, rate: rate) else { return false }
      position = (position + batch.rows) % examples.count
    }
    return true
  }

  /// What is wrong with gates and experts, as a screen would say.
  var alarms: [GateAlarm] {
    var inspector = Inspector(dataset: dataset, trainer: trainer, lottery: nil)
    var (views, snapshot) = (WantedViews(), Snapshot())
    views.gates = true
    snapshot.step = trainer.step
    inspector.fill(&snapshot, views: views, isIdle: true)
    return GateAlarm.all(in: snapshot)
  }

  /// A named output of all validation rows, row by row.
  private func output(_ name: Watched) throws -> [[Float]] {
    let examples = dataset.validation
    var rows: [[Float]] = []
    for first in stride(from: 0, to: examples.count, by: trainer.evaluationRows) {
      let count = min(trainer.evaluationRows, examples.count - first)
      let executor = trainer.forward(examples.batch(from: first, rows: count))
      let width = executor.plan.outputs.first { $0.name == name }?.width ?? 0
      let values = try #require(executor.output(name))
      rows += (0..<count).map { row in (0..<width).map { values[row * width + $0] } }
    }
    return rows
  }

  /// AUC of a task on validation rows.
  func score(_ task: String) throws -> Double {
    let index = try #require(dataset.tasks.firstIndex { $0.name == task })
    let labels = (0..<dataset.validation.count).map {
      Double(dataset.validation.labels.base[$0 * dataset.tasks.count + index])
    }
    return AUC.of(try output(.logit(task)).map { Double($0[0]) }, labels: labels)
  }

  /// By task, the largest divergence in bits of a group's mean gate from that of all rows.
  func divergences(by column: String) throws -> [String: Float] {
    let fields = dataset.features.fields
    let field = try #require(fields.firstIndex { $0.name == column })
    let ids = (0..<dataset.validation.count).map {
      dataset.validation.ids.base[$0 * fields.count + field]
    }
    var found: [String: Float] = [:]
    for task in dataset.tasks {
      let weights = try output(.gate(task.name))
      let groups = Dictionary(grouping: weights.indices) { ids[$0] }
      let all = mean(weights[...])
      found[task.name] = groups.values.filter { $0.count >= 100 }
        .map { jensenShannon(mean($0.map { weights[$0] }[...]), all) }.max()
    }
    return found
  }

  private func mean(_ rows: ArraySlice<[Float]>) -> [Float] {
    (0..<(rows.first?.count ?? 0)).map { e in
      rows.reduce(0) { $0 + $1[e] } / Float(rows.count)
    }
  }
}
