import Runs
import TestSupport
import Testing

@testable import Objectives

/// Every balancer on one problem: the weights it gives and the gradient that follows.
@Suite struct GoldenBalancers {
  /// What each name of a case is compared with.
  typealias Compare = @Sendable (inout BalancerCase, GoldenNode, GoldenNode, String) throws -> Void

  /// Balancers whose weights follow from losses and gradients alone, by the case's name for them.
  static let plain: [String: (name: String, options: [String: String])] = [
    "equal": ("equal", [:]), "imtl_g": ("imtl-g", [:]), "geometric": ("geometric", [:]),
    "nash": ("nash", ["longest": "0"]), "aligned": ("aligned", [:]),
    "mgda_none": ("mgda", [:]), "mgda_l2": ("mgda", ["normalise": "l2"]),
    "mgda_loss": ("mgda", ["normalise": "loss"]), "mgda_loss+": ("mgda", ["normalise": "loss+"]),
    "stch_warmup": ("stch", [:]),
  ]

  /// Those that are given a memory, draws or numbers of the case.
  static let others: [String: Compare] = [
    "random": random, "uncertainty_regression": uncertainty,
    "uncertainty_classification": uncertainty, "imtl_l": impartialLoss, "dwa": averages,
    "gradnorm": gradNorm, "gradnorm_softmax": gradNorm, "pcgrad": projections,
    "gradvac": vaccine, "cagrad_rescale0": averse, "cagrad_rescale1": averse,
    "cagrad_rescale2": averse, "famo": fast, "stch_mu1.0": smooth, "stch_mu0.1": smooth,
    "conflict": conflict,
  ]

  @Test(arguments: try GoldenCase.of("balancers")) func oneStep(_ golden: GoldenCase) throws {
    let node = try golden.load()
    var problem = try BalancerCase(node["inputs"])
    for name in try node["expect"].names {
      let expected = try node["expect"][name]
      if let known = Self.plain[name] {
        let weights = try problem.weights(known.name, known.options)
        try problem.expect(weights.shared, expected, name)
      } else if let compare = Self.others[name] {
        try compare(&problem, node, expected, name)
      } else {
        Issue.record("\(name): nothing is compared with it")
      }
    }
    let clipped = try problem.weights("nash")
    expectExact(
      problem.combined(clipped.shared), try node["expect"]["nash"]["clipped"], "clipped")
  }

  // MARK: - By losses

  private static func random(
    _ problem: inout BalancerCase, _ node: GoldenNode, _ expected: GoldenNode, _ name: String
  ) throws {
    var weights = BalancerWeights(tasks: problem.step.count)
    RandomWeights.weights(
      of: try node["inputs"]["random_noise"].numbers, count: problem.step.count, into: &weights)
    try problem.expect(weights.shared, expected, name)
    #expect(weights.own == weights.shared)
  }

  /// What a rule gives from a memory.
  private static func weights<Rule: Balancer>(
    _ rule: Rule, _ problem: inout BalancerCase, _ memory: inout Rule.Memory
  ) -> BalancerWeights {
    var weights = BalancerWeights(tasks: problem.step.count)
    rule.weigh(problem.step, memory: &memory, scratch: &problem.scratch, weights: &weights)
    return weights
  }

  private static func uncertainty(
    _ problem: inout BalancerCase, _ node: GoldenNode, _ expected: GoldenNode, _ name: String
  ) throws {
    let isRegression = name.hasSuffix("regression")
    var memory = UncertaintyWeights.Memory(
      scale: LearnedScale(try node["inputs"]["log_variance"].numbers),
      isRegression: problem.losses.map { _ in isRegression })
    let weights = weights(UncertaintyWeights(), &problem, &memory)
    try problem.expect(weights.own, expected, name)
    // The first step of Adam goes by the sign of the gradient alone.
    let before = memory.scale.values
    UncertaintyWeights().learn(problem.step, memory: &memory, scratch: &problem.scratch)
    for (task, gradient) in try expected["gradient"].numbers.enumerated() {
      #expect((memory.scale.values[task] < before[task]) == (gradient > 0))
    }
  }

  private static func impartialLoss(
    _ problem: inout BalancerCase, _ node: GoldenNode, _ expected: GoldenNode, _ name: String
  ) throws {
    var memory = LearnedScale(try node["inputs"]["log_scale"].numbers)
    try problem.expect(weights(ImpartialLoss(), &problem, &memory).own, expected, name)
  }

  private static func averages(
    _ problem: inout BalancerCase, _ node: GoldenNode, _ expected: GoldenNode, _ name: String
  ) throws {
    var rule = DynamicWeightAverage()
    rule.temperature = try node["config"]["dwa_temperature"].number
    let means = try node["inputs"]["epoch_losses"].numbers
    var memory = rule.memory(of: problem.tasks)
    let count = problem.step.count
    var found: BalancerWeights?
    for epoch in 0...2 {
      problem.step.epoch = epoch
      found = weights(rule, &problem, &memory)
      guard epoch < 2 else { continue }
      problem.step.losses = Array(means[(epoch * count)..<((epoch + 1) * count)])
      rule.learn(problem.step, memory: &memory, scratch: &problem.scratch)
    }
    (problem.step.epoch, problem.step.losses) = (0, problem.losses)
    try problem.expect(try #require(found).own, expected, name)
  }

  private static func fast(
    _ problem: inout BalancerCase, _ node: GoldenNode, _ expected: GoldenNode, _ name: String
  ) throws {
    var rule = FAMO()
    rule.rate = try node["config"]["famo_rate"].number
    rule.decay = try node["config"]["famo_decay"].number
    rule.floor = try node["config"]["famo_floor"].number
    var memory = LearnedScale(try node["inputs"]["famo_w"].numbers)
    try problem.expect(weights(rule, &problem, &memory).own, expected, name)
    rule.lookAgain(
      try node["inputs"]["losses_after"].numbers, problem.step, memory: &memory,
      scratch: &problem.scratch)
    expectExact(memory.values, try expected["w_after"], name)
  }

  private static func smooth(
    _ problem: inout BalancerCase, _ node: GoldenNode, _ expected: GoldenNode, _ name: String
  ) throws {
    var rule = SmoothTchebycheff()
    rule.smoothness = try #require(Double(name.dropFirst("stch_mu".count)))
    var memory = rule.memory(of: problem.tasks)
    memory.nadir = try node["inputs"]["nadir"].numbers
    try problem.expect(weights(rule, &problem, &memory).own, expected, name)
  }

  // MARK: - By gradients

  private static func gradNorm(
    _ problem: inout BalancerCase, _ node: GoldenNode, _ expected: GoldenNode, _ name: String
  ) throws {
    let (config, inputs) = (try node["config"], try node["inputs"])
    let isSoftmax = name.hasSuffix("softmax")
    var rule = GradNorm()
    rule.form = isSoftmax ? "softmax" : "direct"
    rule.strength = try config["gradnorm_alpha"].number
    rule.rate = try config["gradnorm_rate"].number
    let values = try inputs[isSoftmax ? "gradnorm_logits" : "loss_weights"].numbers
    var memory = GradNorm.Memory(values: values, first: try inputs["initial_losses"].numbers)
    try problem.expect(weights(rule, &problem, &memory).own, expected, name)
    rule.fill(problem.step, memory, &problem.scratch)
    rule.slope(problem.step, memory, &problem.scratch)
    expectExact(
      Array(problem.scratch.others.prefix(problem.step.count)), try expected["gradient"], name)
    guard !isSoftmax else { return }
    rule.learn(problem.step, memory: &memory, scratch: &problem.scratch)
    expectExact(memory.values, try expected["w_after"], name)
  }

  private static func projections(
    _ problem: inout BalancerCase, _ node: GoldenNode, _ expected: GoldenNode, _ name: String
  ) throws {
    var coefficients = SquareMatrix(problem.step.count)
    PCGrad.project(
      problem.step.gram, try visitOrders(node["inputs"]["orders"]), into: &coefficients)
    expectExact(entries(coefficients), try expected["coefficients"], name)
    var weights = problem.losses
    coefficients.addColumns(into: &weights)
    try problem.expect(weights, expected, name)
  }

  private static func vaccine(
    _ problem: inout BalancerCase, _ node: GoldenNode, _ expected: GoldenNode, _ name: String
  ) throws {
    var rule = GradVac()
    rule.beta = try node["config"]["gradvac_beta"].number
    let count = problem.step.count
    var averages = SquareMatrix(count, try node["inputs"]["gradvac_rho"].numbers)
    var coefficients = SquareMatrix(count)
    rule.pull(
      problem.step, try visitOrders(node["inputs"]["orders"]), averages: &averages,
      into: &coefficients)
    var weights = problem.losses
    coefficients.addColumns(into: &weights)
    try problem.expect(weights, expected, name)
    expectExact(entries(averages), try expected["rho_after"], name)
  }

  private static func averse(
    _ problem: inout BalancerCase, _ node: GoldenNode, _ expected: GoldenNode, _ name: String
  ) throws {
    let weights = try problem.weights(
      "cagrad", ["c": "\(try node["config"]["cagrad_c"].number)", "rescale": "\(name.suffix(1))"])
    try problem.expect(weights.shared, expected, name)
    #expect(weights.own.allSatisfy { $0 == 1 })
  }

  private static func conflict(
    _ problem: inout BalancerCase, _ node: GoldenNode, _ expected: GoldenNode, _ name: String
  ) throws {
    let gram = problem.gram
    let cosines = (0..<gram.count).flatMap { i in (0..<gram.count).map { gram.cosine(i, $0) } }
    expectExact(cosines, try expected["cosines"], name)
    expectExact([gram.conflictRate], try expected["conflict_rate"], name)
    expectExact((0..<gram.count).map { gram.norm($0) }, try expected["norms"], name)
  }
}
