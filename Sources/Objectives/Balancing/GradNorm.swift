internal import Foundation
public import Tensors

/// GradNorm: weights that bring the tasks' gradients to lengths in proportion to how far behind they
/// are.
///
///     n_k = w_k·‖g_k‖      r_k = (L_k / L_k⁰) / mean_j (L_j / L_j⁰)
///     min_w Σ_k |n_k − n̄·r_k^α|,  n̄·r_k^α held fixed:  ∂/∂w_k = sign(n_k − n̄·r_k^α)·‖g_k‖
///
/// w starts at 1, moves by gradient steps after each step of the network, and is scaled to sum to n. The
/// other form has w = n·softmax(v) and moves v. A weight does not fall below 1e-3. L⁰ is the loss of a
/// task's first step; the norms are of all shared parameters (the paper takes the last shared layer).
/// The weights count for whole losses. No second derivatives are needed, since the gradient by w is
/// known in closed form.
///
/// Chen, Badrinarayanan, Lee, Rabinovich. "GradNorm: Gradient Normalization for Adaptive Loss Balancing
/// in Deep Multitask Networks." ICML 2018. arXiv:1711.02257
public struct GradNorm: Balancer {
  /// GradNorm.
  public static let about = BalancerDescription(
    name: "gradnorm", title: "GradNorm",
    paper: "Chen et al. GradNorm … ICML 2018. arXiv:1711.02257",
    summary: "brings gradients to lengths by how far behind their tasks are")
  /// α, the learning rate, the form.
  public static let options = [
    BalancerOption<Self>(
      "alpha", .number(\.strength, in: 0...100), "α: how much a task that is behind counts"),
    BalancerOption("rate", .number(\.rate, in: .fromZero), "the learning rate of the weights"),
    BalancerOption(
      "form", .word(\.form, of: ["direct", "softmax"]), "what is moved: w, or v in n·softmax(v)",
      isLive: false),
  ]

  /// α.
  public var strength = 1.5
  /// The learning rate of w or v.
  public var rate = 0.025
  /// What is moved.
  public var form = "direct"

  /// The choices of the paper's experiments.
  public init() {}

  /// Weights and first losses by task.
  public struct Memory: Sendable, Hashable, ArchivedState {
    /// w, or v.
    public var values: [Double]
    /// L⁰; NaN before a task's first step.
    public var first: [Double]

    /// Visits both.
    public mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
      try archive.numbers("values", &values, count: values.count)
      try archive.numbers("first", &first, count: first.count)
    }
  }

  /// The weights are those of whole losses.
  public var weighsWholeLosses: Bool { true }

  /// The losses, and the lengths of gradients on the diagonal.
  public var sees: BalancerSight { [.losses, .gram] }

  /// All weights 1.
  public func memory(of tasks: BalancedTasks) -> Memory {
    Memory(
      values: tasks.names.map { _ in form == "softmax" ? 0 : 1 },
      first: tasks.names.map { _ in .nan })
  }

  /// The weights of whole losses.
  public func weigh(
    _ step: BalancingStep, memory: inout Memory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    fill(step, memory, &scratch)
    for index in 0..<step.count { weights.setBoth(index, to: scratch.numbers[index]) }
  }

  /// One gradient step on w or v.
  public func learn(
    _ step: BalancingStep, memory: inout Memory, scratch: inout BalancerScratch
  ) {
    for (index, task) in step.tasks.enumerated() where memory.first[task].isNaN {
      memory.first[task] = step.plainLoss(index)
    }
    fill(step, memory, &scratch)
    slope(step, memory, &scratch)
    if form == "softmax" {
      for (index, task) in step.tasks.enumerated() {
        memory.values[task] -= rate * scratch.others[index]
      }
      return
    }
    var (sum, before) = (0.0, 0.0)
    for (index, task) in step.tasks.enumerated() {
      before += memory.values[task]
      memory.values[task] = max(1e-3, memory.values[task] - rate * scratch.others[index])
      sum += memory.values[task]
    }
    // Of the tasks that take part; the others' weights stand still.
    for task in step.tasks { memory.values[task] *= before / sum }
  }

  /// w of the tasks that take part, into the scratch's numbers; they sum to n.
  func fill(_ step: BalancingStep, _ memory: Memory, _ scratch: inout BalancerScratch) {
    var sum = 0.0
    for (index, task) in step.tasks.enumerated() {
      scratch.others[index] = memory.values[task]
      sum += memory.values[task]
    }
    if form == "softmax" {
      softmax(scratch.others, count: step.count, into: &scratch.numbers)
      sum = 1
    } else {
      for index in 0..<step.count { scratch.numbers[index] = scratch.others[index] }
    }
    for index in 0..<step.count { scratch.numbers[index] *= Double(step.count) / sum }
  }

  /// The gradient by w or v of the weights in the scratch's numbers, into its other numbers.
  func slope(_ step: BalancingStep, _ memory: Memory, _ scratch: inout BalancerScratch) {
    let count = Double(step.count)
    var (length, ratios) = (0.0, 0.0)
    for (index, task) in step.tasks.enumerated() {
      length += scratch.numbers[index] * step.gram[index, index].squareRoot()
      ratios += behind(index, task, step, memory)
    }
    var mean = 0.0
    for (index, task) in step.tasks.enumerated() {
      let norm = step.gram[index, index].squareRoot()
      let rate = behind(index, task, step, memory) * count / ratios
      let excess = scratch.numbers[index] * norm - length / count * pow(rate, strength)
      scratch.others[index] = excess > 0 ? norm : excess < 0 ? -norm : 0
      mean += scratch.numbers[index] / count * scratch.others[index]
    }
    guard form == "softmax" else { return }
    for index in 0..<step.count {
      scratch.others[index] = scratch.numbers[index] * (scratch.others[index] - mean)
    }
  }

  /// L_k / L_k⁰.
  private func behind(
    _ index: Int, _ task: Int, _ step: BalancingStep, _ memory: Memory
  ) -> Double {
    max(step.plainLoss(index), smallestLoss) / max(memory.first[task], smallestLoss)
  }
}
