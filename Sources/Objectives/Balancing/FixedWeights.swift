/// Weights that a person gives.
///
///     w_k = as given
///
/// They count beside the weights of the tasks themselves, and they are live.
public struct FixedWeights: Balancer {
  /// Weights by hand.
  public static let about = BalancerDescription(
    name: "fixed", title: "Fixed weights", paper: "Weights by hand",
    summary: "every task counts what you say")
  /// The weights.
  public static let options = [
    BalancerOption<Self>(
      "weights", .numbers(\.weights, in: .fromZero), "what each task counts; one for all")
  ]

  /// w by task; a single one is every task's.
  public var weights = [1.0]

  /// All 1.
  public init() {}

  /// It does not look at the others.
  public var weighsOneTask: Bool { true }

  /// Nothing.
  public var sees: BalancerSight { [] }

  /// One weight, or one for each task.
  public mutating func fit(_ tasks: BalancedTasks) throws(BalancerError) {
    guard weights.count == 1 || weights.count == tasks.count else {
      throw .badValue(
        balancer: Self.about.name, option: "weights",
        found: "\(weights.count) numbers for \(tasks.count) tasks",
        expected: "one number, or one for each of \(tasks.names.joined(separator: ", "))")
    }
  }

  /// The weights of whole losses.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights result: inout BalancerWeights
  ) {
    for (index, task) in step.tasks.enumerated() {
      result.setBoth(index, to: weights.count == 1 ? weights[0] : weights[task])
    }
  }
}
