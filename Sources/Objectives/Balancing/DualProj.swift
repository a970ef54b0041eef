/// DualProj: projects the mean gradient so that it conflicts with no task.
///
///     w = argmin_{v ≥ 1/n} vᵀHv,   H = M/tr M + ε·1
///
/// M is the Gram matrix. Without conflict it is the mean gradient. In its exact form, ε = 0, the update
/// conflicts with no task. With the usual ε = 1e-4 it may: ε counts beside the longest gradient, so a
/// task whose gradient is 10 times shorter is hardly protected; a smaller ε protects it.
///
/// Lopez-Paz, Ranzato. "Gradient Episodic Memory for Continual Learning." NeurIPS 2017.
/// arXiv:1706.08840; in this form Quinton, Rey 2024. arXiv:2406.16232
public struct DualProj: Balancer {
  /// DualProj.
  public static let about = BalancerDescription(
    name: "dualproj", title: "DualProj",
    paper: "Lopez-Paz, Ranzato. Gradient Episodic Memory … NeurIPS 2017. arXiv:1706.08840",
    summary: "projects the mean gradient so that it conflicts with no task")
  /// ε.
  public static let options = [
    BalancerOption<Self>(
      "epsilon", .number(\.regularisation, in: 0...1), "ε: smaller protects short gradients, too")
  ]

  /// ε.
  public var regularisation = 1e-4

  /// The usual choice.
  public init() {}

  /// The Gram matrix.
  public var sees: BalancerSight { .gram }

  /// The projection's weights.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    DualCone(regularisation: regularisation).fill(step.gram, into: &scratch.matrix)
    for index in 0..<step.count { scratch.numbers[index] = 1 / Double(step.count) }
    scratch.minimum.minimise(
      HalfSquare(matrix: scratch.matrix), above: scratch.numbers, count: step.count)
    for index in 0..<step.count { weights.shared[index] = scratch.minimum.point[index] }
  }
}
