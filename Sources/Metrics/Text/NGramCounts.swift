/// How often every run of n neighbouring tokens occurs in a text.
struct NGramCounts<Token: Hashable & Sendable>: Sendable {
  /// Occurrences by run.
  let counts: [ArraySlice<Token>: Int]
  /// Runs in the text: its tokens less n − 1, at least 0.
  let total: Int

  /// Counts the runs of n tokens, n ≥ 1.
  init(_ text: [Token], of n: Int) {
    precondition(n > 0, "n-grams of \(n) tokens")
    total = max(0, text.count - n + 1)
    var counts: [ArraySlice<Token>: Int] = [:]
    for first in 0..<total { counts[text[first..<(first + n)], default: 0] += 1 }
    self.counts = counts
  }

  /// Runs that both have, each as often as it occurs where it occurs less.
  func overlap(with other: Self) -> Int {
    counts.reduce(0) { $0 + min($1.value, other.counts[$1.key] ?? 0) }
  }
}
