import Tensors

@testable import Objectives

/// Drawn gradients and losses of some tasks, seen as a balancer sees them.
struct BalancerProblem: CustomStringConvertible {
  let seed: UInt64
  var gradients: [[Double]]
  var losses: [Double]

  var description: String { "seed \(seed), \(gradients.count) tasks" }
  var count: Int { gradients.count }
  var tasks: BalancedTasks { BalancedTasks((0..<count).map { "t\($0)" }, arrays: 1) }

  /// Gradients of 9 entries, each task's about `ratio` times as long as the one before.
  init(seed: UInt64, tasks count: Int, ratio: Double = 1) {
    let source = RandomSource(seed: seed, .test)
    self.seed = seed
    var length = 1.0
    gradients = []
    for task in 0..<count {
      gradients.append((0..<9).map { length * source.normal(UInt64(task), UInt64($0)) })
      length *= ratio
    }
    losses = (0..<count).map { 0.2 + source.uniform(100, UInt64($0)) }
  }

  /// Problems of some tasks with printed seeds.
  static func all(tasks: ClosedRange<Int>, ratio: Double = 1, each: Int = 6) -> [Self] {
    tasks.flatMap { count in
      (0..<each).map { Self(seed: UInt64(1000 * count + $0), tasks: count, ratio: ratio) }
    }
  }

  /// The step, shown to a balancer.
  var step: BalancingStep {
    var step = BalancingStep(tasks: count, seed: 7)
    step.losses = losses
    for i in 0..<count { for j in 0..<count { step.gram[i, j] = dot(gradients[i], gradients[j]) } }
    return step
  }

  /// What a balancer of the registry gives before its first step.
  func weights(_ name: String, _ options: [String: String] = [:]) throws -> BalancerWeights {
    var balancer = try BalancerRegistry.make(name, setting: options, for: tasks)
    var (scratch, weights) = (BalancerScratch(tasks: count), BalancerWeights(tasks: count))
    balancer.weigh(step, scratch: &scratch, weights: &weights)
    return weights
  }

  /// Σ_k w_k·g_k.
  func direction(_ weights: [Double]) -> [Double] {
    gradients[0].indices.map { entry in
      gradients.indices.reduce(0) { $0 + weights[$1] * gradients[$1][entry] }
    }
  }

  /// d·g_k by task.
  func gains(_ weights: [Double]) -> [Double] {
    let direction = direction(weights)
    return gradients.map { dot(direction, $0) }
  }
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

func length(_ a: [Double]) -> Double { dot(a, a).squareRoot() }

/// Whether two lists of numbers agree to a share of the largest.
func agree(_ a: [Double], _ b: [Double], within share: Double = 1e-8) -> Bool {
  let size = max(1e-300, b.map(abs).max() ?? 0)
  return a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= share * size }
}
