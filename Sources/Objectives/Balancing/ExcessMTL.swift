internal import Foundation
public import Tensors

/// ExcessMTL: tasks that are far from their optimum count more, in steps of a multiplicative update.
///
///     S_k ← S_k + g_k²  entry by entry      e_k = Σ g_k² / √(S_k + 1e-7)
///     w_k ← w_k·exp(η·e_k / e_k⁰),  scaled to sum to n
///
/// e estimates the excess risk. e⁰ is the mean of e over a task's warm-up, in which all weights are
/// equal; the baseline of a task without a gradient in its warm-up is the first e after it. S takes as much
/// memory as the shared parameters for each task. The weights count for whole losses.
///
/// He, Zhou, Sun, Ji, Jiang, Zhang, Zhao. "Robust Multi-Task Learning with Excess Risks." ICML 2024.
/// arXiv:2402.02009
public struct ExcessMTL: Balancer {
  /// ExcessMTL.
  public static let about = BalancerDescription(
    name: "excess", title: "ExcessMTL",
    paper: "He et al. Robust Multi-Task Learning with Excess Risks. ICML 2024. arXiv:2402.02009",
    summary: "tasks that are far from their optimum count more")
  /// η, the sum, the warm-up.
  public static let options = [
    BalancerOption<Self>("rate", .number(\.rate, in: .fromZero), "η of the weights' update"),
    BalancerOption(
      "sum", .word(\.sum, of: ["tasks", "one"]), "what the weights sum to: their number, or 1",
      isLive: false),
    BalancerOption(
      "warmup", .count(\.warmup, in: 1...1_000_000), "the steps whose mean is the baseline",
      isLive: false),
  ]

  /// η.
  public var rate = 1e-2
  /// What the weights sum to.
  public var sum = "tasks"
  /// Steps of the warm-up.
  public var warmup = 1

  /// LibMTL's choices.
  public init() {}

  /// By task what is remembered besides S.
  public struct Memory: Sendable, Hashable, ArchivedState {
    /// ln w up to their scale.
    public var logarithms: [Double]
    /// e⁰, summed up in the warm-up.
    public var baseline: [Double]
    /// Steps with the task.
    public var steps: [Int]

    /// Visits all of it.
    public mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
      try archive.numbers("logarithms", &logarithms, count: logarithms.count)
      try archive.numbers("baseline", &baseline, count: baseline.count)
      try archive.numbers("steps", &steps, count: steps.count, in: Archive.counts)
    }
  }

  /// The weights are those of whole losses.
  public var weighsWholeLosses: Bool { true }

  /// Every entry.
  public var sees: BalancerSight { .entries }

  /// S.
  public var entryMemory: Int { 1 }

  /// Equal weights.
  public func memory(of tasks: BalancedTasks) -> Memory {
    Memory(
      logarithms: tasks.names.map { _ in 0 }, baseline: tasks.names.map { _ in 0 },
      steps: tasks.names.map { _ in 0 })
  }

  /// Adds g² to S, and up e.
  public func survey(
    _ entries: GradientEntries, _ step: BalancingStep, sums: UnsafeMutablePointer<Double>
  ) {
    for (index, task) in step.tasks.enumerated() {
      guard let squares = entries.memory(of: task) else { continue }
      let gradient = entries.gradient(index)
      var sum = 0.0
      for entry in 0..<entries.count {
        let square = gradient[entry] * gradient[entry]
        squares[entry] += square
        sum += Double(square / (squares[entry] + 1e-7).squareRoot())
      }
      sums[index] += sum
    }
  }

  /// Moves the weights of whole losses.
  public func weigh(
    _ step: BalancingStep, memory: inout Memory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    let before = Self.logarithmOfSum(step.tasks, memory.logarithms)
    for (index, task) in step.tasks.enumerated() {
      let excess = step.sums[index]
      if memory.steps[task] < warmup {
        memory.baseline[task] += excess / Double(warmup)
      } else if memory.baseline[task] == 0 {
        memory.baseline[task] = excess
      } else {
        // More than this is all of the weight in any case.
        memory.logarithms[task] += min(rate * excess / memory.baseline[task], 1e6)
      }
      memory.steps[task] += 1
    }
    let after = Self.logarithmOfSum(step.tasks, memory.logarithms)
    let goal = sum == "one" ? 1 : Double(step.count)
    for (index, task) in step.tasks.enumerated() {
      weights.setBoth(index, to: goal * exp(memory.logarithms[task] - after))
      // The sum of those that take part stays, so that those which do not keep their share.
      memory.logarithms[task] += before - after
    }
  }

  /// ln Σ_k w_k of some tasks, without overflow.
  private static func logarithmOfSum(_ tasks: [Int], _ logarithms: [Double]) -> Double {
    var largest = -Double.infinity
    for task in tasks { largest = max(largest, logarithms[task]) }
    var sum = 0.0
    for task in tasks { sum += exp(logarithms[task] - largest) }
    return largest + log(sum)
  }
}
