public import Tensors

/// MetaBalance: brings the auxiliary tasks' gradients of every shared array near the magnitude of
/// the target task's.
///
///     m_k ← β·m_k + (1 − β)·‖g_k‖           for every shared array, m_k = 0 at the start
///     w_k = r·m_t / m_k + (1 − r)           g = Σ_k w_k·g_k
///
/// The target t's weight is 1. Strategy A, `shrink`, only shrinks (m_k > m_t), B, `enlarge`, only
/// enlarges (m_k < m_t), C, `both`, does both: the published code has C alone, the default here. An
/// auxiliary whose average norm is 0 on an array keeps the weight 1, which the paper leaves open. While
/// the target is off all weights are 1.
///
/// He, Feng, Cheng, Ji, Guo, Caverlee "MetaBalance: Improving Multi-Task Recommendations via
/// Adapting Gradient Magnitudes of Auxiliary Tasks." WWW 2022. doi:10.1145/3485447.3512093
public struct MetaBalance: Balancer {
  /// Which auxiliaries are weighed.
  public enum Strategy: String, Sendable, Hashable, CaseIterable {
    /// Those above the target, A.
    case shrink
    /// Those below it, B.
    case enlarge
    /// All, C.
    case both
  }

  /// MetaBalance.
  public static let about = BalancerDescription(
    name: "metabalance", title: "MetaBalance",
    paper: "He et al. MetaBalance … WWW 2022. doi:10.1145/3485447.3512093",
    summary: "brings gradients of each array near the magnitude of the target task's")
  /// Strategy, r, β and the target.
  public static let options = [
    BalancerOption<Self>(
      "strategy", .word(\.strategyName, of: Strategy.allCases.map(\.rawValue)),
      "which gradients change: longer than the target's, shorter, both"),
    BalancerOption(
      "relax", .number(\.relax, in: 0...1), "r: 0 is the plain sum, 1 gives equal magnitudes"),
    BalancerOption("decay", .number(\.decay, in: 0...1), "β of the average norms"),
    BalancerOption("target", .task(\.targetName), "the task whose magnitude the others take"),
  ]

  /// Which auxiliaries are weighed.
  public var strategy = Strategy.both
  /// r, from 0 (a plain sum) to 1 (equal magnitudes).
  public var relax = 0.7
  /// β of the moving average.
  public var decay = 0.9
  /// The target's index.
  public var target = 0
  /// The target's name; empty: the first task.
  public var targetName = ""

  /// The published code's choices.
  public init() {}

  /// The strategy as it is written.
  var strategyName: String {
    get { strategy.rawValue }
    set { strategy = Strategy(rawValue: newValue) ?? strategy }
  }

  /// The norms of each array.
  public var sees: BalancerSight { .arrayNorms }

  /// They do not go by task.
  public var givesTaskWeights: Bool { false }

  /// Finds the target.
  public mutating func fit(_ tasks: BalancedTasks) throws(BalancerError) {
    guard !targetName.isEmpty else { return target = 0 }
    guard let index = tasks.names.firstIndex(of: targetName) else {
      throw .badValue(
        balancer: Self.about.name, option: "target", found: targetName,
        expected: "one of \(tasks.names.joined(separator: ", "))")
    }
    target = index
  }

  /// Average norms.
  public struct Memory: Sendable, Hashable, ArchivedState {
    /// m, [arrays, tasks].
    public var norms: [Double]
    let tasks: Int

    /// Visits m.
    public mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
      try archive.numbers("norms", &norms, count: norms.count)
    }
  }

  /// m = 0.
  public func memory(of tasks: BalancedTasks) -> Memory {
    Memory(norms: Array(repeating: 0, count: tasks.arrays * tasks.count), tasks: tasks.count)
  }

  /// Weights go array by array.
  public func weigh(
    _ step: BalancingStep, memory: inout Memory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {}

  /// Moves an array's averages and weighs its gradients.
  public func weigh(
    array: Int, _ norms: [Double], _ step: BalancingStep, memory: inout Memory,
    weights: inout BalancerWeights
  ) {
    let first = array * memory.tasks
    var goal: Double?
    for (index, task) in step.tasks.enumerated() {
      memory.norms[first + task] = decay * memory.norms[first + task] + (1 - decay) * norms[index]
      if task == target { goal = memory.norms[first + task] }
    }
    for (index, task) in step.tasks.enumerated() where task != target {
      weights.shared[index] = weight(memory.norms[first + task], target: goal)
    }
  }

  private func weight(_ average: Double, target: Double?) -> Double {
    guard let target, average > 0 else { return 1 }
    switch strategy {
    case .shrink where average <= target: return 1
    case .enlarge where average >= target: return 1
    default: return relax * target / average + (1 - relax)
    }
  }
}

extension MetaBalance.Strategy {
  /// The strategy of a letter, as the paper writes it: A, B, C.
  public init?(letter: String) {
    switch letter {
    case "A": self = .shrink
    case "B": self = .enlarge
    case "C": self = .both
    default: return nil
    }
  }
}
