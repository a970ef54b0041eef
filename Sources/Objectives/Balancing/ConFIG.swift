/// ConFIG: the conflict-free direction with the same cosine to every task's gradient.
///
///     C_ij = cos(g_i, g_j)      v = C⁺·1      s = Σ_k v_k
///     w_i = v_i/‖g_i‖ · Σ_j ‖g_j‖·(C·v)_j / s
///
/// The direction is Σ v_i·g_i/‖g_i‖, its length the sum of the gradients' projections on it. It lies on
/// the line of IMTL-G where the Gram matrix is regular. Where s is 0 (opposite gradients) all weights
/// are 0; a zero gradient has the weight 0.
///
/// Liu, Chu, Thuerey. "ConFIG: Towards Conflict-free Training of Physics Informed Neural Networks."
/// ICLR 2025. arXiv:2408.11104
public struct ConFIG: Balancer {
  /// ConFIG.
  public static let about = BalancerDescription(
    name: "config", title: "ConFIG",
    paper: "Liu et al. ConFIG: Towards Conflict-free Training … ICLR 2025. arXiv:2408.11104",
    summary: "the direction with the same cosine to every task's gradient")
  /// Nothing to choose.
  public static let options: [BalancerOption<Self>] = []

  /// ConFIG.
  public init() {}

  /// The Gram matrix.
  public var sees: BalancerSight { .gram }

  /// The weights of that direction.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    let count = step.count
    scratch.matrix.resize(to: count)
    for row in 0..<count {
      for column in 0..<count {
        let lengths = (step.gram[row, row] * step.gram[column, column]).squareRoot()
        scratch.matrix[row, column] = lengths > 0 ? step.gram[row, column] / lengths : 0
      }
      scratch.numbers[row] = 1
    }
    scratch.eigen.decompose(scratch.matrix)
    scratch.eigen.solve(scratch.numbers, into: &scratch.others)
    var (sum, length) = (0.0, 0.0)
    for index in 0..<count {
      sum += scratch.others[index]
      length +=
        step.gram[index, index].squareRoot() * scratch.matrix.product(index, scratch.others)
    }
    for index in 0..<count {
      let norm = step.gram[index, index].squareRoot()
      let isKept = sum > 1e-12 && norm > 0
      weights.shared[index] = isKept ? scratch.others[index] / norm * length / sum : 0
    }
  }
}
