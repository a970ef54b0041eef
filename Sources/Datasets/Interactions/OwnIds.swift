/// The ids of users, or of items, that can be told apart: all from a first one on but the id that rows
/// have which name nobody.
public struct OwnIds: RandomAccessCollection, Hashable, Sendable {
  private let range: Range<Int32>
  private let missing: Int32?

  /// Ids of a range, without one of them where rows that name nobody have it.
  public init(_ range: Range<Int32>, without missing: Int32? = nil) {
    self.range = range
    self.missing = missing.flatMap { range.contains($0) ? $0 : nil }
  }

  /// 0.
  public var startIndex: Int { 0 }

  /// How many ids there are.
  public var endIndex: Int { range.count - (missing == nil ? 0 : 1) }

  /// The id before which so many others are.
  public subscript(index: Int) -> Int32 {
    let id = range.lowerBound + Int32(index)
    guard let missing, id >= missing else { return id }
    return id + 1
  }

  /// Whether an id is that of one user, or of one item.
  public func contains(_ id: Int32) -> Bool { range.contains(id) && id != missing }

  /// How many ids are before one of them.
  public func index(of id: Int32) -> Int {
    let isBehind = missing.map { $0 < id } ?? false
    return Int(id - range.lowerBound) - (isBehind ? 1 : 0)
  }
}
