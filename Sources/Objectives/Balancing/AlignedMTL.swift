/// Aligned-MTL: turns the gradients into orthogonal ones of one length.
///
///     M = VΛVᵀ      B = σ·V·Λ^(−½)·Vᵀ      w_k = Σ_i B_ik
///
/// M is the Gram matrix; the rows of B·G are orthogonal and of length σ. σ² is the smallest eigenvalue,
/// their lower median, or their mean: min, median, rmse. Eigenvalues below λ_max·n·ε are left out.
/// Orthonormal gradients are summed.
///
/// Senushkin, Patakin, Kuznetsov, Konushin. "Independent Component Alignment for Multi-Task Learning."
/// CVPR 2023. doi:10.1109/CVPR52729.2023.01923
public struct AlignedMTL: Balancer {
  /// Aligned-MTL.
  public static let about = BalancerDescription(
    name: "aligned", title: "Aligned-MTL",
    paper: "Senushkin et al. Independent Component Alignment … CVPR 2023. "
      + "doi:10.1109/CVPR52729.2023.01923",
    summary: "turns the gradients into orthogonal ones of one length")
  /// The length.
  public static let options = [
    BalancerOption<Self>(
      "scale", .word(\.scale, of: ["min", "median", "rmse"]),
      "the length: smallest, median or mean eigenvalue")
  ]

  /// Which eigenvalue is the square of the length.
  public var scale = "min"

  /// The paper's choice.
  public init() {}

  /// The Gram matrix.
  public var sees: BalancerSight { .gram }

  /// The sums of the columns of B.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    let count = step.count
    scratch.eigen.decompose(step.gram)
    let length = max(0, square(scratch.eigen, &scratch.numbers)).squareRoot()
    let least = scratch.eigen.threshold
    for index in 0..<count { weights.shared[index] = 0 }
    for place in 0..<count where scratch.eigen.values[place] > least {
      var sum = 0.0
      for row in 0..<count { sum += scratch.eigen.vectors[row, place] }
      let factor = length * sum / scratch.eigen.values[place].squareRoot()
      for index in 0..<count {
        weights.shared[index] += factor * scratch.eigen.vectors[index, place]
      }
    }
  }

  /// σ² of the eigenvalues that are kept, which are sorted into some memory.
  private func square(_ eigen: SymmetricEigen, _ sorted: inout [Double]) -> Double {
    var (count, sum) = (0, 0.0)
    for value in eigen.values where value > eigen.threshold {
      var slot = count
      while slot > 0, sorted[slot - 1] > value {
        sorted[slot] = sorted[slot - 1]
        slot -= 1
      }
      sorted[slot] = value
      (count, sum) = (count + 1, sum + value)
    }
    guard count > 0 else { return 0 }
    switch scale {
    case "median": return sorted[(count - 1) / 2]
    case "rmse": return sum / Double(count)
    default: return sorted[0]
    }
  }
}
