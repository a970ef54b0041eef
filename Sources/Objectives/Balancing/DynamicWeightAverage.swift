/// Dynamic weight average (DWA): a task whose loss falls fast counts less.
///
///     r_k = L̄_k(e − 1) / L̄_k(e − 2)      w = n·softmax(r / τ)
///
/// L̄_k(e) is the mean loss of epoch e; all weights are 1 until two epochs are over. A task that was off
/// for whole epochs is compared with the last two in which it was on.
///
/// Liu, Johns, Davison. "End-to-End Multi-Task Learning with Attention." CVPR 2019.
/// doi:10.1109/CVPR.2019.00197
public struct DynamicWeightAverage: Balancer {
  /// DWA.
  public static let about = BalancerDescription(
    name: "dwa", title: "DWA",
    paper: "Liu et al. End-to-End Multi-Task Learning with Attention. CVPR 2019. "
      + "doi:10.1109/CVPR.2019.00197",
    summary: "a task whose loss falls fast from epoch to epoch counts less")
  /// The temperature.
  public static let options = [
    BalancerOption<Self>(
      "temperature", .number(\.temperature, in: 1e-3...1e6), "τ: the higher, the more equal")
  ]

  /// τ.
  public var temperature = 2.0

  /// The paper's choice.
  public init() {}

  /// Nothing before a step.
  public var sees: BalancerSight { [] }

  /// No epochs yet.
  public func memory(of tasks: BalancedTasks) -> EpochMeans { EpochMeans(tasks: tasks.count) }

  /// The weights of whole losses.
  public func weigh(
    _ step: BalancingStep, memory: inout EpochMeans, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    _ = memory.turn(to: step.epoch)
    for (index, task) in step.tasks.enumerated() {
      let ratio = memory.last[task] / memory.secondLast[task]
      guard ratio.isFinite else { return }
      scratch.numbers[index] = ratio / temperature
    }
    softmax(scratch.numbers, count: step.count, into: &scratch.others)
    for index in 0..<step.count {
      weights.setBoth(index, to: Double(step.count) * scratch.others[index])
    }
  }

  /// Adds the losses to the epoch's means.
  public func learn(
    _ step: BalancingStep, memory: inout EpochMeans, scratch: inout BalancerScratch
  ) { memory.add(step) }
}
