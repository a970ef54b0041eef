import Foundation
import Tensors
import Testing

@testable import Objectives

/// What the papers promise of balancers that see the Gram matrix, on drawn problems.
@Suite struct GramBalancerTests {
  /// Those whose weights are a function of the Gram matrix alone, without draws and memory.
  static let pure = [
    "cagrad", "mgda", "imtl-g", "nash", "fairgrad", "aligned", "config", "upgrad", "dualproj",
  ]

  @Test(arguments: pure) func permutedTasksHavePermutedWeights(_ name: String) throws {
    for problem in BalancerProblem.all(tasks: 2...5, ratio: 0.5) {
      var turned = problem
      turned.gradients = problem.gradients.reversed()
      turned.losses = problem.losses.reversed()
      let (weights, others) = (try problem.weights(name), try turned.weights(name))
      #expect(
        agree(weights.shared, others.shared.reversed(), within: 1e-6), "\(problem)")
    }
  }

  @Test(arguments: [
    ("cagrad", 0), ("mgda", 0), ("imtl-g", 0), ("aligned", 0), ("config", 0), ("upgrad", 0),
    ("dualproj", 0), ("pcgrad", 0), ("gradvac", 0), ("gradcraft", 0), ("nash", -1),
    ("fairgrad", -4.0 / 3),
  ]) func longerGradientsScaleTheWeights(_ name: String, _ power: Double) throws {
    let options = name == "nash" ? ["longest": "0"] : [:]
    for problem in BalancerProblem.all(tasks: 1...4, ratio: 0.3) {
      var longer = problem
      longer.gradients = problem.gradients.map { $0.map { 8 * $0 } }
      let weights = try problem.weights(name, options).shared
      let scaled = weights.map { $0 * pow(8, power) }
      #expect(try agree(longer.weights(name, options).shared, scaled, within: 1e-6), "\(problem)")
    }
  }

  @Test func nashDoesNotKnowTheLossesScales() throws {
    for problem in BalancerProblem.all(tasks: 2...5) {
      var scaled = problem
      scaled.gradients[0] = problem.gradients[0].map { 20 * $0 }
      var weights = try problem.weights("nash", ["longest": "0"]).shared
      weights[0] /= 20
      #expect(try agree(scaled.weights("nash", ["longest": "0"]).shared, weights, within: 1e-6))
      let length = length(problem.direction(try problem.weights("nash").shared))
      #expect(abs(length - 1) < 1e-8, "\(problem): \(length)")
    }
  }

  @Test(arguments: [0.5, 1, 2, 5]) func fairGainsSolveTheirEquation(_ alpha: Double) throws {
    for problem in BalancerProblem.all(tasks: 1...6, ratio: 0.4) {
      let weights = try problem.weights("fairgrad", ["alpha": "\(alpha)"]).shared
      #expect(weights.allSatisfy { $0 > 0 }, "\(problem)")
      for (gain, weight) in zip(problem.gains(weights), weights) {
        let expected = pow(weight, -1 / alpha)
        #expect(abs(gain - expected) < 1e-7 * expected, "\(problem)")
      }
      guard alpha == 1 else { continue }
      #expect(try agree(weights, problem.weights("nash", ["longest": "0"]).shared))
    }
  }

  @Test func withoutConflictPCGradIsTheSum() throws {
    for var problem in BalancerProblem.all(tasks: 1...5) {
      problem.gradients = problem.gradients.map { $0.map(abs) }
      #expect(try problem.weights("pcgrad").shared == problem.losses.map { _ in 1 })
      // So is GradVac before it has seen anything.
      #expect(try problem.weights("gradvac").shared == problem.losses.map { _ in 1 })
      #expect(
        agree(
          try problem.weights("upgrad").shared,
          problem.losses.map { _ in 1 / Double(problem.count) }))
    }
  }

  @Test func twoProjectedGradientsConflictWithNeither() throws {
    for problem in BalancerProblem.all(tasks: 2...2, each: 30) {
      let gains = problem.gains(try problem.weights("pcgrad").shared)
      #expect(gains.allSatisfy { $0 > -1e-12 }, "\(problem): \(gains)")
      let half = try problem.weights("gradcraft", ["relax": "0", "excess": "0"]).shared
      #expect(agree(half.map { 2 * $0 }, try problem.weights("pcgrad").shared), "\(problem)")
    }
  }

  @Test(arguments: ["upgrad", "dualproj"]) func exactProjectionsConflictWithNoTask(
    _ name: String
  ) throws {
    for problem in BalancerProblem.all(tasks: 2...6, ratio: 0.1, each: 20) {
      let weights = try problem.weights(name, ["epsilon": "0"]).shared
      for (gain, gradient) in zip(problem.gains(weights), problem.gradients) {
        let scale = length(gradient) * length(problem.direction(weights))
        #expect(gain > -1e-6 * scale, "\(problem): cosine \(gain / scale)")
      }
      #expect(weights.allSatisfy { $0 > 1 / Double(problem.count) - 1e-12 })
    }
  }

  /// ε counts beside the longest gradient.
  @Test(arguments: ["upgrad", "dualproj"]) func theUsualEpsilonLeavesShortGradientsAlone(
    _ name: String
  ) throws {
    var problem = BalancerProblem(seed: 1, tasks: 2)
    problem.gradients = [[1, 0, 0], [-0.009, 0.001, 0]]
    let usual = problem.gains(try problem.weights(name).shared)
    let exact = problem.gains(try problem.weights(name, ["epsilon": "0"]).shared)
    #expect(usual[1] < -1e-4)
    #expect(exact[1] > -1e-12)
  }

  @Test func configIsParallelToIMTLG() throws {
    for problem in BalancerProblem.all(tasks: 1...5, ratio: 0.5) {
      let config = problem.direction(try problem.weights("config").shared)
      let impartial = problem.direction(try problem.weights("imtl-g").shared)
      let cosine = dot(config, impartial) / (length(config) * length(impartial))
      #expect(abs(abs(cosine) - 1) < 1e-9, "\(problem): \(cosine)")
      let cosines = problem.gradients.map { dot(config, $0) / length($0) }
      #expect(agree(cosines, cosines.map { _ in cosines[0] }), "\(problem)")
      #expect(cosines[0] > 0)
    }
  }

  @Test func mgdaDescendsForAll() throws {
    for problem in BalancerProblem.all(tasks: 1...6, ratio: 0.4, each: 20) {
      let weights = try problem.weights("mgda").shared
      let direction = problem.direction(weights)
      let square = dot(direction, direction)
      #expect(weights.allSatisfy { $0 >= 0 } && abs(weights.reduce(0, +) - 1) < 1e-12)
      #expect(problem.gains(weights).allSatisfy { $0 > square * (1 - 1e-9) }, "\(problem)")
    }
    var opposite = BalancerProblem(seed: 1, tasks: 2)
    opposite.gradients = [[1, 2], [-1, -2]]
    #expect(length(opposite.direction(try opposite.weights("mgda").shared)) < 1e-12)
  }

  @Test func caGradStaysNearTheMeanAndHelpsTheWorst() throws {
    for problem in BalancerProblem.all(tasks: 2...5, ratio: 0.6) {
      let even = problem.losses.map { _ in 1 / Double(problem.count) }
      #expect(try agree(problem.weights("cagrad", ["c": "0"]).shared, even), "\(problem)")
      let weights = try problem.weights("cagrad", ["c": "0.4", "rescale": "0"]).shared
      let (mean, direction) = (problem.direction(even), problem.direction(weights))
      let distance = length(zip(direction, mean).map { $0 - $1 })
      #expect(abs(distance / length(mean) - 0.4) < 1e-9, "\(problem)")
      let worst = problem.gains(weights).min() ?? .nan
      #expect(worst >= (problem.gains(even).min() ?? .nan) - 1e-12, "\(problem)")
      // No step within the ball does better for the worst task.
      let source = RandomSource(seed: problem.seed, stream: 3)
      for trial in 0..<200 {
        let away = mean.indices.map { source.normal(UInt64(trial), UInt64($0)) }
        let other = zip(mean, away).map { $0 + 0.4 * length(mean) / length(away) * $1 }
        let reached = problem.gradients.map { dot(other, $0) }.min() ?? .nan
        #expect(reached <= worst + 1e-9, "\(problem)")
      }
    }
  }

  @Test(arguments: ["min", "median", "rmse"]) func alignedGradientsAreOrthogonal(
    _ scale: String
  ) throws {
    var problem = BalancerProblem(seed: 1, tasks: 3)
    problem.gradients = [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]]
    #expect(try agree(problem.weights("aligned", ["scale": scale]).shared, [1, 1, 1]))
    // Of unequal lengths the shortest sets the length: 2, 1, ½ in squares 4, 1, ¼.
    problem.gradients = [[2, 0, 0], [0, 1, 0], [0, 0, 0.5]]
    let square = ["min": 0.25, "median": 1, "rmse": 1.75][scale] ?? .nan
    let expected = [0.5, 1, 2].map { $0 * square.squareRoot() }
    #expect(try agree(problem.weights("aligned", ["scale": scale]).shared, expected))
  }

  /// g'_i·g̃_j = ε‖g̃_i‖‖g̃_j‖ for all that conflict, by hand for one task against two.
  @Test func craftedGradientsReachTheirCosines() throws {
    var problem = BalancerProblem(seed: 1, tasks: 3)
    problem.gradients = [[-1, -1, 1], [1, 0, 0], [0, 1, 0]]
    let weights = try problem.weights("gradcraft", ["relax": "0", "excess": "0"]).shared
    // g'_0 = (0, 0, 1); g'_1 = g_1 + ⅓g_0 and g'_2 = g_2 + ⅓g_0.
    #expect(agree(weights, [(1 + 2.0 / 3) / 3, 2.0 / 3, 2.0 / 3]))
  }

  @Test func duplicatesAndSilenceStayFinite() throws {
    for name in BalancerRegistry.entries.map(\.about.name) {
      for problem in BalancerProblem.all(tasks: 2...4, each: 3) {
        var twice = problem
        twice.gradients[1] = problem.gradients[0]
        var silent = problem
        silent.gradients[0] = silent.gradients[0].map { _ in 0 }
        var dead = problem
        dead.gradients = problem.gradients.map { $0.map { _ in 0 } }
        for odd in [twice, silent, dead] {
          #expect(try isFinite(name, odd), "\(name) \(odd)")
        }
      }
    }
  }

  /// Whether three steps of everything that a balancer is asked for leave only finite numbers.
  private func isFinite(_ name: String, _ problem: BalancerProblem) throws -> Bool {
    var balancer = try BalancerRegistry.make(name, for: problem.tasks)
    var (scratch, weights) = (
      BalancerScratch(tasks: problem.count), BalancerWeights(tasks: problem.count)
    )
    let size = problem.gradients[0].count
    let rows = problem.gradients.map { Storage($0.map(Float.init)) }
    let bases = Storage(count: rows.count, filling: UnsafePointer(rows[0].base))
    for (index, row) in rows.enumerated() { bases.base[index] = UnsafePointer(row.base) }
    let memory = Storage<Float>(count: size * problem.count, filling: 0)
    let result = Storage<Float>(count: size, filling: .nan)
    var isFinite = true
    for number in 0..<3 {
      var step = problem.step
      (step.number, step.epoch, step.age) = (number, number, number)
      let entries = GradientEntries(
        count: size, first: 0, gradients: UnsafePointer(bases.base), memory: memory.base,
        memoryDistance: size)
      balancer.survey(entries, step, sums: &step.sums)
      balancer.weigh(step, scratch: &scratch, weights: &weights)
      balancer.combine(entries, step, weights: weights, into: result.base)
      isFinite = isFinite && (weights.shared + weights.own).allSatisfy(\.isFinite)
      isFinite = isFinite && result.array.allSatisfy(\.isFinite)
      balancer.weigh(array: 0, problem.gradients.map(length), step, weights: &weights)
      isFinite = isFinite && weights.shared.allSatisfy(\.isFinite)
      balancer.learn(step, scratch: &scratch)
      balancer.lookAgain(problem.losses, step, scratch: &scratch)
    }
    return isFinite
  }
}
