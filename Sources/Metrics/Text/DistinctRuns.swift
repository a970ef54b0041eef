/// How varied texts are: the share of different n-grams among all of theirs.
///
///     distinct-n = |∪_texts n-grams| / Σ_texts |n-grams|
///
/// It falls as texts repeat themselves and each other, and with the number of texts: compare it at equal
/// numbers. NaN where no text has n tokens.
///
/// Li et al. "A Diversity-Promoting Objective Function for Neural Conversation Models." NAACL 2016.
/// doi:10.18653/v1/N16-1014
public struct DistinctRuns<Token: Hashable & Sendable>: Sendable {
  private let n: Int
  private var different: Set<ArraySlice<Token>> = []
  private var total = 0

  /// No texts yet; runs of n tokens will be counted.
  public init(of n: Int) {
    precondition(n > 0, "distinct-\(n)")
    self.n = n
  }

  /// Adds a text.
  public mutating func add(_ text: [Token]) {
    let counts = NGramCounts(text, of: n)
    total += counts.total
    different.formUnion(counts.counts.keys)
  }

  /// The share.
  public var share: Double { Double(different.count) / Double(total) }
}
