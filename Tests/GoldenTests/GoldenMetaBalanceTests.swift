import Foundation
import Models
import Objectives
import Runs
import TestSupport
import Testing
import Training

/// MetaBalance against its reference: the rule on given gradients, and steps of a model.
@Suite struct GoldenMetaBalance {
  @Test(arguments: try GoldenCase.of("metabalance_rule")) func rule(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let tasks = Int(try node["config"]["tasks"].number)
    for name in try node["expect"].names {
      let arrays = try node["inputs"]["steps"].list[0].names
      let balance = try Self.configuration(name)
      var running = RunningBalancer(
        balance, for: BalancedTasks((0..<tasks).map { "t\($0)" }, arrays: arrays.count))
      let shown = BalancingStep(tasks: tasks, seed: 1)
      var weights = BalancerWeights(tasks: tasks)
      for (inputs, step) in zip(try node["inputs"]["steps"].list, try node["expect"][name].list) {
        for (index, array) in arrays.enumerated() {
          let norms = try inputs[array].list.map { gradient in
            try gradient.numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
          }
          running.weigh(array: index, norms, shown, weights: &weights)
          let remembered = running.memory.norms[(index * tasks)..<((index + 1) * tasks)]
          expectClose(remembered.map(Float.init), try step[array]["norms"].tensor, array)
          let scales = try step[array]["scale"].numbers
          for (weight, scale) in zip(weights.shared, scales) {
            let expected = balance.relax * scale + 1 - balance.relax
            #expect(abs(weight - expected) <= 1e-9 * max(1, expected), "\(name) \(array)")
          }
          #expect(weights.own.allSatisfy { $0 == 1 })
        }
      }
    }
  }

  /// `A_r0.7_beta0.9`.
  private static func configuration(_ name: String) throws -> MetaBalance {
    let parts = name.split(separator: "_")
    var balance = MetaBalance()
    balance.strategy = try #require(MetaBalance.Strategy(letter: String(parts[0])))
    balance.relax = try #require(Double(parts[1].dropFirst(1)))
    balance.decay = try #require(Double(parts[2].dropFirst(4)))
    return balance
  }

  @Test(arguments: try GoldenCase.of("metabalance_model"), [1, 2]) func steps(
    _ golden: GoldenCase, threads: Int
  ) throws {
    let node = try golden.load()
    let config = try node["config"]
    var balance = MetaBalance()
    balance.strategy = try #require(MetaBalance.Strategy(letter: try config["strategy"].text))
    balance.relax = try config["relax"].number
    balance.decay = try config["beta"].number
    let steps = try node["expect"]["steps"].list
    let batches = try node["inputs"]["batches"].list
    let model = try GoldenModel(
      node, system: "hard_sharing", batch: batches[0], optimizer: OptimizerConfiguration(.sgd),
      balancer: BalancerChoice(balance), threads: threads)
    for (expected, inputs) in zip(steps, batches) {
      let batch = try GoldenBatch(inputs, model.input)
      #expect(model.trainer.step(batch.batch, rate: try config["rate"].number))
      expectClose(
        model.tasks.indices.map { Float(model.trainer.loss(of: $0)) },
        try expected["losses"].tensor, "losses")
      for (name, tensor) in try expected["parameters_after"].tensors {
        let entry = try #require(
          model.trainer.store.entries.first { $0.piece.path == name })
        expectClose(model.trainer.store.numbers(of: entry), tensor, name)
      }
    }
  }
}
