internal import Foundation

/// FAMO: weights that let all losses fall at the same rate, without the tasks' gradients.
///
///     z = softmax(ξ)      D_k = L_k − ℓ + ε      w_k = (z_k / D_k) / Σ_j z_j / D_j
///     δ_k = ln D_k(before) − ln D_k(after)       ∇ξ = (∂z/∂ξ)ᵀ·δ
///
/// After the update the losses of the same batch are looked at again, and Adam moves ξ so that tasks
/// which improved most count less. The weights sum to 1. ε = 1e-8; a loss at or below its floor ℓ counts
/// as ε. That look at the losses after the update is a further forward pass, which is the method and not
/// the way it is built: FAMO costs what a forward pass costs, some 30 % of a step, beside equal weights.
///
/// Liu, Feng, Stone, Liu. "FAMO: Fast Adaptive Multitask Optimization." NeurIPS 2023. arXiv:2306.03792
public struct FAMO: Balancer {
  /// FAMO.
  public static let about = BalancerDescription(
    name: "famo", title: "FAMO",
    paper: "Liu et al. Fast Adaptive Multitask Optimization. NeurIPS 2023. arXiv:2306.03792",
    summary: "lets all losses fall at the same rate, by one more forward pass after each update")
  /// Learning rate, decay, floor.
  public static let options = [
    BalancerOption<Self>("rate", .number(\.rate, in: .fromZero), "the learning rate of ξ"),
    BalancerOption("decay", .number(\.decay, in: .fromZero), "the weight decay of ξ"),
    BalancerOption("floor", .number(\.floor, in: .fromZero), "ℓ: what no loss falls below"),
  ]

  /// Adam's learning rate of ξ.
  public var rate = 0.025
  /// Added to ξ's gradient as decay·ξ (paper and LibMTL; the official code has 1e-5).
  public var decay = 1e-3
  /// ℓ.
  public var floor = 0.0

  /// The paper's choices.
  public init() {}

  /// The losses, and those after the update.
  public var sees: BalancerSight { [.losses, .lossesAgain] }

  /// ξ = 0.
  public func memory(of tasks: BalancedTasks) -> LearnedScale {
    LearnedScale(tasks.names.map { _ in 0 })
  }

  /// The weights of whole losses.
  public func weigh(
    _ step: BalancingStep, memory: inout LearnedScale, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    shares(step, memory, &scratch)
    var sum = 0.0
    for index in 0..<step.count {
      scratch.others[index] /= distance(step.losses[index])
      sum += scratch.others[index]
    }
    for index in 0..<step.count { weights.setBoth(index, to: scratch.others[index] / sum) }
  }

  /// One step of Adam on ξ.
  public func lookAgain(
    _ losses: [Double], _ step: BalancingStep, memory: inout LearnedScale,
    scratch: inout BalancerScratch
  ) {
    shares(step, memory, &scratch)
    var mean = 0.0
    for index in 0..<step.count {
      let fall = log(distance(step.losses[index])) - log(distance(losses[index]))
      scratch.numbers[index] = fall
      mean += scratch.others[index] * fall
    }
    for (index, task) in step.tasks.enumerated() {
      memory.update(
        task, gradient: scratch.others[index] * (scratch.numbers[index] - mean), rate: rate,
        decay: decay)
    }
  }

  /// z of the tasks that take part, into the scratch's other numbers.
  private func shares(
    _ step: BalancingStep, _ memory: LearnedScale, _ scratch: inout BalancerScratch
  ) {
    for (index, task) in step.tasks.enumerated() { scratch.numbers[index] = memory.values[task] }
    softmax(scratch.numbers, count: step.count, into: &scratch.others)
  }

  private func distance(_ loss: Double) -> Double { max(loss - floor, 0) + 1e-8 }
}
