import Foundation
import Graph
import Metrics
import Runs
import TestSupport
import Testing
import Training

/// Every system that is built against the float64 reference: outputs, losses, every gradient,
/// telemetry, and the parameters after steps of SGD and Adam.
@Suite struct Golden {
  @Test(arguments: try GoldenCase.ofSystems) func outputsAndLosses(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let model = try GoldenModel(node, optimizer: OptimizerConfiguration(.sgd))
    let expect = try node["expect"]
    let logits = model.logits()
    // What is drawn in training is not in use: such a case has both.
    let answers = expect.has("evaluation") ? try expect["evaluation"] : expect
    // LT4REC's answer for a share is the probability itself.
    let isShare = try model.tasks.map {
      try $0.kind == .regression && node["system"].text == "lt4rec"
    }
    func task(_ place: Int) -> Int { place % model.tasks.count }
    expectClose(
      logits.enumerated().map { isShare[task($0)] ? log($1 / (1 - $1)) : $1 },
      try answers["logits"].tensor, "logits")
    let predictions =
      try ["esmm", "escm2"].contains(node["system"].text)
      ? model.funnelPredictions(logits)
      : logits.enumerated().map { place, z in
        model.tasks[place % model.tasks.count].kind == .binary ? 1 / (1 + exp(-z)) : z
      }
    expectClose(predictions, try answers["predictions"].tensor, "predictions")
    #expect(model.trainer.gradients(model.batch))
    expectClose(try model.losses(node), try expect["losses"].tensor, "losses")
    expectClose([Float(model.loss)], try expect["loss"].tensor, "loss")
  }

  @Test(arguments: try GoldenCase.ofSystems, [1, 2]) func everyGradient(
    _ golden: GoldenCase, threads: Int
  ) throws {
    let node = try golden.load()
    let model = try GoldenModel(
      node, optimizer: OptimizerConfiguration(.sgd, tables: .dense), threads: threads)
    model.trainer.gradients(model.batch)
    let expected = try node["expect"]["gradients"]
    let entries = model.trainer.store.entries
    let names = Set(try expected.names)
    #expect(Set(entries.map { model.stack.place(of: $0.piece.path, in: names).name }) == names)
    for entry in entries {
      expectClose(
        model.trainer.gradient(of: entry, batch: model.batch),
        try model.stack.tensor(of: entry.piece.path, in: expected), entry.piece.path)
    }
  }

  @Test(arguments: try GoldenCase.ofSystems) func parametersAfterSGD(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let rate = try node["optimisers"]["sgd"]["rate"].number
    let model = try GoldenModel(node, optimizer: OptimizerConfiguration(.sgd, tables: .dense))
    #expect(model.trainer.step(model.batch, rate: rate))
    let expect = try node["expect"]["sgd"]
    try expectParameters(of: model, expect["parameters"])
    model.trainer.gradients(model.batch)
    expectClose([Float(model.loss)], try expect["loss_after"].tensor, "loss after")
  }

  @Test(arguments: try GoldenCase.ofSystems) func parametersAfterAdam(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let adam = try node["optimisers"]["adam"]
    let model = try GoldenModel(
      node,
      optimizer: OptimizerConfiguration(
        .adam(
          beta1: try adam["beta1"].number, beta2: try adam["beta2"].number,
          epsilon: try adam["epsilon"].number), tables: .dense))
    let before = try node["expect"]["adam"]["losses_before"].numbers
    for loss in before {
      let penalty = model.trainer.penalty
      #expect(model.trainer.step(model.batch, rate: try adam["rate"].number))
      // The losses are those before the step, the penalty is of the numbers after it.
      let found = model.loss - model.trainer.penalty + penalty
      #expect(abs(found - loss) <= 1e-4 * abs(loss) + 1e-5)
    }
    #expect(before.count == (try adam["steps"].integer))
    try expectParameters(of: model, node["expect"]["adam"]["parameters"])
  }

  @Test(arguments: try GoldenCase.of("omoe", "mmoe")) func gates(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let model = try GoldenModel(node, optimizer: OptimizerConfiguration(.sgd))
    let executor = model.trainer.forward(model.batch)
    let telemetry = try node["expect"]["telemetry"]
    let names = executor.plan.outputs.map(\.name).filter {
      if case .gate = $0 { true } else { false }
    }
    let experts = try telemetry["gates"].tensor.shape[2]
    var weights: [Float] = []
    for row in 0..<model.batch.rows {
      for name in names {
        let base = try #require(executor.output(name)) + row * experts
        weights += UnsafeBufferPointer(start: base, count: experts)
      }
    }
    expectClose(weights, try telemetry["gates"].tensor, "gates")
    let statistics = try names.map {
      GateStatistics(
        try #require(executor.output($0)), rows: model.batch.rows, experts: experts)
    }
    expectClose(statistics.flatMap(\.mean), try telemetry["gate_mean"].tensor, "gate_mean")
    expectClose(
      statistics.flatMap(\.deviation), try telemetry["gate_deviation"].tensor, "gate_deviation")
    expectClose(
      statistics.flatMap(\.topShare), try telemetry["gate_top_share"].tensor, "gate_top_share")
    if telemetry.has("gate_entropy") {
      expectClose(
        statistics.map(\.entropy), try telemetry["gate_entropy"].tensor, "gate_entropy")
    }
  }

  private func expectParameters(of model: GoldenModel, _ expected: GoldenNode) throws {
    let store = model.trainer.store
    for entry in store.entries {
      let tensor = try model.stack.tensor(of: entry.piece.path, in: expected)
      expectClose(store.numbers(of: entry), tensor, entry.piece.path)
    }
  }
}

/// Expects |a − b| ≤ 1e-4·|b| + 1e-5·max|b| over the array.
func expectClose(
  _ found: [Float], _ expected: GoldenTensor, _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let deviation = GoldenDeviation(of: found, from: expected)
  #expect(
    deviation.isWithinTolerance, "\(name): \(deviation)", sourceLocation: sourceLocation)
}
