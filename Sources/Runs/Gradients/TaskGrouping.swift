/// Which tasks belong together: the most alike two are joined, then the most alike of what is left,
/// until all are one (average linkage, Sokal and Michener 1958).
///
/// What is compared is the cosine of gradients. It is the affinity with the lengths taken out:
///
///     Z_{i→j} Z_{j→i} / (Z_{i→i} Z_{j→j}) = cos²(g_i, g_j)
public struct TaskGrouping: Sendable, Equatable {
  /// Two groups that become one.
  public struct Join: Sendable, Equatable {
    /// The members of the group above.
    public var first: [Int]
    /// The members of the group below.
    public var second: [Int]
    /// The mean similarity between a member of one and a member of the other; NaN where none is known.
    public var similarity: Double
  }

  /// Tasks.
  public let count: Int
  /// Joins, the most alike first; similarities never rise.
  public let joins: [Join]

  /// Groups tasks by similarities between −1 and 1, row after row; NaN where one is not known.
  public init(_ similarities: [Double], count: Int) {
    self.count = count
    var groups = (0..<count).map { [$0] }
    var joins: [Join] = []
    func similarity(_ a: [Int], _ b: [Int]) -> Double {
      let known = a.flatMap { i in b.map { similarities[i * count + $0] } }.filter { !$0.isNaN }
      return known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
    }
    while groups.count > 1 {
      var best = (first: 0, second: 1, similarity: Double.nan)
      for first in groups.indices {
        for second in (first + 1)..<max(groups.count, first + 1) {
          let found = similarity(groups[first], groups[second])
          if found > best.similarity || best.similarity.isNaN && !found.isNaN {
            best = (first, second, found)
          }
        }
      }
      joins.append(
        Join(first: groups[best.first], second: groups[best.second], similarity: best.similarity))
      groups[best.first] += groups.remove(at: best.second)
    }
    self.joins = joins
  }

  /// The tasks so that every group lies in one piece.
  public var order: [Int] {
    guard let last = joins.last else { return Array(0..<count) }
    return last.first + last.second
  }

  /// The groups whose members are more alike than this on the mean.
  public func groups(above least: Double = 0) -> [[Int]] {
    var groups = (0..<count).map { [$0] }
    for join in joins where join.similarity > least {
      groups.removeAll { $0 == join.first || $0 == join.second }
      groups.append(join.first + join.second)
    }
    return groups.sorted { ($0.min() ?? 0) < ($1.min() ?? 0) }
  }
}
