import Foundation
import Graph
import Layers
import Models
import Runs
import TestSupport
import Testing

@testable import Training

// The contrast of sub-networks and the rules for the weights that all tasks keep.
extension GoldenLottery {
  @Test(arguments: try GoldenCase.of("csrec_step"), ["sgd", "adam"]) func contrastStep(
    _ golden: GoldenCase, optimizer: String
  ) throws {
    let node = try golden.load()
    let rate = try node["config"]["optimisers"][optimizer]["rate"].number
    for threads in [1, 2] {
      try expectTurns(
        node, node["expect"][optimizer], variant: nil, negative: "complement",
        optimizer: optimizer, rate: rate, threads: threads)
    }
  }

  @Test(arguments: try GoldenCase.of("csrec_negatives")) func negatives(_ golden: GoldenCase) throws
  {
    let node = try golden.load()
    for kind in ["complement_keep", "own_minus_conflict", "random_own"] {
      let name = kind == "complement_keep" ? "complement" : kind.replacing("_", with: "-")
      try expectTurns(
        node, node["expect"][kind], variant: nil, negative: name, optimizer: "sgd",
        rate: node["config"]["rate"].number, negatives: node["expect"][kind]["negative_masks"])
    }
  }

  @Test(
    arguments: try GoldenCase.of("csrec_corners"),
    [
      "sparse_sharing", "capped", "adam_per_task", "identical_masks",
    ]) func corners(_ golden: GoldenCase, variant: String) throws
  {
    let node = try golden.load()
    let changes = try node["config"]["variants"][variant]
    let optimizer = changes.has("optimiser") ? try changes["optimiser"].text : "sgd"
    let rate = changes.has("rate") ? try changes["rate"] : try node["config"]["rate"]
    try expectTurns(
      node, node["expect"][variant], variant: changes, negative: "complement",
      optimizer: optimizer, rate: rate.number,
      masks: variant == "identical_masks" ? node["inputs"]["identical_masks"] : nil)
  }

  @Test(arguments: try GoldenCase.of("csrec_impact")) func conflicts(_ golden: GoldenCase) throws {
    let node = try golden.load()
    try expectTurns(
      node, node["expect"], variant: nil, negative: "complement", optimizer: "sgd",
      rate: node["config"]["rate"].number, batches: node["inputs"]["batches"].list)
  }

  @Test(
    arguments: try GoldenCase.of("csrec_rules"),
    [
      "implicit", "impact_param", "impact_param_gamma2", "impact_net",
    ]) func conflictRule(_ golden: GoldenCase, kind: String) throws
  {
    let node = try golden.load()
    let config = try node["config"]
    let tasks = try config["tasks"].integer
    var plan = Self.plan(.complement)
    let name = kind.replacing("_gamma2", with: "").replacing("_", with: "-")
    plan.rule = try #require(ContrastPlan.Rule(rawValue: name))
    plan.power = try config["gamma"].has(kind) ? config["gamma"][kind].number : 1
    plan.memory = try config["rho"].number
    plan.ruleTemperature = try config["tau"].number
    let shared = try Self.floats(node["inputs"]["shared"])
    let rule = ConflictRule(plan, tasks: tasks, shared: [shared])
    for (inputs, expect) in zip(
      try node["inputs"]["steps"].list, try node["expect"][kind].list)
    {
      let weights = try Self.floats(inputs["weights"])
      let losses = (try inputs["positive"].numbers, try inputs["negative"].numbers)
      for task in 0..<tasks {
        rule.note(task, positive: losses.0[task], negative: losses.1[task])
        let gradient = try Self.floats(inputs["gradients"].list[task])
        rule.note(task, layer: 0, weights: weights, gradient: gradient, scale: 1)
      }
      expectClose(rule.differences.map(Float.init), try expect["delta"].tensor, "delta")
      for task in 0..<tasks {
        let factors = shared.indices.map { rule.factor(of: task, layer: 0, at: $0) }
        expectClose(factors, try expect["multiplier"].list[task].tensor, "multiplier")
        var applied = shared.map { _ in Float(1) }
        rule.apply(task, layer: 0, to: &applied)
        #expect(plan.rule == .implicit || applied == factors)
        guard plan.rule == .impactParameter else { continue }
        expectClose(rule.impacts[task][0], try expect["impact"].list[task].tensor, "impact")
      }
    }
  }

  private func expectTurns(
    _ node: GoldenNode, _ expect: GoldenNode, variant: GoldenNode?, negative: String,
    optimizer: String, rate: Double, masks: GoldenNode? = nil, negatives: GoldenNode? = nil,
    batches: [GoldenNode]? = nil, threads: Int = 1
  ) throws {
    let configuration = try GoldenSystems.contrastive(
      node["config"], variant, negative: negative)
    let all = try batches ?? [node["inputs"]["batch"]]
    let model = try GoldenModel(
      node,
      build: { _, setting, builder in
        CSRec(configuration, input: setting.input, tasks: setting.tasks, builder: builder)
      }, batch: all[0], masks: masks ?? node["inputs"]["masks"], ignoresSpaces: true,
      optimizer: OptimizerConfiguration(optimizer == "adam" ? .adam() : .sgd, tables: .dense),
      threads: threads)
    let trainer = model.trainer
    let step = try #require(trainer.lottery)
    step.masksChanged(draw: 0)
    if let negatives { try Self.set(negatives, in: model) }
    let turns = try expect["turns"].list
    for (place, turn) in turns.enumerated() {
      let task = place % model.tasks.count
      let rows = try GoldenBatch(
        all[turn["batch"].integer], model.input, ignoresSpaces: true)
      trainer.restriction = task
      #expect(trainer.step(rows.batch, rate: rate))
      let losses = step.losses[task]
      #expect(abs(losses.positive - (try turn["positive_loss"].number)) < 1e-5)
      #expect(abs(losses.negative - (try turn["negative_loss"].number)) < 1e-5)
      let factors = step.factors[task]
      #expect(abs(factors.positive - (try turn["positive_weight"].number)) < 1e-5)
      #expect(abs(factors.negative - (try turn["negative_weight"].number)) < 1e-5)
      guard turn.has("parameters_after") else { continue }
      try expectParameters(turn["parameters_after"], trainer, "turn \(place)")
    }
    try expectParameters(expect["parameters"], trainer, "end")
  }

  private func expectParameters(
    _ expected: GoldenNode, _ trainer: Trainer, _ what: String
  ) throws {
    for (name, tensor) in try expected.tensors {
      let entry = try #require(trainer.store.entries.first { $0.piece.path == name })
      expectClose(trainer.store.numbers(of: entry), tensor, "\(what) \(name)")
    }
  }
}
