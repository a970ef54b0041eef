internal import Foundation

/// FairGrad: the direction whose gains are α-fair among the tasks.
///
///     M·w = w^(−1/α),  w > 0:   minimise ½wᵀMw − Σ_k φ(w_k),  φ'(w) = w^(−1/α)
///
/// M is the Gram matrix and (M·w)_i = d·g_i the gain of task i, which is positive. α → 0 gives equal
/// weights in the limit, 1 is Nash-MTL, ∞ max–min. Scaling all gradients by c scales w by
/// c^(−2α/(1+α)). The problem is strictly convex; it is solved by Newton's method with shortened steps.
/// A zero gradient has no solution: that task is left out, and its weight is 0.
///
/// Ban, Ji. "Fair Resource Allocation in Multi-Task Learning." ICML 2024. arXiv:2402.15638
public struct FairGrad: Balancer {
  /// FairGrad.
  public static let about = BalancerDescription(
    name: "fairgrad", title: "FairGrad",
    paper: "Ban, Ji. Fair Resource Allocation in Multi-Task Learning. ICML 2024. arXiv:2402.15638",
    summary: "shares the gains among tasks, α-fair")
  /// α.
  public static let options = [
    BalancerOption<Self>(
      "alpha", .number(\.fairness, in: 0.1...10), "α: 1 as Nash-MTL; more helps the worst task")
  ]

  /// α (the class 1, the authors' scripts 2).
  public var fairness = 2.0

  /// As in the authors' scripts.
  public init() {}

  /// The Gram matrix.
  public var sees: BalancerSight { .gram }

  /// The fair weights.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    solveFairness(step.gram, power: 1 / fairness, &scratch)
    for index in 0..<step.count { weights.shared[index] = scratch.minimum.point[index] }
  }
}

/// Solves M·w = w^(−q), w > 0, into the scratch's minimum; 0 where the diagonal is.
func solveFairness(_ gram: SquareMatrix, power: Double, _ scratch: inout BalancerScratch) {
  let objective = FairObjective(gram: gram, power: power)
  for index in 0..<gram.count {
    let square = gram[index, index]
    scratch.numbers[index] = square > 0 ? pow(square, -1 / (1 + power)) : 0
  }
  scratch.minimum.minimise(objective, from: scratch.numbers, count: gram.count)
}

/// ½wᵀMw − Σ_k φ(w_k), φ'(w) = w^(−q), over the tasks whose gradient is not zero.
struct FairObjective: ConvexObjective {
  let gram: SquareMatrix
  let power: Double

  func value(_ w: [Double]) -> Double {
    var sum = 0.5 * gram.form(w, w)
    for index in 0..<gram.count where gram[index, index] > 0 {
      guard w[index] > 0 else { return .infinity }
      sum -= power == 1 ? log(w[index]) : pow(w[index], 1 - power) / (1 - power)
    }
    return sum
  }

  func gradient(_ w: [Double], into gradient: inout [Double]) {
    for index in 0..<gram.count {
      let gain = gram[index, index] > 0 ? pow(w[index], -power) : 0
      gradient[index] = gram.product(index, w) - gain
    }
  }

  func hessian(_ w: [Double], into hessian: inout SquareMatrix) {
    hessian.copy(gram)
    for index in 0..<gram.count {
      hessian[index, index] += gram[index, index] > 0 ? power * pow(w[index], -power - 1) : 1
    }
  }
}
