/// What a message is for.
public enum RankPurpose: Int32, Sendable, CaseIterable {
  /// Gradients of dense parameters.
  case dense = 1
  /// Gradients of rows of tables.
  case lookups
  /// Sums of losses and running means.
  case sums
  /// What all ranks do next.
  case agenda
}

/// What a rank has sent, by purpose.
public struct RankTraffic: Sendable, Hashable {
  /// Bytes of contents.
  public internal(set) var bytes: [RankPurpose: Int] = [:]
  /// Messages.
  public internal(set) var messages: [RankPurpose: Int] = [:]

  /// Nothing yet.
  public init() {
    // All purposes are there from the first on, so that counting allocates nothing.
    for purpose in RankPurpose.allCases { (bytes[purpose], messages[purpose]) = (0, 0) }
  }

  mutating func count(_ bytes: Int, for purpose: RankPurpose) {
    self.bytes[purpose, default: 0] += bytes
    messages[purpose, default: 0] += 1
  }
}
