/// Gradient vaccine: pulls each task's gradient towards another's until their cosine is what it has
/// been on average.
///
///     for each i:  g ← g_i;  for j ≠ i in random order:  φ = cos(g, g_j)
///       if φ < ρ_ij:  g ← g + ‖g‖·(ρ√(1−φ²) − φ√(1−ρ²)) / (‖g_j‖√(1−ρ²))·g_j
///       ρ_ij ← (1 − β)·ρ_ij + β·φ
///     g = Σ_i g
///
/// ρ starts at 0, where this is PCGrad, and moves with every pair that is visited (LibMTL moves only
/// those that were changed). A pair with a zero gradient is left alone.
///
/// Wang, Tsvetkov, Firat, Cao. "Gradient Vaccine: Investigating and Improving Multi-task Optimization in
/// Massively Multilingual Models." ICLR 2021. arXiv:2010.05874
public struct GradVac: Balancer {
  /// GradVac.
  public static let about = BalancerDescription(
    name: "gradvac", title: "GradVac",
    paper: "Wang et al. Gradient Vaccine … ICLR 2021. arXiv:2010.05874",
    summary: "keeps the cosines of gradients at what they have been on average")
  /// β.
  public static let options = [
    BalancerOption<Self>(
      "beta", .number(\.beta, in: 0...1), "β: how fast the average cosines move")
  ]

  /// β (LibMTL 0.5, the paper 0.01).
  public var beta = 0.5

  /// GradVac.
  public init() {}

  /// The Gram matrix.
  public var sees: BalancerSight { .gram }

  /// ρ by pair of tasks: 0.
  public func memory(of tasks: BalancedTasks) -> SquareMatrix { SquareMatrix(tasks.count) }

  /// The sums of the coefficients by task.
  public func weigh(
    _ step: BalancingStep, memory: inout SquareMatrix, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    scratch.orders.draw(step.count, from: step.draws, step: step.number)
    pull(step, scratch.orders, averages: &memory, into: &scratch.matrix)
    scratch.matrix.addColumns(into: &weights.shared)
  }

  /// K of g'_i = Σ_j K_ij·g_j; moves ρ.
  func pull(
    _ step: BalancingStep, _ orders: VisitOrders, averages: inout SquareMatrix,
    into coefficients: inout SquareMatrix
  ) {
    coefficients.setIdentity(step.count)
    for i in 0..<step.count {
      for turn in 0..<(step.count - 1) {
        let j = orders[i, turn]
        let length = coefficients.length(ofRow: i, in: step.gram)
        let other = step.gram[j, j].squareRoot()
        guard length > 0, other > 0 else { continue }
        let cosine = min(1, max(-1, coefficients.row(i, times: step.gram, j) / (length * other)))
        let (task, visited) = (step.tasks[i], step.tasks[j])
        let target = averages[task, visited]
        let sine = (1 - target * target).squareRoot()
        if cosine < target, sine > 1e-6 {
          let excess = target * (1 - cosine * cosine).squareRoot() - cosine * sine
          coefficients[i, j] += length * excess / (other * sine)
        }
        averages[task, visited] = (1 - beta) * target + beta * cosine
      }
    }
  }
}
