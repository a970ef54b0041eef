/// CAGrad: of all directions near the mean gradient the one that is best for the worst task.
///
///     ḡ = mean of g_k      w* = argmin_{w ∈ Δ} g_w·ḡ + c‖ḡ‖·‖g_w‖,  g_w = Σ_k w_k·g_k
///     d = (ḡ + c‖ḡ‖·g_w*/‖g_w*‖) / s,   s = 1, 1 + c² or 1 + c for rescale 0, 1, 2
///
/// Before the division ‖d − ḡ‖ = c‖ḡ‖. With c of 1 or more it need not converge. Where the best g_w is
/// zero, or ḡ is, d is ḡ/s.
///
/// Liu, Liu, Jin, Stone, Liu. "Conflict-Averse Gradient Descent for Multi-task Learning." NeurIPS 2021.
/// arXiv:2110.14048
public struct CAGrad: Balancer {
  /// CAGrad.
  public static let about = BalancerDescription(
    name: "cagrad", title: "CAGrad",
    paper: "Liu et al. Conflict-Averse Gradient Descent … NeurIPS 2021. arXiv:2110.14048",
    summary: "near the mean gradient, the direction that is best for the worst task")
  /// c and the division.
  public static let options = [
    BalancerOption<Self>(
      "c", .number(\.radius, in: 0...10), "c: how far from the mean gradient, from 0"),
    BalancerOption(
      "rescale", .count(\.rescale, in: 0...2), "what the direction is divided by: 1, 1+c², 1+c"),
  ]

  /// c.
  public var radius = 0.5
  /// Which division.
  public var rescale = 1

  /// The paper's choices.
  public init() {}

  /// The Gram matrix.
  public var sees: BalancerSight { .gram }

  /// The weights of d.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    let count = step.count
    let share = 1 / Double(count)
    let objective = Objective(gram: step.gram, radius: radius)
    scratch.minimum.minimiseOnSimplex(objective, count: count)
    let length = objective.length(scratch.minimum.point)
    let divisor = rescale == 0 ? 1 : 1 + (rescale == 1 ? radius * radius : radius)
    let pull = length > 1e-12 * objective.meanLength ? objective.reach / length : 0
    for index in 0..<count {
      weights.shared[index] = (share + pull * scratch.minimum.point[index]) / divisor
    }
  }

  /// wᵀM·1/n + c‖ḡ‖·√(wᵀMw).
  struct Objective: ConvexObjective {
    let gram: SquareMatrix
    /// c‖ḡ‖.
    let reach: Double
    /// ‖ḡ‖.
    let meanLength: Double

    init(gram: SquareMatrix, radius: Double) {
      self.gram = gram
      var sum = 0.0
      for row in 0..<gram.count { for column in 0..<gram.count { sum += gram[row, column] } }
      meanLength = max(0, sum).squareRoot() / Double(gram.count)
      reach = radius * meanLength
    }

    func length(_ w: [Double]) -> Double { max(0, gram.form(w, w)).squareRoot() }

    func value(_ w: [Double]) -> Double {
      var sum = 0.0
      for row in 0..<gram.count { sum += w[row] * rowMean(row) }
      return sum + reach * length(w)
    }

    func gradient(_ w: [Double], into gradient: inout [Double]) {
      let length = max(length(w), .leastNormalMagnitude)
      for row in 0..<gram.count {
        gradient[row] = rowMean(row) + reach * gram.product(row, w) / length
      }
    }

    func hessian(_ w: [Double], into hessian: inout SquareMatrix) {
      let length = max(length(w), 1e-100)
      for row in 0..<gram.count {
        let product = gram.product(row, w) / length
        for column in 0..<gram.count {
          hessian[row, column] =
            reach * (gram[row, column] - product * gram.product(column, w) / length) / length
        }
      }
    }

    private func rowMean(_ row: Int) -> Double {
      var sum = 0.0
      for column in 0..<gram.count { sum += gram[row, column] }
      return sum / Double(gram.count)
    }
  }
}
