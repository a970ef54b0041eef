internal import Foundation

/// DB-MTL: gradients of the logarithms of losses, averaged, and all as long as the longest.
///
///     q_k = ∇ln(L_k + ε) = g_k / (L_k + ε)      b_k ← q_k + β/t^σ·(b_k − q_k),  b_k = 0 at the start
///     g = Σ_k max_j‖b_j‖ / (‖b_k‖ + ε)·b_k      a task's own: 1 / (L_k + ε)
///
/// ε = 1e-8, t counts the steps of the balancer from 1. A loss's scale drops out. b takes as much memory as the shared
/// parameters for each task. Of a table, b of a row moves, and counts, in steps that use the row.
///
/// Lin, Jiang, Ye, Zhang, Chen, Chen, Liu, Kwok. "Dual-Balancing for Multi-Task Learning." 2023.
/// arXiv:2308.12029
public struct DBMTL: Balancer {
  /// DB-MTL.
  public static let about = BalancerDescription(
    name: "db-mtl", title: "DB-MTL",
    paper: "Lin et al. Dual-Balancing for Multi-Task Learning. 2023. arXiv:2308.12029",
    summary: "log losses, averaged gradients, all as long as the longest")
  /// β and σ.
  public static let options = [
    BalancerOption<Self>("beta", .number(\.beta, in: 0...1), "β of the average gradients"),
    BalancerOption(
      "sigma", .number(\.sigma, in: 0...10), "σ: how fast β falls with the steps, β/t^σ"),
  ]

  /// β.
  public var beta = 0.9
  /// σ.
  public var sigma = 0.0

  /// LibMTL's choices.
  public init() {}

  /// The losses, and every entry.
  public var sees: BalancerSight { [.losses, .entries] }

  /// They do not go by task.
  public var givesTaskWeights: Bool { false }

  /// b.
  public var entryMemory: Int { 1 }

  /// Moves b and adds up ‖b‖².
  public func survey(
    _ entries: GradientEntries, _ step: BalancingStep, sums: UnsafeMutablePointer<Double>
  ) {
    let keep = beta / pow(Double(step.age + 1), sigma)
    for (index, task) in step.tasks.enumerated() {
      guard let buffer = entries.memory(of: task) else { continue }
      let gradient = entries.gradient(index)
      let factor = Float((1 - keep) / (step.losses[index] + 1e-8))
      var sum = 0.0
      for entry in 0..<entries.count {
        buffer[entry] = factor * gradient[entry] + Float(keep) * buffer[entry]
        sum += Double(buffer[entry]) * Double(buffer[entry])
      }
      sums[index] += sum
    }
  }

  /// The factors of b, and of the tasks' own gradients.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    var longest = 0.0
    for sum in step.sums { longest = max(longest, sum.squareRoot()) }
    for index in 0..<step.count {
      weights.shared[index] = longest / (step.sums[index].squareRoot() + 1e-8)
      weights.own[index] = 1 / (step.losses[index] + 1e-8)
    }
  }

  /// Σ_k w_k·b_k.
  public func combine(
    _ entries: GradientEntries, _ step: BalancingStep, weights: BalancerWeights,
    into result: UnsafeMutablePointer<Float>
  ) {
    for entry in 0..<entries.count { result[entry] = 0 }
    for (index, task) in step.tasks.enumerated() {
      guard let buffer = entries.memory(of: task) else { continue }
      let weight = Float(weights.shared[index])
      for entry in 0..<entries.count { result[entry] += weight * buffer[entry] }
    }
  }
}
