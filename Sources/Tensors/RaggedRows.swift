/// Where the entries of a ragged column lie: the words of texts, the texts of users.
///
/// Entries of a parent follow each other, and parents do so too: entry e of parent p has the number
/// `starts[p] + e`, and what it names is `values[at[p] + e]`, of which nothing is copied.
public struct RaggedRows: BitwiseCopyable {
  /// The number of each parent's first entry, and behind the last parent that of the end.
  public var starts: UnsafePointer<Int32>
  /// Where each parent's first entry lies in ``values``; nil: at its number.
  public var at: UnsafePointer<Int32>?
  /// What entries name: words; nil if they name nothing.
  public var values: UnsafePointer<Int32>?

  /// Names the memory of entries.
  public init(
    starts: UnsafePointer<Int32>, at: UnsafePointer<Int32>? = nil,
    values: UnsafePointer<Int32>? = nil
  ) {
    self.starts = starts
    self.at = at
    self.values = values
  }

  /// What the entries of a parent name.
  public subscript(parent: Int) -> UnsafeBufferPointer<Int32> {
    let (first, end) = (starts[parent], starts[parent + 1])
    return UnsafeBufferPointer(
      start: values.map { $0 + Int(at?[parent] ?? first) },
      count: values == nil ? 0 : Int(end - first))
  }
}
