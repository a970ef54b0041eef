/// The rows of each group (user, session), groups in rising order and rows in theirs.
struct RowGroups {
  private let order: [Int32]
  private let starts: [Int]

  /// Sorts rows by the whole numbers that name their groups.
  init(_ groups: [Int]) {
    guard let least = groups.min(), let most = groups.max() else {
      (order, starts) = ([], [0])
      return
    }
    if most &- least >= 0, most &- least < 4 * groups.count + 1024 {
      (order, starts) = Self.counted(groups, least: least, size: most - least + 1)
    } else {
      let sorted = groups.indices.map(Int32.init).sorted {
        (groups[Int($0)], $0) < (groups[Int($1)], $1)
      }
      order = sorted
      starts =
        sorted.indices.filter {
          $0 == 0 || groups[Int(sorted[$0])] != groups[Int(sorted[$0 - 1])]
        } + [sorted.count]
    }
  }

  private static func counted(_ groups: [Int], least: Int, size: Int) -> ([Int32], [Int]) {
    var next = [Int](repeating: 0, count: size + 1)
    for group in groups { next[group - least + 1] += 1 }
    for group in 0..<size { next[group + 1] += next[group] }
    var starts: [Int] = []
    for group in 0..<size where next[group] < next[group + 1] { starts.append(next[group]) }
    var order = [Int32](repeating: 0, count: groups.count)
    for (row, group) in groups.enumerated() {
      order[next[group - least]] = Int32(row)
      next[group - least] += 1
    }
    return (order, starts + [groups.count])
  }

  /// How many groups have rows.
  var count: Int { starts.count - 1 }

  /// The rows of a group, by its place.
  subscript(index: Int) -> ArraySlice<Int32> { order[starts[index]..<starts[index + 1]] }
}
