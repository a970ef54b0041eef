import Models
import Runs
import TestSupport
import Testing
import Training

/// What L2 soft sharing shows of itself, against its reference.
@Suite struct GoldenL2SoftSharing {
  @Test(arguments: try GoldenCase.of("l2_soft_sharing")) func distancesAndShare(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let model = try GoldenModel(node, optimizer: OptimizerConfiguration(.sgd))
    let telemetry = try node["expect"]["telemetry"]
    let views = model.trainer.inspect(model.batch, schema: model.input.schema).views
    var compared = 0
    for layer in try node["config"]["columns"].list.indices {
      let view = try #require(views.first { $0.name == "distance.layer \(layer)" })
      guard case .matrix(let matrix) = view.content else { continue }
      expectClose(matrix.values, try telemetry["distance.\(layer)"].tensor, "layer \(layer)")
      compared += 1
    }
    #expect(compared == (try node["config"]["columns"].list.count))
    model.trainer.gradients(model.batch)
    let share = model.trainer.penalty / model.loss
    #expect(abs(share - (try telemetry["penalty_share"].number)) <= 1e-4 * share)
  }

  @Test(arguments: try GoldenCase.of("l2_soft_sharing")) func gradientOfThePenaltyAlone(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let model = try GoldenModel(
      node, optimizer: OptimizerConfiguration(.sgd, tables: .dense), threads: 2)
    model.trainer.weights = model.tasks.map { _ in 0 }
    model.trainer.gradients(model.batch)
    for (name, tensor) in try node["expect"]["penalty_gradients"].tensors {
      let entry = try #require(model.trainer.store.entries.first { $0.piece.path == name })
      expectClose(model.trainer.gradient(of: entry, batch: model.batch), tensor, name)
    }
  }
}
