/// A value whose state an ``Archive`` visits.
public protocol ArchivedState {
  /// Visits every piece of it.
  mutating func visit(_ archive: inout Archive) throws(ArchiveError)
}

extension [Double]: ArchivedState {
  /// Numbers of which there are always as many.
  public mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.numbers("values", &self, count: count)
  }
}
