internal import Foundation

/// Random loss weighting (RLW): new weights in every step, a control that other balancers must beat.
///
///     w = softmax(ε),  ε_k ~ N(0, 1)
///
/// The weights sum to 1. The draws are a function of seed, step and task.
///
/// Lin, Ye, Zhang, Tsang. "Reasonable Effectiveness of Random Weighting: A Litmus Test for Multi-Task
/// Learning." TMLR 2022. arXiv:2111.10603
public struct RandomWeights: Balancer {
  /// Random loss weighting.
  public static let about = BalancerDescription(
    name: "random", title: "RLW",
    paper: "Lin et al. Reasonable Effectiveness of Random Weighting. TMLR 2022. arXiv:2111.10603",
    summary: "new random weights in every step: the control")
  /// Nothing to choose.
  public static let options: [BalancerOption<Self>] = []

  /// Random loss weighting.
  public init() {}

  /// Nothing.
  public var sees: BalancerSight { [] }

  /// Draws, and the weights that follow.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    for (index, task) in step.tasks.enumerated() {
      scratch.numbers[index] = step.draws.normal(
        UInt64(truncatingIfNeeded: step.number), UInt64(task))
    }
    Self.weights(of: scratch.numbers, count: step.count, into: &weights)
  }

  /// softmax(ε) for whole losses.
  static func weights(of noise: [Double], count: Int, into weights: inout BalancerWeights) {
    softmax(noise, count: count, into: &weights.shared)
    for index in 0..<count { weights.own[index] = weights.shared[index] }
  }
}

/// softmax of n numbers.
func softmax(_ numbers: [Double], count: Int, into result: inout [Double]) {
  var largest = -Double.infinity
  for index in 0..<count { largest = max(largest, numbers[index]) }
  var sum = 0.0
  for index in 0..<count {
    result[index] = exp(numbers[index] - largest)
    sum += result[index]
  }
  for index in 0..<count { result[index] /= sum }
}
