internal import Foundation
import Runs
public import Tensors

/// Weights by homoscedastic uncertainty: each task learns how noisy it is.
///
///     regression      L = Σ_k ½·e^(−s_k)·L_k + ½·s_k      w_k = ½·e^(−s_k)
///     classification  L = Σ_k e^(−s_k)·L_k + ½·s_k        w_k = e^(−s_k)
///
/// s_k = ln σ_k² is learned by Adam beside the network, from −0.5 in the first form (as in LibMTL) and
/// 0 in the second (as in TorchJD), and kept within ±10, where a loss near 0 would drive it further.
/// By default each task has the form of its kind. The weights of a step are those before it, so that
/// they cost nothing.
///
/// Kendall, Gal, Cipolla. "Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and
/// Semantics." CVPR 2018. doi:10.1109/CVPR.2018.00781
public struct UncertaintyWeights: Balancer {
  /// By uncertainty.
  public static let about = BalancerDescription(
    name: "uncertainty", title: "Uncertainty weights",
    paper: "Kendall et al. Multi-Task Learning Using Uncertainty … CVPR 2018. "
      + "doi:10.1109/CVPR.2018.00781",
    summary: "each task learns how noisy it is, and counts less for it")
  /// Form and learning rate.
  public static let options = [
    BalancerOption<Self>(
      "form", .word(\.form, of: ["auto", "classification", "regression"]),
      "what is minimised; auto: by each task's kind", isLive: false),
    BalancerOption("rate", .number(\.rate, in: .fromZero), "the learning rate of s"),
  ]

  /// What is minimised.
  public var form = "auto"
  /// Adam's learning rate of s.
  public var rate = 0.01

  /// By each task's kind.
  public init() {}

  /// s by task, and its moments.
  public struct Memory: Sendable, Hashable, ArchivedState {
    /// s.
    public var scale: LearnedScale
    /// By task, whether the form is that of regression.
    public var isRegression: [Bool]

    /// Visits both.
    public mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
      try archive.part("scale") { archive throws(ArchiveError) in try scale.visit(&archive) }
      try archive.flags("is-regression", &isRegression, count: isRegression.count)
    }
  }

  /// Nothing before a step.
  public var sees: BalancerSight { [] }

  /// s at its start.
  public func memory(of tasks: BalancedTasks) -> Memory {
    let isRegression = tasks.answers.map {
      form == "auto" ? $0.rowLoss.isSquared : form == "regression"
    }
    return Memory(
      scale: LearnedScale(isRegression.map { $0 ? -0.5 : 0 }), isRegression: isRegression)
  }

  /// The weights of whole losses.
  public func weigh(
    _ step: BalancingStep, memory: inout Memory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    for (index, task) in step.tasks.enumerated() {
      weights.setBoth(index, to: Self.weight(task, memory))
    }
  }

  /// One step of Adam on s.
  public func learn(
    _ step: BalancingStep, memory: inout Memory, scratch: inout BalancerScratch
  ) {
    for (index, task) in step.tasks.enumerated() {
      memory.scale.update(
        task, gradient: 0.5 - Self.weight(task, memory) * step.losses[index], rate: rate)
      memory.scale.values[task] = min(10, max(-10, memory.scale.values[task]))
    }
  }

  private static func weight(_ task: Int, _ memory: Memory) -> Double {
    (memory.isRegression[task] ? 0.5 : 1) * exp(-memory.scale.values[task])
  }
}
