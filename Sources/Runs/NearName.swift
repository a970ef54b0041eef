/// The known name that is nearest to a mistyped one, if it is near enough to be meant.
///
/// Near enough is an edit distance (insert, delete, replace, swap neighbours) of at most a third of
/// the longer name, and at least 1; a known name that starts with the mistyped one is near too.
///
/// - Complexity: O(n · a · b) for n names of a and b characters.
public func nearest(to name: String, in known: [String]) -> String? {
  let lower = name.lowercased()
  let ranked = known.map { ($0, editDistance(lower, $0.lowercased())) }
  guard let best = ranked.min(by: { $0.1 < $1.1 }) else { return nil }
  if best.1 <= max(1, max(name.count, best.0.count) / 3) { return best.0 }
  guard lower.count >= 2 else { return nil }
  return known.first { $0.lowercased().hasPrefix(lower) }
}

/// The number of insertions, deletions, replacements and swaps of neighbours between two texts.
func editDistance(_ left: String, _ right: String) -> Int {
  let a = Array(left)
  let b = Array(right)
  guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
  var twoBack = [Int](repeating: 0, count: b.count + 1)
  var previous = Array(0...b.count)
  for i in 1...a.count {
    var row = [Int](repeating: i, count: b.count + 1)
    for j in 1...b.count {
      let replace = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
      row[j] = min(previous[j] + 1, row[j - 1] + 1, replace)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        row[j] = min(row[j], twoBack[j - 2] + 1)
      }
    }
    twoBack = previous
    previous = row
  }
  return previous[b.count]
}
