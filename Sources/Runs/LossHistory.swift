/// Loss bins of any number of steps in bounded room.
///
/// A bin covers up to so many steps, one at first. When a task has too many bins, that number is doubled and
/// neighbours that fit are merged: the whole course stays equally fine, and no extreme is lost.
public struct LossHistory: Sendable {
  private let capacity: Int
  private var lanes: [Lane] = []

  /// The bins of a task.
  private struct Lane {
    var bins: [LossBin] = []
    /// How many steps a bin may cover that others are merged into.
    var span = 1

    /// Takes in a bin of later steps.
    mutating func add(_ bin: LossBin, capacity: Int) {
      while bins.count >= capacity, !isRoom(for: bin) { coarsen() }
      if isRoom(for: bin) { bins[bins.count - 1].merge(bin) } else { bins.append(bin) }
    }

    /// Whether the last bin may cover the steps of a later one, too.
    private func isRoom(for bin: LossBin) -> Bool {
      bins.last.map { bin.lastStep - $0.firstStep < span } ?? false
    }

    private mutating func coarsen() {
      span *= 2
      var merged: [LossBin] = []
      for bin in bins {
        if let last = merged.last, bin.lastStep - last.firstStep < span {
          merged[merged.count - 1].merge(bin)
        } else {
          merged.append(bin)
        }
      }
      bins = merged
    }
  }

  /// Tasks at most; bins of further ones are left out.
  private static let mostTasks = 4_096

  /// An empty history of so many bins a task at most, 2 or more.
  public init(capacity: Int) { self.capacity = max(2, capacity) }

  /// Whether it holds no bin.
  public var isEmpty: Bool { lanes.allSatisfy(\.bins.isEmpty) }

  /// The bins, by task and then by step.
  public var bins: [LossBin] { lanes.flatMap(\.bins) }

  /// Takes in bins of later steps.
  public mutating func add(_ bins: [LossBin]) {
    for bin in bins where 0..<Self.mostTasks ~= bin.task {
      while lanes.count <= bin.task { lanes.append(Lane()) }
      lanes[bin.task].add(bin, capacity: capacity)
    }
  }

  /// Takes the bins out; later ones are as fine as at first.
  public mutating func drain() -> [LossBin] {
    let all = bins
    for task in lanes.indices {
      lanes[task].bins.removeAll(keepingCapacity: true)
      lanes[task].span = 1
    }
    return all
  }
}
