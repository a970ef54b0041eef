public import Tensors

/// GradCraft: brings gradients to like lengths, then removes all conflicts of each at once.
///
///     m_k ← β·m_k + (1 − β)·‖g_k‖      g̃_k = (r·max_j m_j / m_k + 1 − r)·g_k
///     C_i = {j: g̃_i·g̃_j < 0}      g'_i = g̃_i + Σ_{j∈C_i} w_j·g̃_j,
///     (g̃_j·g̃_k)·w = ε‖g̃_i‖‖g̃_j‖ − g̃_j·g̃_i  over j, k ∈ C_i      d = mean of g'
///
/// So g'_i·g̃_j = ε‖g̃_i‖‖g̃_j‖ for all of C_i. m starts at 0 without correction; the factor of a task
/// with m = 0 is 1. With r = ε = 0 and two tasks it is half of PCGrad. The lengths are those of all
/// shared parameters together.
///
/// Bai, Zhang, Feng, Zhu, Chen, Luo, He. "GradCraft: Elevating Multi-task Recommendations through
/// Holistic Gradient Crafting." KDD 2024. doi:10.1145/3637528.3671585
public struct GradCraft: Balancer {
  /// GradCraft.
  public static let about = BalancerDescription(
    name: "gradcraft", title: "GradCraft",
    paper: "Bai et al. GradCraft … KDD 2024. doi:10.1145/3637528.3671585",
    summary: "brings gradients to like lengths, then removes all conflicts of each at once")
  /// r, β, ε.
  public static let options = [
    BalancerOption<Self>(
      "relax", .number(\.relax, in: 0...1), "r: 0 leaves the lengths, 1 makes them equal"),
    BalancerOption("decay", .number(\.decay, in: 0...1), "β of the average lengths"),
    BalancerOption(
      "excess", .number(\.excess, in: 0...1), "ε: the cosine that a conflict is brought to"),
  ]

  /// r.
  public var relax = 0.1
  /// β.
  public var decay = 0.9
  /// ε.
  public var excess = 1e-10

  /// The published code's choices.
  public init() {}

  /// The Gram matrix.
  public var sees: BalancerSight { .gram }

  /// m by task: 0.
  public func memory(of tasks: BalancedTasks) -> [Double] { tasks.names.map { _ in 0 } }

  /// The means of the coefficients by task.
  public func weigh(
    _ step: BalancingStep, memory: inout [Double], scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    for (index, task) in step.tasks.enumerated() {
      let length = step.gram[index, index].squareRoot()
      memory[task] = decay * memory[task] + (1 - decay) * length
    }
    var longest = 0.0
    for task in step.tasks { longest = max(longest, memory[task]) }
    for index in 0..<step.count { weights.shared[index] = 0 }
    for index in 0..<step.count {
      let average = memory[step.tasks[index]]
      scratch.others[index] = average > 0 ? relax * longest / average + 1 - relax : 1
    }
    for index in 0..<step.count {
      craft(index, step.gram, &scratch)
      for other in 0..<step.count {
        weights.shared[other] +=
          scratch.numbers[other] * scratch.others[other] / Double(step.count)
      }
    }
  }

  /// The coefficients of g'_i by g̃, into the scratch's numbers; factors are in its other numbers.
  private func craft(_ i: Int, _ gram: SquareMatrix, _ scratch: inout BalancerScratch) {
    func product(_ a: Int, _ b: Int) -> Double {
      scratch.others[a] * gram[a, b] * scratch.others[b]
    }
    let count = gram.count
    scratch.matrix.resize(to: count)
    for j in 0..<count {
      // Rows of tasks without conflict stay zero, and so do their coefficients.
      let isConflict = product(i, j) < 0
      scratch.numbers[j] =
        isConflict
        ? excess * (product(i, i) * product(j, j)).squareRoot() - product(i, j) : 0
      for k in 0..<count where isConflict && product(i, k) < 0 {
        scratch.matrix[j, k] = product(j, k)
      }
    }
    scratch.eigen.decompose(scratch.matrix)
    scratch.eigen.solve(scratch.numbers, into: &scratch.result)
    for j in 0..<count { scratch.numbers[j] = scratch.result[j] + (j == i ? 1 : 0) }
  }
}
