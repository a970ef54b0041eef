/// IMTL-G: the direction that goes equally far along every task's unit gradient.
///
///     v = M⁺·√diag M      w = v / Σ_k v_k      d·g_i/‖g_i‖ equal for all i
///
/// M is the Gram matrix, M⁺ its pseudo-inverse, so that parallel gradients do no harm. Weights sum to 1
/// and may be negative. Where |Σ v| is below 1e-12 of Σ |v| (opposite gradients) all weights are 0.
///
/// Liu, Li, Kuang, Xue, Chen, Yang, Liao, Zhang. "Towards Impartial Multi-task Learning." ICLR 2021.
/// https://openreview.net/forum?id=IMPnRXEWpvr
public struct ImpartialGradient: Balancer {
  /// IMTL-G.
  public static let about = BalancerDescription(
    name: "imtl-g", title: "IMTL-G",
    paper: "Liu et al. Towards Impartial Multi-task Learning. ICLR 2021. "
      + "https://openreview.net/forum?id=IMPnRXEWpvr",
    summary: "goes equally far along every task's unit gradient")
  /// Nothing to choose.
  public static let options: [BalancerOption<Self>] = []

  /// IMTL-G.
  public init() {}

  /// The Gram matrix.
  public var sees: BalancerSight { .gram }

  /// The weights of that direction.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    for index in 0..<step.count {
      scratch.numbers[index] = step.gram[index, index].squareRoot()
    }
    scratch.eigen.decompose(step.gram)
    scratch.eigen.solve(scratch.numbers, into: &scratch.others)
    var (sum, size) = (0.0, 0.0)
    for index in 0..<step.count {
      sum += scratch.others[index]
      size += abs(scratch.others[index])
    }
    for index in 0..<step.count {
      weights.shared[index] = abs(sum) > 1e-12 * size ? scratch.others[index] / sum : 0
    }
  }
}
