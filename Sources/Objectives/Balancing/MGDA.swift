/// MGDA: the shortest convex combination of the gradients, along which no loss rises.
///
///     w = argmin_{w ∈ Δ} ‖Σ_k w_k·g_k / s_k‖²      d = Σ_k w_k·g_k
///
/// s_k is 1, ‖g_k‖, L_k or L_k·‖g_k‖: none, l2, loss, loss+. With `none` d·g_i ≥ ‖d‖² for every task, and
/// the task with the shortest gradient counts most. The solved weights are applied to the gradients
/// themselves (LibMTL applies them to the divided ones). A zero gradient gives d = 0 with `none`: the
/// point is stationary for that task; it is not divided.
///
/// Sener, Koltun. "Multi-Task Learning as Multi-Objective Optimization." NeurIPS 2018. arXiv:1810.04650.
/// Désidéri. "Multiple-gradient descent algorithm (MGDA) for multiobjective optimization." Comptes
/// Rendus Mathématique 350, 2012. doi:10.1016/j.crma.2012.03.014
public struct MGDA: Balancer {
  /// MGDA.
  public static let about = BalancerDescription(
    name: "mgda", title: "MGDA",
    paper: "Sener, Koltun. Multi-Task Learning as Multi-Objective Optimization. NeurIPS 2018. "
      + "arXiv:1810.04650",
    summary: "the shortest convex combination, along which no loss rises")
  /// What gradients are divided by.
  public static let options = [
    BalancerOption<Self>(
      "normalise", .word(\.normalise, of: ["none", "l2", "loss", "loss+"]),
      "what gradients are divided by before they are weighed")
  ]

  /// What gradients are divided by.
  public var normalise = "none"

  /// The paper's choice.
  public init() {}

  /// The Gram matrix, and the losses where they divide.
  public var sees: BalancerSight { normalise.hasPrefix("loss") ? [.gram, .losses] : .gram }

  /// The weights of the shortest combination.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    let count = step.count
    for index in 0..<count { scratch.numbers[index] = divisor(index, step) }
    scratch.matrix.resize(to: count)
    for row in 0..<count {
      for column in 0..<count {
        scratch.matrix[row, column] =
          step.gram[row, column] / (scratch.numbers[row] * scratch.numbers[column])
      }
    }
    scratch.minimum.minimiseOnSimplex(HalfSquare(matrix: scratch.matrix), count: count)
    for index in 0..<count { weights.shared[index] = scratch.minimum.point[index] }
  }

  private func divisor(_ index: Int, _ step: BalancingStep) -> Double {
    let length = step.gram[index, index].squareRoot()
    let loss = normalise.hasPrefix("loss") ? max(step.losses[index], smallestLoss) : 1
    let divisor =
      switch normalise {
      case "l2": length
      case "loss": loss
      case "loss+": loss * length
      default: 1.0
      }
    return divisor > 0 ? divisor : 1
  }
}

/// ½·vᵀHv.
struct HalfSquare: ConvexObjective {
  let matrix: SquareMatrix

  func value(_ point: [Double]) -> Double { 0.5 * matrix.form(point, point) }

  func gradient(_ point: [Double], into gradient: inout [Double]) {
    for row in 0..<matrix.count { gradient[row] = matrix.product(row, point) }
  }

  func hessian(_ point: [Double], into hessian: inout SquareMatrix) { hessian.copy(matrix) }
}
