import Foundation
import Graph
import Layers
import Models
import Objectives
import Runs
import Tensors
import Testing
import Training
import TrainingFixtures

@testable import Datasets

/// The learned position bias against the true one of made logs.
@Suite struct PositionBiasTests {
  /// By device and place, how far the learned bias is from the true one.
  private func errors(_ problem: ListProblem, random: String) throws -> [Double] {
    let found = try problem.learnedBias(["random": random], epochs: 4)
    return zip(found, ListProblem.truth).flatMap { found, truth in
      zip(found, ListProblem.centred(truth)).map { $0 - $1 }
    }
  }

  /// Whatever the model knows of the items.
  @Test(arguments: [true, false]) func randomOrderTellsPlaceFromQuality(seesItems: Bool) throws {
    let problem = ListProblem(lists: 6_000, randomShare: 0.4, seesItems: seesItems)
    let errors = try errors(problem, random: "random")
    #expect(errors.count == 10 && errors.allSatisfy { abs($0) < 0.25 }, "\(errors)")
  }

  /// What the policy knew of an item and the model does not is taken for the place's doing: the
  /// first places seem better than they are, the last ones worse.
  @Test func sortedListsMixPlaceAndQuality() throws {
    let problem = ListProblem(lists: 6_000, randomShare: 0.4, seesItems: false)
    let errors = try errors(problem, random: "none")
    #expect(errors.count == 10)
    for device in [0, 5] { #expect(errors[device] > 0.25 && errors[device + 4] < -0.25) }
  }

  /// Rows of sorted lists move the network, not the bias.
  @Test func otherRowsDoNotMoveTheBias() throws {
    let sorted = ListProblem(lists: 100, randomShare: 0, seesItems: true)
    let mixed = ListProblem(lists: 100, randomShare: 0.5, seesItems: true)
    for (problem, isMoved) in [(sorted, false), (mixed, true)] {
      let trainer = try problem.trainer(["random": "random"])
      let gradients = trainer.namedGradients(problem.batch(rows: 256))
      #expect(gradients["shallow.click.weight"]?.contains { $0 != 0 } == isMoved)
      #expect(gradients["embeddings.item.weight"]?.contains { $0 != 0 } == true)
      #expect(gradients["embeddings.random.weight"] == nil)
    }
  }

  @Test func aColumnThatNeverSaysRandom() throws {
    let problem = ListProblem(lists: 1, randomShare: 0, seesItems: true)
    let error = #expect(throws: ModelError.self) {
      _ = try problem.trainer(["random": "device"])
    }
    #expect(
      error?.description == """
        --set model.random: youtube cannot use this value.
          found: device
          fix:   give a column that is 1, true or yes in some rows
        """)
  }
}

// MARK: - The synthetic log

extension PositionBiasTests {
  static let preset = ProcessInfo.processInfo.environment["POSITION_BIAS_PRESET"]
    .flatMap { SyntheticPreset(rawValue: $0) }

  /// The bias of every slot and device within 0.25 of β, at one level for each device, which the
  /// main network may take as well.
  ///
  /// The log's lists are sorted by a policy that knows more of users than a log can tell, so its
  /// column of random order is read; 10 % of the rows say enough only in the largest preset. What
  /// is left is mostly one-sided: log-odds over users whose tastes are not known differ by some
  /// 15 % less than those of one user.
  @Test(
    .enabled(
      if: preset != nil,
      "takes minutes: set POSITION_BIAS_PRESET to base (2,000,000 rows), or to a smaller preset"))
  func theSyntheticLogsBias() throws {
    let log = SyntheticLog(preset: Self.preset ?? .base, seed: 1)
    let yaml = log.schemaYAML().replacing(
      "is_rand: {type: ignore}", with: "is_rand: {type: categorical}")
    let dataset = try DatasetLoader(
      DatasetSchema(yaml: yaml, path: "schema.yaml"),
      from: .memory(["log.csv": Data(log.csv())]), threads: 2
    ).load()
    let run = try SyntheticBias(dataset)
    for epoch in 0..<4 {
      #expect(run.train(epoch: epoch, rate: 2e-3 * (1 - Double(epoch) / 4)))
    }
    #expect(run.bias.count == SyntheticDesign.devices.count)
    for (device, found) in run.bias.enumerated() {
      let truth = (1...10).map { log.preset.design.positionBias(device: device, slot: $0) }
      let errors = zip(found, truth).map { $0 - $1 }
      let spread = (errors.max() ?? .infinity) - (errors.min() ?? -.infinity)
      #expect(spread / 2 < 0.25, "\(SyntheticDesign.devices[device]): \(errors)")
    }
  }
}

/// The YouTube model on a made log.
private final class SyntheticBias {
  private let dataset: Dataset
  private let trainer: Trainer
  private static let size = 1_024

  private struct NotTrained: Error {}

  init(_ dataset: Dataset) throws {
    self.dataset = dataset
    guard case .trained(let make) = try ModelRegistry.entry(named: "youtube").kind else {
      throw NotTrained()
    }
    let builder = Builder()
    let model = try make([:], InputSpecification(dataset.features), dataset.tasks, builder)
    let store = ParameterStore(builder.specifications, tasks: dataset.tasks.count, seed: 1)
    trainer = Trainer(
      model, store: store, tasks: dataset.tasks, batchSize: Self.size,
      optimizer: OptimizerConfiguration(), dials: builder.dials, pool: WorkerPool(threads: 2))
  }

  /// One epoch in an order of its own; false if a loss stops being a number.
  func train(epoch: Int, rate: Double) -> Bool {
    let examples = dataset.training
    let random = RandomSource(seed: UInt64(epoch), .test)
    let order = Storage((0..<Int32(examples.count)).map { $0 })
    for last in stride(from: order.count - 1, to: 0, by: -1) {
      let other = random.index(below: last + 1, UInt64(last))
      (order[last], order[other]) = (order[other], order[last])
    }
    for first in stride(from: 0, to: examples.count, by: Self.size) {
      let batch = Batch(
        rows: min(Self.size, examples.count - first), ids: UnsafePointer(examples.ids.base),
        fields: dataset.features.fields.count, dense: UnsafePointer(examples.dense.base),
        denseCount: dataset.features.dense.count, labels: UnsafePointer(examples.labels.base),
        spaces: examples.spaces.map { UnsafePointer($0.base) }, tasks: dataset.tasks.count,
        index: UnsafePointer(order.base + first))
      guard trainer.step(batch, rate: rate) else { return false }
    }
    return true
  }

  /// By device, b of slots 1 to 10 for the click.
  var bias: [[Double]] {
    let fields = dataset.features.fields
    guard let slot = fields.first(where: { $0.name == "slot" }),
      let device = fields.first(where: { $0.name == "device" }),
      let table = trainer.namedNumbers["shallow.click.weight"]
    else { return [] }
    return SyntheticDesign.devices.map { name in
      let column = device.categories.firstIndex(of: name) ?? 0
      return (1...10).map { place in
        let row = slot.categories.firstIndex(of: "\(place)") ?? 0
        return Double(table[row * device.vocabulary + column])
      }
    }
  }
}
