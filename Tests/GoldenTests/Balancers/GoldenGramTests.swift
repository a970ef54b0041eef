import Objectives
import Runs
import TestSupport
import Testing

/// The balancers that see the Gram matrix alone, also where it is singular or a task is quiet.
@Suite struct GoldenGramBalancers {
  /// By the case's name: the balancer's and its choices.
  static let known: [String: (name: String, options: [String: String])] = [
    "fairgrad_alpha0.5": ("fairgrad", ["alpha": "0.5"]),
    "fairgrad_alpha1.0": ("fairgrad", ["alpha": "1"]),
    "fairgrad_alpha2.0": ("fairgrad", ["alpha": "2"]),
    "upgrad": ("upgrad", [:]), "upgrad_exact": ("upgrad", ["epsilon": "0"]),
    "dualproj": ("dualproj", [:]), "dualproj_exact": ("dualproj", ["epsilon": "0"]),
    "config": ("config", [:]), "imtl_g": ("imtl-g", [:]), "aligned_min": ("aligned", [:]),
    "aligned_median": ("aligned", ["scale": "median"]),
    "aligned_rmse": ("aligned", ["scale": "rmse"]),
  ]

  @Test(arguments: try GoldenCase.of("balancers_gram")) func weights(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    var problem = try BalancerCase(node["inputs"])
    for name in try node["expect"].names {
      let expected = try node["expect"][name]
      if let known = Self.known[name] {
        let weights = try problem.weights(known.name, known.options)
        try problem.expect(weights.shared, expected, name)
      } else if name.hasPrefix("gradcraft_r") {
        try craft(&problem, node, expected, name)
      } else if name == "affinity" {
        let affinities = problem.gram.affinities(
          losses: problem.losses, rate: try node["config"]["affinity_rate"].number)
        expectExact(affinities, expected, name)
      } else if name == "gram" {
        expectExact(entries(problem.step.gram), expected, name)
      } else {
        Issue.record("\(name): nothing is compared with it")
      }
    }
  }

  /// `gradcraft_r0.5_e0.1`.
  private func craft(
    _ problem: inout BalancerCase, _ node: GoldenNode, _ expected: GoldenNode, _ name: String
  ) throws {
    let parts = name.split(separator: "_")
    let weights = try problem.weights(
      "gradcraft",
      [
        "relax": "\(parts[1].dropFirst())", "excess": "\(parts[2].dropFirst())",
        "decay": "\(try node["config"]["gradcraft_beta"].number)",
      ])
    try problem.expect(weights.shared, expected, name)
  }

  /// What a step for one task does for another's loss, against the losses of a model after it.
  @Test(arguments: try GoldenCase.of("balancers_affinity")) func affinityOfModels(
    _ golden: GoldenCase
  ) throws {
    let expect = try golden.load()["expect"]
    let losses = try expect["losses"].numbers
    let gram = GramMatrix(try expect["gram"].numbers, count: losses.count)
    let rates = try golden.load()["config"]["rates"]
    for name in try rates.names {
      expectExact(
        gram.affinities(losses: losses, rate: try rates[name].number),
        try expect[name]["first_order"], name)
    }
  }
}
