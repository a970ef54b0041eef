import Runs
import TestSupport
import Testing
import Training

@testable import Objectives

/// Balancers through the trainer: one step's joined gradients, and the parameters after several steps.
@Suite struct GoldenBalancerModels {
  /// PCGrad in given orders.
  private struct OrderedPCGrad: Balancer {
    static let about = BalancerDescription(
      name: "ordered", title: "PCGrad", paper: "", summary: "PCGrad in given orders")
    static let options: [BalancerOption<Self>] = []
    var orders = VisitOrders(tasks: 0)
    var sees: BalancerSight { .gram }
    func weigh(
      _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
      weights: inout BalancerWeights
    ) {
      PCGrad.project(step.gram, orders, into: &scratch.matrix)
      scratch.matrix.addColumns(into: &weights.shared)
    }
  }

  private func choice(
    _ name: String, _ node: GoldenNode
  ) throws -> BalancerChoice {
    let tasks = BalancedTasks(try node["schema"]["tasks"].list.map { try $0["name"].text })
    let config = try node["config"]
    func text(_ name: String) throws -> String { "\(try config[name].number)" }
    switch name {
    case "pcgrad":
      var rule = OrderedPCGrad()
      rule.orders = try visitOrders(node["inputs"]["orders"])
      return BalancerChoice(rule)
    case "imtl_g": return try BalancerChoice(named: "imtl-g", for: tasks)
    case "nash": return try BalancerChoice(named: "nash", setting: ["longest": "0"], for: tasks)
    case "gradcraft":
      return try BalancerChoice(
        named: "gradcraft",
        setting: [
          "relax": text("gradcraft_relax"), "excess": text("gradcraft_excess"),
          "decay": text("gradcraft_beta"),
        ], for: tasks)
    case "db_mtl": return try BalancerChoice(named: "db-mtl", for: tasks)
    case "excess":
      return try BalancerChoice(
        named: "excess", setting: ["rate": text("excess_rate")], for: tasks)
    case "famo": return try BalancerChoice(named: "famo", for: tasks)
    case "crmogm_upgrad":
      return try BalancerChoice(
        named: "cr-mogm", setting: ["inner": "upgrad", "keep": text("crmogm_keep")], for: tasks)
    case "fairgrad":
      return try BalancerChoice(
        named: "fairgrad", setting: ["alpha": text("fairgrad_alpha")], for: tasks)
    default: return try BalancerChoice(named: name, for: tasks)
    }
  }

  @Test(arguments: try GoldenCase.of("balancers_model"), [1, 2]) func joinedGradients(
    _ golden: GoldenCase, threads: Int
  ) throws {
    let node = try golden.load()
    for name in try node["expect"]["methods"].names {
      let model = try GoldenModel(
        node, system: "hard_sharing", batch: node["inputs"]["batch"],
        optimizer: OptimizerConfiguration(.sgd, tables: .dense), balancer: choice(name, node),
        threads: threads)
      let store = model.trainer.store
      let before = store.entries.map { store.numbers(of: $0) }
      #expect(model.trainer.step(model.batch, rate: 1))
      let expect = try node["expect"]
      let combined = try expect["methods"][name]["combined"]
      for (entry, before) in zip(store.entries, before) {
        let path = entry.piece.path
        let tensor = try (combined.has(path) ? combined : expect["tower_gradients"])[path].tensor
        let moved = zip(before, store.numbers(of: entry)).map { Double($0) - Double($1) }
        // A difference of numbers of about 1 in single precision.
        let deviation = GoldenDeviation(
          of: moved, from: tensor.values,
          within: GoldenDeviation.Tolerance(relative: 1e-4, scaled: 1e-5, absolute: 3e-7))
        #expect(deviation.isWithinTolerance, "\(name) \(path): \(deviation)")
      }
    }
  }

  @Test(arguments: try GoldenCase.of("balancers_model_sequence"), [1, 2]) func steps(
    _ golden: GoldenCase, threads: Int
  ) throws {
    let node = try golden.load()
    let batches = try node["inputs"]["batches"].list
    for name in try node["expect"].names {
      let model = try GoldenModel(
        node, system: "hard_sharing", batch: batches[0],
        optimizer: OptimizerConfiguration(.sgd, tables: .dense), balancer: choice(name, node),
        threads: threads)
      for (inputs, expected) in zip(batches, try node["expect"][name]["steps"].list) {
        let batch = try GoldenBatch(inputs, model.input)
        #expect(
          model.trainer.step(batch.batch, rate: try node["config"]["rate"].number), "\(name)")
        expectClose(
          model.tasks.indices.map { Float(model.trainer.loss(of: $0)) },
          try expected["losses"].tensor, "\(name) losses")
        let weights = try expected[expected.has("scale") ? "scale" : "weights"].tensor
        let found = try #require(model.trainer.balancing)
        expectClose(found.weights.shared.map(Float.init), weights, "\(name) weights")
      }
      let store = model.trainer.store
      for entry in store.entries {
        let tensor = try node["expect"][name]["parameters_after"][entry.piece.path].tensor
        expectClose(store.numbers(of: entry), tensor, "\(name) \(entry.piece.path)")
      }
    }
  }
}
