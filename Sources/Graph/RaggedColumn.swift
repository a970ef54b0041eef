/// Entries of which every parent has as many as it has, packed one after another: the words of a
/// row's text, the texts of a row's user, the words of each of these.
///
/// The reviews of a row's user and item are, with their words; a row's own text and what is drawn for it
/// stand in slots, of which all rows have as many.
public struct RaggedColumn: Sendable, Hashable {
  /// Which of ``Batch/ragged`` they are.
  public let index: Int
  /// What has them: the rows of the batch, or entries of another column.
  public let parent: Extent
  /// Entries of a parent at most.
  public let longest: Int
  /// Entries that parents have in the mean, from which the rows of a block follow.
  public let typical: Double

  /// Entries of rows, or of entries.
  public init(index: Int, of parent: Extent = .rows, longest: Int, typical: Double) {
    switch parent {
    case .rows, .entries: break
    case .block, .each: preconditionFailure("ragged entries of \(parent)")
    }
    precondition(index >= 0 && longest > 0, "ragged column \(index) of \(longest) entries at most")
    self.index = index
    self.parent = parent
    self.longest = longest
    self.typical = min(max(typical, 0), Double(longest))
  }

  /// Entries of a row of the batch at most.
  var mostOfRow: Int { longest * (parent.column?.mostOfRow ?? 1) }
  /// Entries of a row of the batch in the mean.
  var typicalOfRow: Double { typical * (parent.column?.typicalOfRow ?? 1) }
}
