/// How much of a reference a text says: n-grams, or the longest run of tokens, with gaps, that both
/// have in order.
///
/// Nothing is stemmed and no word is left out: tokens are compared as they are. A text or reference
/// without n-grams has 0.
///
/// Lin. "ROUGE: A Package for Automatic Evaluation of Summaries." ACL workshop Text Summarization
/// Branches Out, 2004.
public enum ROUGE {
  /// Shares of what was found.
  public struct Scores: Sendable, Equatable {
    /// The share of the candidate that the reference has.
    public let precision: Double
    /// The share of the reference that the candidate has.
    public let recall: Double

    /// The harmonic mean of both; 0 where both are.
    public var f1: Double {
      precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
    }

    init(found: Int, candidate: Int, reference: Int) {
      precision = candidate > 0 ? Double(found) / Double(candidate) : 0
      recall = reference > 0 ? Double(found) / Double(reference) : 0
    }
  }

  /// ROUGE-n: matching runs of n tokens, each as often as both have it.
  public static func ofRuns<Token: Hashable & Sendable>(
    of n: Int, candidate: [Token], reference: [Token]
  ) -> Scores {
    let (own, other) = (NGramCounts(candidate, of: n), NGramCounts(reference, of: n))
    return Scores(found: own.overlap(with: other), candidate: own.total, reference: other.total)
  }

  /// ROUGE-L: the longest common subsequence; O(n·m) time, O(m) memory.
  public static func ofLongestSubsequence<Token: Equatable>(
    candidate: [Token], reference: [Token]
  ) -> Scores {
    // lengths[j]: of the candidate so far and the first j tokens of the reference.
    var lengths = [Int](repeating: 0, count: reference.count + 1)
    for token in candidate {
      var diagonal = 0
      for (j, other) in reference.enumerated() {
        let above = lengths[j + 1]
        lengths[j + 1] = token == other ? diagonal + 1 : max(above, lengths[j])
        diagonal = above
      }
    }
    return Scores(
      found: lengths[reference.count], candidate: candidate.count, reference: reference.count)
  }
}
