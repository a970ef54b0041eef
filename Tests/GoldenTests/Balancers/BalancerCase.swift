import Objectives
import Runs
import TestSupport
import Testing

/// One problem of a golden case: gradients [T, P] and losses, seen as a balancer sees them.
struct BalancerCase {
  let gradients: [[Double]]
  let losses: [Double]
  var step: BalancingStep
  var scratch: BalancerScratch

  init(_ node: GoldenNode, present: [Double]? = nil) throws {
    let tensor = try node["gradients"].tensor
    let (tasks, entries) = (tensor.shape[0], tensor.shape[1])
    gradients = (0..<tasks).map { task in
      tensor.values[(task * entries)..<((task + 1) * entries)].map { $0 * (present?[task] ?? 1) }
    }
    losses = node.has("losses") ? try node["losses"].numbers : gradients.map { _ in .nan }
    step = BalancingStep(tasks: tasks, seed: 1)
    scratch = BalancerScratch(tasks: tasks)
    step.losses = losses
    for i in 0..<tasks {
      for j in 0..<tasks {
        step.gram[i, j] = zip(gradients[i], gradients[j]).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
  }

  var tasks: BalancedTasks { BalancedTasks(gradients.indices.map { "t\($0)" }) }

  /// The products, as the screens have them.
  var gram: GramMatrix { GramMatrix(entries(step.gram), count: step.count) }

  /// Σ_k w_k·g_k.
  func combined(_ weights: [Double]) -> [Double] {
    gradients[0].indices.map { entry in
      gradients.indices.reduce(0) { $0 + weights[$1] * gradients[$1][entry] }
    }
  }

  /// What a balancer of the registry gives, before its first step.
  mutating func weights(
    _ name: String, _ options: [String: String] = [:]
  ) throws -> BalancerWeights {
    var balancer = try BalancerRegistry.make(name, setting: options, for: tasks)
    return weights(&balancer)
  }

  /// What a balancer gives that remembers.
  mutating func weights(_ balancer: inout any Balancing) -> BalancerWeights {
    var weights = BalancerWeights(tasks: step.count)
    balancer.weigh(step, scratch: &scratch, weights: &weights)
    return weights
  }

  /// Expects the weights and the gradient that follows from them.
  func expect(
    _ weights: [Double], _ expected: GoldenNode, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    if expected.has("weights") {
      expectExact(weights, try expected["weights"], name, sourceLocation: sourceLocation)
    }
    expectExact(
      combined(weights), try expected["combined"], name, sourceLocation: sourceLocation)
  }
}

/// Expects |a − b| ≤ 1e-6·|b| + 1e-7·max|b|, in double precision; where zero is expected, 1e-6.
func expectExact(
  _ found: [Double], _ expected: GoldenNode, _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let tensor: GoldenTensor
  do {
    tensor = try expected.tensor
  } catch {
    Issue.record("\(name): \(error)", sourceLocation: sourceLocation)
    return
  }
  let isZero = tensor.values.allSatisfy { abs($0) < 1e-12 }
  let deviation = GoldenDeviation(
    of: found, from: tensor.values,
    within: GoldenDeviation.Tolerance(
      relative: 1e-6, scaled: 1e-7, absolute: isZero ? 1e-6 : 0))
  #expect(
    deviation.isWithinTolerance, "\(name): \(deviation)", sourceLocation: sourceLocation)
}

/// A square matrix, row by row.
func entries(_ matrix: SquareMatrix) -> [Double] {
  (0..<matrix.count).flatMap { row in (0..<matrix.count).map { matrix[row, $0] } }
}

/// The orders of a case: [T, T − 1].
func visitOrders(_ node: GoldenNode) throws -> VisitOrders {
  let tensor = try node.tensor
  return VisitOrders(
    (0..<tensor.shape[0]).map { task in
      (0..<tensor.shape[1]).map { Int(tensor.values[task * tensor.shape[1] + $0]) }
    })
}
