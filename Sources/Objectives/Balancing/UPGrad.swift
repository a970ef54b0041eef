/// UPGrad: projects each gradient so that it conflicts with no task, and takes the mean.
///
///     v_k = argmin_{v ≥ e_k/n} vᵀHv      w = Σ_k v_k,   H = M/tr M + ε·1
///
/// M is the Gram matrix. Without conflict it is the mean gradient. In its exact form, ε = 0, the update
/// conflicts with no task. With the usual ε = 1e-4 it may: ε counts beside the longest gradient, so a
/// task whose gradient is 10 times shorter is hardly protected; a smaller ε protects it.
///
/// Quinton, Rey. "Jacobian Descent for Multi-Objective Optimization." 2024. arXiv:2406.16232
public struct UPGrad: Balancer {
  /// UPGrad.
  public static let about = BalancerDescription(
    name: "upgrad", title: "UPGrad",
    paper:
      "Quinton, Rey. Jacobian Descent for Multi-Objective Optimization. 2024. arXiv:2406.16232",
    summary: "projects each gradient so that it conflicts with no task; the mean")
  /// ε.
  public static let options = [
    BalancerOption<Self>(
      "epsilon", .number(\.regularisation, in: 0...1), "ε: smaller protects short gradients, too")
  ]

  /// ε.
  public var regularisation = 1e-4

  /// The authors' choice.
  public init() {}

  /// The Gram matrix.
  public var sees: BalancerSight { .gram }

  /// The sum of the projections' weights.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    let count = step.count
    DualCone(regularisation: regularisation).fill(step.gram, into: &scratch.matrix)
    for index in 0..<count { weights.shared[index] = 0 }
    for task in 0..<count {
      for index in 0..<count { scratch.numbers[index] = index == task ? 1 / Double(count) : 0 }
      scratch.minimum.minimise(
        HalfSquare(matrix: scratch.matrix), above: scratch.numbers, count: count)
      for index in 0..<count { weights.shared[index] += scratch.minimum.point[index] }
    }
  }
}
