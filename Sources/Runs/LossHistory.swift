/// Loss bins of any number of steps in bounded room.
///
/// When a task has too many, neighbours are merged two by two, so that older steps are the coarser and
/// no extreme is lost.
public struct LossHistory: Sendable {
  private let capacity: Int
  private var lanes: [[LossBin]] = []

  /// Tasks at most; bins of further ones are left out.
  private static let mostTasks = 4_096

  /// An empty history of so many bins a task at most, 2 or more.
  public init(capacity: Int) { self.capacity = max(2, capacity) }

  /// Whether it holds no bin.
  public var isEmpty: Bool { lanes.allSatisfy(\.isEmpty) }

  /// The bins, by task and then by step.
  public var bins: [LossBin] { lanes.flatMap { $0 } }

  /// Takes in bins of later steps.
  public mutating func add(_ bins: [LossBin]) {
    for bin in bins where 0..<Self.mostTasks ~= bin.task {
      while lanes.count <= bin.task { lanes.append([]) }
      if lanes[bin.task].count == capacity { condense(bin.task) }
      lanes[bin.task].append(bin)
    }
  }

  /// Takes the bins out.
  public mutating func drain() -> [LossBin] {
    let all = bins
    for task in lanes.indices { lanes[task].removeAll(keepingCapacity: true) }
    return all
  }

  private mutating func condense(_ task: Int) {
    let half = lanes[task].count / 2
    for index in 0..<half {
      var bin = lanes[task][2 * index]
      bin.merge(lanes[task][2 * index + 1])
      lanes[task][index] = bin
    }
    let isOdd = !lanes[task].count.isMultiple(of: 2)
    if isOdd, let last = lanes[task].last { lanes[task][half] = last }
    lanes[task].removeLast(lanes[task].count - half - (isOdd ? 1 : 0))
  }
}
