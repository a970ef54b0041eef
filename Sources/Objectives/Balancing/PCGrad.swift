/// PCGrad: takes from each task's gradient what points against another's.
///
///     for each i:  g ← g_i;  for j ≠ i in random order:  if g·g_j < 0:  g ← g − (g·g_j)/‖g_j‖²·g_j
///     g = Σ_i g
///
/// g_j is always the original. All of it is a linear combination, so the Gram matrix is enough; a zero
/// gradient conflicts with none. After all projections pairs may still conflict where there are three
/// tasks or more; the order is drawn anew in every step.
///
/// Yu, Kumar, Gupta, Levine, Hausman, Finn. "Gradient Surgery for Multi-Task Learning." NeurIPS 2020.
/// arXiv:2001.06782
public struct PCGrad: Balancer {
  /// PCGrad.
  public static let about = BalancerDescription(
    name: "pcgrad", title: "PCGrad",
    paper: "Yu et al. Gradient Surgery for Multi-Task Learning. NeurIPS 2020. arXiv:2001.06782",
    summary: "takes from each gradient what points against another's")
  /// Nothing to choose.
  public static let options: [BalancerOption<Self>] = []

  /// PCGrad.
  public init() {}

  /// The Gram matrix.
  public var sees: BalancerSight { .gram }

  /// The sums of the coefficients by task.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    scratch.orders.draw(step.count, from: step.draws, step: step.number)
    Self.project(step.gram, scratch.orders, into: &scratch.matrix)
    scratch.matrix.addColumns(into: &weights.shared)
  }

  /// K of g'_i = Σ_j K_ij·g_j, the projected gradients.
  static func project(
    _ gram: SquareMatrix, _ orders: VisitOrders, into coefficients: inout SquareMatrix
  ) {
    let count = gram.count
    coefficients.setIdentity(count)
    for i in 0..<count {
      for turn in 0..<(count - 1) {
        let j = orders[i, turn]
        let dot = coefficients.row(i, times: gram, j)
        if dot < 0 { coefficients[i, j] -= dot / gram[j, j] }
      }
    }
  }
}
