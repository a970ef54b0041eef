import TestSupport
import Testing

@testable import Objectives

/// The balancers that remember, fed one step after another.
@Suite struct GoldenBalancerSequences {
  /// Balancers of the registry whose weights are compared, by the case's name for them.
  static let known:
    [String: @Sendable (GoldenNode) throws -> (name: String, options: [String: String])] = [
      "uncertainty_regression": {
        ("uncertainty", ["form": "regression", "rate": try text($0, "learned_rate")])
      },
      "uncertainty_classification": {
        ("uncertainty", ["form": "classification", "rate": try text($0, "learned_rate")])
      },
      "imtl_l": { ("imtl-l", ["rate": try text($0, "learned_rate")]) },
      "gradnorm": {
        (
          "gradnorm",
          ["alpha": try text($0, "gradnorm_alpha"), "rate": try text($0, "gradnorm_rate")]
        )
      },
      "famo": {
        ("famo", ["rate": try text($0, "famo_rate"), "decay": try text($0, "famo_decay")])
      },
      "crmogm_upgrad_first": {
        ("cr-mogm", ["inner": "upgrad", "keep": try text($0, "crmogm_keep")])
      },
      "crmogm_upgrad_uniform": {
        (
          "cr-mogm",
          ["inner": "upgrad", "keep": try text($0, "crmogm_keep"), "start": "uniform"]
        )
      },
      "crmogm_config_first": {
        ("cr-mogm", ["inner": "config", "keep": try text($0, "crmogm_keep")])
      },
    ]

  private static func text(_ config: GoldenNode, _ name: String) throws -> String {
    "\(try config[name].number)"
  }

  /// `gradcraft_r0.1_e1e-10_quiet` names its choices.
  static func choices(
    _ name: String, _ config: GoldenNode
  ) throws -> (name: String, options: [String: String])? {
    guard name.hasPrefix("gradcraft_r") else { return try known[name]?(config) }
    let parts = name.split(separator: "_")
    return (
      "gradcraft",
      [
        "relax": "\(parts[1].dropFirst())", "excess": "\(parts[2].dropFirst())",
        "decay": try text(config, "gradcraft_beta"),
      ]
    )
  }

  @Test(arguments: try GoldenCase.of("balancers_sequence")) func weights(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let inputs = try node["inputs"]["steps"].list
    var compared = 0
    for name in try node["expect"].names {
      guard let choice = try Self.choices(name, node["config"]) else { continue }
      compared += 1
      let tasks = try BalancerCase(inputs[0]).tasks
      var balancer = try BalancerRegistry.make(choice.name, setting: choice.options, for: tasks)
      for (number, expected) in try node["expect"][name].list.enumerated() {
        let input = inputs[number]
        var problem = try BalancerCase(
          input, present: name.hasSuffix("quiet") ? input["present"].numbers : nil)
        problem.step.number = number
        let weights = problem.weights(&balancer)
        expectExact(weights.shared, try expected["weights"], "\(name) \(number)")
        balancer.learn(problem.step, scratch: &problem.scratch)
        guard balancer.sees.contains(.lossesAgain) else { continue }
        balancer.lookAgain(
          try input["losses_after"].numbers, problem.step, scratch: &problem.scratch)
      }
    }
    #expect(compared == 14)
  }

  @Test(arguments: try GoldenCase.of("balancers_sequence")) func cosinesOnAverage(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    var rule = GradVac()
    rule.beta = try node["config"]["gradvac_beta"].number
    var averages = SquareMatrix(try node["config"]["tasks"].integer)
    for (input, expected) in zip(
      try node["inputs"]["steps"].list, try node["expect"]["gradvac"].list)
    {
      let problem = try BalancerCase(input)
      var coefficients = SquareMatrix(problem.step.count)
      rule.pull(
        problem.step, try visitOrders(input["orders"]), averages: &averages, into: &coefficients)
      var weights = problem.losses
      coefficients.addColumns(into: &weights)
      try problem.expect(weights, expected, "gradvac")
      expectExact(entries(averages), try expected["rho_after"], "rho")
    }
  }

  @Test(arguments: try GoldenCase.of("balancers_sequence")) func epochs(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let config = try node["config"]
    let tasks = try BalancerCase(node["inputs"]["steps"].list[0]).tasks
    var average = try BalancerRegistry.make(
      "dwa", setting: ["temperature": try Self.text(config, "dwa_temperature")], for: tasks)
    var smooth = try BalancerRegistry.make(
      "stch",
      setting: [
        "mu": try Self.text(config, "stch_mu"),
        "warmup": "\(try config["stch_warmup"].integer)",
      ], for: tasks)
    var step = BalancingStep(tasks: tasks.count, seed: 1)
    var (scratch, weights) = (
      BalancerScratch(tasks: tasks.count), BalancerWeights(tasks: tasks.count)
    )
    for (epoch, losses) in try node["inputs"]["epochs"].list.enumerated() {
      step.epoch = epoch
      let batches = try losses.tensor.shape[0]
      for batch in 0..<batches {
        let numbers = try losses.numbers
        step.losses = Array(numbers[(batch * tasks.count)..<((batch + 1) * tasks.count)])
        average.weigh(step, scratch: &scratch, weights: &weights)
        expectExact(weights.own, try node["expect"]["dwa"].list[epoch], "dwa \(epoch)")
        average.learn(step, scratch: &scratch)
        smooth.weigh(step, scratch: &scratch, weights: &weights)
        let expected = try node["expect"]["stch"]["weights"].list[epoch].numbers
        let row = Array(expected[(batch * tasks.count)..<((batch + 1) * tasks.count)])
        for (found, weight) in zip(weights.own, row) {
          #expect(abs(found - weight) <= 1e-6 * weight, "stch \(epoch) \(batch)")
        }
        smooth.learn(step, scratch: &scratch)
      }
    }
  }
}
