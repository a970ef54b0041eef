internal import Foundation

/// IMTL-L: each task learns the scale that brings its loss to 1.
///
///     L = Σ_k e^(s_k)·L_k − s_k      w_k = e^(s_k)
///
/// At rest e^(s_k)·L_k = 1. s is learned by Adam from 0 and kept within ±10.
///
/// Liu, Li, Kuang, Xue, Chen, Yang, Liao, Zhang. "Towards Impartial Multi-task Learning." ICLR 2021.
/// https://openreview.net/forum?id=IMPnRXEWpvr
public struct ImpartialLoss: Balancer {
  /// IMTL-L.
  public static let about = BalancerDescription(
    name: "imtl-l", title: "IMTL-L",
    paper: "Liu et al. Towards Impartial Multi-task Learning. ICLR 2021. "
      + "https://openreview.net/forum?id=IMPnRXEWpvr",
    summary: "learns scales that bring every loss to 1")
  /// The learning rate.
  public static let options = [
    BalancerOption<Self>("rate", .number(\.rate, in: .fromZero), "the learning rate of s")
  ]

  /// Adam's learning rate of s.
  public var rate = 0.01

  /// IMTL-L.
  public init() {}

  /// Nothing before a step.
  public var sees: BalancerSight { [] }

  /// s = 0.
  public func memory(of tasks: BalancedTasks) -> LearnedScale {
    LearnedScale(tasks.names.map { _ in 0 })
  }

  /// The weights of whole losses.
  public func weigh(
    _ step: BalancingStep, memory: inout LearnedScale, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    for (index, task) in step.tasks.enumerated() {
      weights.setBoth(index, to: exp(memory.values[task]))
    }
  }

  /// One step of Adam on s.
  public func learn(
    _ step: BalancingStep, memory: inout LearnedScale, scratch: inout BalancerScratch
  ) {
    for (index, task) in step.tasks.enumerated() {
      let gradient = exp(memory.values[task]) * step.losses[index] - 1
      memory.update(task, gradient: gradient, rate: rate)
      memory.values[task] = min(10, max(-10, memory.values[task]))
    }
  }
}
