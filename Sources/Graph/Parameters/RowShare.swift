/// Which rows of a table each of several processes keeps.
///
///     owner(id) = ⌊(mix(id) · P) / 2³²⌋        mix: the upper half of id · 2⁶⁴/φ
///
/// so that rows of neighbouring ids are spread over all processes, each of which has about as many. Ids below
/// ``head`` have no owner: every process keeps their rows. Vocabularies begin with what is met most often, so
/// the head is what all look up in nearly every step.
public struct RowShare: Sendable, Hashable {
  /// The number of the process, from 0 on.
  public let rank: Int
  /// P.
  public let ranks: Int
  /// Ids whose rows all processes keep.
  public let head: Int

  /// All rows.
  public static let whole = RowShare(rank: 0, ranks: 1)

  /// The share of one of several processes.
  public init(rank: Int, ranks: Int, head: Int = 0) {
    precondition(ranks > 0 && (0..<ranks).contains(rank), "rank \(rank) of \(ranks)")
    (self.rank, self.ranks, self.head) = (rank, ranks, head)
  }

  /// The process that keeps the row of an id; nil: all do.
  @inline(__always) public func owner(of id: Int) -> Int? {
    guard id >= head else { return nil }
    let mixed = (UInt64(truncatingIfNeeded: id) &* 0x9E37_79B9_7F4A_7C15) >> 32
    return Int((mixed &* UInt64(ranks)) >> 32)
  }

  /// Whether a process keeps the row of an id.
  @inline(__always) public func isKept(_ id: Int, by rank: Int) -> Bool {
    owner(of: id).map { $0 == rank } ?? true
  }

  /// Whether this process keeps the row of an id.
  @inline(__always) public func keeps(_ id: Int) -> Bool { isKept(id, by: rank) }

  /// Whether each process keeps all rows.
  public var isWhole: Bool { ranks == 1 }
}
