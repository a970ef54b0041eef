/// How the values of a list become one row of numbers.
public enum Pooling: String, Sendable, Hashable, CaseIterable, Codable {
  /// Their mean.
  case mean
  /// Their sum.
  case sum
}

/// What the lists of a field are like: how they are pooled, and how long the longest is.
public struct ListShape: Sendable, Hashable, Codable {
  /// How the values of a list become one.
  public var pooling: Pooling
  /// Values in the longest list, 1 at least.
  public var longest: Int

  /// Describes lists.
  public init(_ pooling: Pooling, longest: Int) {
    self.pooling = pooling
    self.longest = max(1, longest)
  }
}

/// Where the lists of a field lie: list l is `ids[starts[l] ..< starts[l + 1]]`.
///
/// Rows name their list by its number, in the place where other fields have their id, so that rows of
/// any length lie in an array of a fixed width.
public struct ListRows: BitwiseCopyable {
  /// Where each list starts, one more than there are lists; nil if the field has no lists.
  public var starts: UnsafePointer<Int32>?
  /// The ids of all lists.
  public var ids: UnsafePointer<Int32>?

  /// Names the memory of lists.
  public init(starts: UnsafePointer<Int32>?, ids: UnsafePointer<Int32>?) {
    self.starts = starts
    self.ids = ids
  }

  /// The ids of a list.
  public subscript(list: Int) -> UnsafeBufferPointer<Int32> {
    guard let starts, let ids else { return UnsafeBufferPointer(start: nil, count: 0) }
    return UnsafeBufferPointer(
      start: ids + Int(starts[list]), count: Int(starts[list + 1] - starts[list]))
  }
}
