/// Counts of small whole numbers whose sums from below cost O(log n) (Fenwick 1994,
/// doi:10.1002/spe.4380240306).
struct CountTree<Count: FixedWidthInteger & Sendable>: Sendable {
  private var sums: [Count]
  private var counts: [Count]

  /// Starts without ranks; they are below `size`.
  init(size: Int) {
    sums = [Count](repeating: 0, count: size + 1)
    counts = [Count](repeating: 0, count: size)
  }

  mutating func add(_ rank: Int, _ count: Count = 1) {
    counts[rank] += count
    var node = rank + 1
    while node < sums.count {
      sums[node] += count
      node += node & -node
    }
  }

  func at(_ rank: Int) -> Int { Int(counts[rank]) }

  /// How many smaller ones were added.
  func below(_ rank: Int) -> Int {
    var sum = 0
    var node = rank
    while node > 0 {
      sum += Int(sums[node])
      node -= node & -node
    }
    return sum
  }
}
