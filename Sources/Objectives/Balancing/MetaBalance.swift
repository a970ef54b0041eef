/// MetaBalance: brings the auxiliary tasks' gradients of every shared array near the magnitude of
/// the target task's.
///
///     m_k ← β·m_k + (1 − β)·‖g_k‖           for every shared array, m_k = 0 at the start
///     w_k = r·m_0 / m_k + (1 − r)           g = Σ_k w_k·g_k
///
/// Task 0 stands for the target, whose weight is 1. Strategy A only shrinks (m_k > m_0), B only
/// enlarges (m_k < m_0), C does both: the published code has C alone, the default here. An
/// auxiliary whose average norm is 0 on an array keeps the weight 1, which the paper leaves open.
///
/// He, Feng, Cheng, Ji, Guo, Caverlee "MetaBalance: Improving Multi-Task Recommendations via
/// Adapting Gradient Magnitudes of Auxiliary Tasks." WWW 2022. doi:10.1145/3485447.3512093
public struct MetaBalance: Sendable, Hashable {
  /// Which auxiliaries are weighed.
  public enum Strategy: String, Sendable, Hashable, CaseIterable {
    /// Those above the target.
    case shrink = "A"
    /// Those below it.
    case enlarge = "B"
    /// All.
    case both = "C"
  }

  /// Which auxiliaries are weighed.
  public var strategy = Strategy.both
  /// r, from 0 (a plain sum) to 1 (equal magnitudes).
  public var relax = 0.7
  /// β of the moving average.
  public var decay = 0.9
  /// The target's place.
  public var target = 0

  /// The published code's choices.
  public init() {}

  /// Takes the norms of one array's gradients in and says how they are weighed.
  ///
  /// - Parameters:
  ///   - norms: ‖g_k‖ by task, [T].
  ///   - averages: m_k by task, moved on, [T].
  ///   - isOn: which tasks take part; the others' averages stand still and their weights are 0.
  ///   - weights: w_k by task, [T].
  public func weigh(
    _ norms: UnsafePointer<Double>, averages: UnsafeMutablePointer<Double>, isOn: [Bool],
    weights: UnsafeMutablePointer<Float>
  ) {
    for task in isOn.indices where isOn[task] {
      averages[task] = decay * averages[task] + (1 - decay) * norms[task]
    }
    for task in isOn.indices {
      let weight = weight(averages[task], target: isOn[target] ? averages[target] : nil)
      weights[task] = isOn[task] ? Float(task == target ? 1 : weight) : 0
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
