import Foundation
public import Tensors

/// Who moves the weights that every task keeps: factors on a task's gradient there.
///
///     impact-param   I_k ← ρI_k + (1−ρ)|w·∂ℓ⁺_k/∂w|,   a_k = T·I_k^γ / Σ_j I_j^γ     weight by weight
///     impact-net     Δ_k ← ρΔ_k + (1−ρ)(ℓ⁻_k − ℓ⁺_k),  a_k = T·softmax(Δ/τ)_k         for all of S
///
/// T and the sums are over the tasks that are on. A task's means are brought up to date in its turn,
/// before its factor is read. Factors are 1 until every task that is on has had a turn, outside S, and
/// where all impacts are 0.
public final class ConflictRule {
  private let plan: ContrastPlan
  private let tasks: Int
  private var seen: [Bool]
  /// By task, whether it is on.
  public var isOn: [Bool]
  /// Δ by task.
  public private(set) var differences: [Double]
  /// I by task and layer.
  public private(set) var impacts: [[[Float]]]
  /// S by layer.
  public var shared: [[Float]] {
    didSet { impacts = impacts.map { _ in shared.map { $0.map { _ in 0 } } } }
  }

  /// Nothing seen yet.
  public init(_ plan: ContrastPlan, tasks: Int, shared: [[Float]]) {
    self.plan = plan
    self.tasks = tasks
    self.shared = shared
    seen = [Bool](repeating: false, count: tasks)
    isOn = [Bool](repeating: true, count: tasks)
    differences = [Double](repeating: 0, count: tasks)
    impacts = (0..<tasks).map { _ in shared.map { $0.map { _ in 0 } } }
  }

  /// Visits all that it has noted, and S.
  public func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.flags("seen", &seen, count: tasks)
    try archive.flags("is-on", &isOn, count: tasks)
    try archive.numbers("differences", &differences, count: tasks)
    var shared = shared
    for layer in shared.indices {
      try archive.numbers("layer-\(layer)/shared", &shared[layer], count: shared[layer].count)
    }
    // Which makes impacts 0.
    if archive.isLoading { self.shared = shared }
    for task in impacts.indices {
      for layer in shared.indices {
        try archive.numbers(
          "layer-\(layer)/task-\(task)", &impacts[task][layer], count: shared[layer].count)
      }
    }
  }

  /// Notes a task's losses in its turn.
  public func note(_ task: Int, positive: Double, negative: Double) {
    seen[task] = true
    differences[task] = plan.memory * differences[task] + (1 - plan.memory) * (negative - positive)
  }

  /// Notes a task's gradient of a layer, ∂ℓ⁺/∂w.
  public func note(
    _ task: Int, layer: Int, weights: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
    scale: Float
  ) {
    guard plan.rule == .impactParameter else { return }
    let (old, new) = (Float(plan.memory), 1 - Float(plan.memory))
    impacts[task][layer].withUnsafeMutableBufferPointer { impact in
      for index in impact.indices {
        impact[index] = old * impact[index] + new * abs(weights[index] * gradient[index] * scale)
      }
    }
  }

  /// Multiplies a task's gradient of a layer by its factors.
  public func apply(_ task: Int, layer: Int, to gradient: UnsafeMutablePointer<Float>) {
    guard isReady else { return }
    if plan.rule == .impactNetwork {
      let share = networkFactor(of: task)
      for index in shared[layer].indices where shared[layer][index] != 0 {
        gradient[index] *= share
      }
      return
    }
    for index in shared[layer].indices where shared[layer][index] != 0 {
      gradient[index] *= factor(of: task, layer: layer, at: index)
    }
  }

  /// a_k of one weight of S.
  public func factor(of task: Int, layer: Int, at index: Int) -> Float {
    guard isReady, shared[layer][index] != 0 else { return 1 }
    guard plan.rule == .impactParameter else {
      return plan.rule == .impactNetwork ? networkFactor(of: task) : 1
    }
    var (count, sum, own) = (0.0, 0.0, 0.0)
    for other in 0..<tasks where isOn[other] {
      let power = pow(Double(impacts[other][layer][index]), plan.power)
      count += 1
      sum += power
      if other == task { own = power }
    }
    return sum > 0 ? Float(count * own / sum) : 1
  }

  private func networkFactor(of task: Int) -> Float {
    var top = -Double.infinity
    for other in 0..<tasks where isOn[other] { top = max(top, differences[other]) }
    var (count, sum) = (0.0, 0.0)
    for other in 0..<tasks where isOn[other] {
      count += 1
      sum += exp((differences[other] - top) / plan.ruleTemperature)
    }
    return Float(count * exp((differences[task] - top) / plan.ruleTemperature) / sum)
  }

  /// Whether every task that is on has had a turn.
  private var isReady: Bool {
    (0..<tasks).allSatisfy { seen[$0] || !isOn[$0] }
  }
}
