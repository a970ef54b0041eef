public import Objectives

/// What a balancer did in the newest step.
public struct BalancingReport: Sendable {
  /// The balancer's name, title and paper.
  public let about: BalancerDescription
  /// Its choices as text.
  public let choices: [(name: String, value: String)]
  /// Which tasks were weighed, in the order of their weights.
  public let tasks: [Int]
  /// What it gave them.
  public let weights: BalancerWeights
  /// Whether its weights go by task: not by array or by entry.
  public let goesByTask: Bool
}

extension Trainer {
  /// What the balancer did in the newest step; nil: the tasks' gradients are added.
  public var balancing: BalancingReport? {
    (stages.balance as? BalancerStage).map {
      BalancingReport(
        about: $0.balancer.about, choices: $0.balancer.choices, tasks: $0.weighed,
        weights: $0.weights, goesByTask: $0.balancer.givesTaskWeights)
    }
  }

  /// Changes a choice of the balancer from the next step on; what it remembers stays.
  ///
  /// - Throws: ``BalancerError`` if there is no such choice, or it is not live.
  public func setBalancer(_ option: String, to text: String) throws(BalancerError) {
    guard let stage = stages.balance as? BalancerStage else {
      throw .unknownOption(balancer: "equal", option: option, near: nil, known: [])
    }
    try stage.balancer.set(option, to: text)
  }
}
