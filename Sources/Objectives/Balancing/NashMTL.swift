/// Nash-MTL: the tasks bargain for the direction, and none gains by another deal.
///
///     M·w = 1 / w,  w > 0      d = Σ_k w_k·g_k
///
/// M is the Gram matrix. Scaling a task's loss by c divides its weight by c, so the direction does not
/// know the losses' scales, and ‖d‖² = n always; `longest` shortens d to a length (1 as in the authors'
/// code; 0 leaves it). The weights are solved exactly in every step. A zero gradient is left out. What
/// is a task's own takes its plain gradient.
///
/// Navon, Shamsian, Achituve, Maron, Kawaguchi, Chechik, Fetaya. "Multi-Task Learning as a Bargaining
/// Game." ICML 2022. arXiv:2202.01017
public struct NashMTL: Balancer {
  /// Nash-MTL.
  public static let about = BalancerDescription(
    name: "nash", title: "Nash-MTL",
    paper: "Navon et al. Multi-Task Learning as a Bargaining Game. ICML 2022. arXiv:2202.01017",
    summary: "tasks bargain for a direction that does not know the losses' scales")
  /// The greatest length.
  public static let options = [
    BalancerOption<Self>(
      "longest", .number(\.longest, in: .fromZero), "the direction's length at most; 0: any")
  ]

  /// The direction's length at most; 0: any.
  public var longest = 1.0

  /// The authors' choice.
  public init() {}

  /// The Gram matrix.
  public var sees: BalancerSight { .gram }

  /// The weights of the deal.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    solveFairness(step.gram, power: 1, &scratch)
    let length = max(0, step.gram.form(scratch.minimum.point, scratch.minimum.point)).squareRoot()
    let factor = longest > 0 && length > longest ? longest / length : 1
    for index in 0..<step.count {
      weights.shared[index] = factor * scratch.minimum.point[index]
    }
  }
}
