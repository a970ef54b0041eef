/// GradDrop: entry by entry, keeps the gradients of one sign, drawn by how far the tasks agree.
///
///     p = ½(1 + Σ_k g_k / Σ_k |g_k|),  ½ without any gradient      u ~ U[0, 1) an entry, for all tasks
///     m_k = (g_k > 0 and p > u) or (g_k < 0 and p < u)      g = Σ_k (ℓ_k + (1 − ℓ_k)·m_k)·g_k
///
/// Entries on which all agree always pass; ℓ leaks. u is a function of seed, step and entry. (The paper
/// drops gradients of a shared representation; here they are those of the shared parameters.)
///
/// Chen, Ngiam, Huang, Luong, Kretzschmar, Chai, Anguelov. "Just Pick a Sign: Optimizing Deep Multitask
/// Models with Gradient Sign Dropout." NeurIPS 2020. arXiv:2010.06808
public struct GradDrop: Balancer {
  /// GradDrop.
  public static let about = BalancerDescription(
    name: "graddrop", title: "GradDrop",
    paper: "Chen et al. Just Pick a Sign … NeurIPS 2020. arXiv:2010.06808",
    summary: "entry by entry, keeps the gradients of one sign")
  /// ℓ.
  public static let options = [
    BalancerOption<Self>(
      "leak", .numbers(\.leak, in: 0...1), "ℓ: the share of a gradient that is never dropped")
  ]

  /// ℓ by task; a single one is every task's.
  public var leak = [0.0]

  /// No leak.
  public init() {}

  /// Every entry.
  public var sees: BalancerSight { .entries }

  /// They do not go by task.
  public var givesTaskWeights: Bool { false }

  /// One leak, or one for each task.
  public mutating func fit(_ tasks: BalancedTasks) throws(BalancerError) {
    guard leak.count == 1 || leak.count == tasks.count else {
      throw .badValue(
        balancer: Self.about.name, option: "leak",
        found: "\(leak.count) numbers for \(tasks.count) tasks",
        expected: "one number, or one for each of \(tasks.names.joined(separator: ", "))")
    }
  }

  /// All of it goes by entries.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {}

  /// Keeps one sign of each entry.
  public func combine(
    _ entries: GradientEntries, _ step: BalancingStep, weights: BalancerWeights,
    into result: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<entries.count {
      let uniform = step.draws.uniform(
        UInt64(truncatingIfNeeded: step.number), UInt64(entries.first + index))
      result[index] = combine(entries, index, step, uniform: uniform)
    }
  }

  /// One entry with its draw.
  func combine(
    _ entries: GradientEntries, _ index: Int, _ step: BalancingStep, uniform: Double
  ) -> Float {
    let purity = Double(Self.purity(entries, index, count: step.count))
    var sum: Float = 0
    for task in 0..<step.count {
      let gradient = entries.gradient(task)[index]
      let isKept =
        gradient > 0 ? purity > uniform || purity >= 1 : purity < uniform || purity <= 0
      let leak = Float(leak.count == 1 ? leak[0] : leak[step.tasks[task]])
      sum += isKept ? gradient : leak * gradient
    }
    return sum
  }

  /// p of one entry.
  static func purity(_ entries: GradientEntries, _ index: Int, count: Int) -> Float {
    var (sum, size): (Float, Float) = (0, 0)
    for task in 0..<count {
      sum += entries.gradient(task)[index]
      size += abs(entries.gradient(task)[index])
    }
    return size > 0 ? 0.5 * (1 + sum / size) : 0.5
  }
}
