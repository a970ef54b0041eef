/// Some entries of the tasks' gradients that lie side by side, and what is remembered of them.
public struct GradientEntries {
  /// How many.
  public let count: Int
  /// The number of the first among all entries: what draws go by.
  public let first: Int
  private let gradients: UnsafePointer<UnsafePointer<Float>>
  private let memory: UnsafeMutablePointer<Float>?
  private let memoryDistance: Int

  /// Entries of tasks whose memories lie at one distance.
  ///
  /// - Parameters:
  ///   - count: how many entries.
  ///   - first: the number of the first among all.
  ///   - gradients: of each task that takes part.
  ///   - memory: of task 0, whether it takes part or not; nil for a balancer without.
  ///   - memoryDistance: to the next task's.
  public init(
    count: Int, first: Int, gradients: UnsafePointer<UnsafePointer<Float>>,
    memory: UnsafeMutablePointer<Float>? = nil, memoryDistance: Int = 0
  ) {
    self.count = count
    self.first = first
    self.gradients = gradients
    self.memory = memory
    self.memoryDistance = memoryDistance
  }

  /// g_k of the k-th task that takes part, [count].
  public func gradient(_ index: Int) -> UnsafePointer<Float> { gradients[index] }

  /// What is remembered for a task, by its index among all, [count]; nil without memory.
  public func memory(of task: Int) -> UnsafeMutablePointer<Float>? {
    memory.map { $0 + task * memoryDistance }
  }
}
