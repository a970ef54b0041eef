/// All tasks count the same: the plain sum of the losses.
///
///     w_k = 1
public struct EqualWeights: Balancer {
  /// The plain sum.
  public static let about = BalancerDescription(
    name: "equal", title: "Equal weights", paper: "The plain sum of the losses",
    summary: "every task counts 1")
  /// Nothing to choose.
  public static let options: [BalancerOption<Self>] = []

  /// The plain sum.
  public init() {}

  /// It does not look at the others.
  public var weighsOneTask: Bool { true }

  /// Nothing.
  public var sees: BalancerSight { [] }

  /// Leaves all weights at 1.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {}
}
