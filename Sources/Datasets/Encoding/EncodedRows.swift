/// Rows of some data, encoded as a model's training rows were, block after block.
public protocol EncodedRows: AnyObject {
  /// The texts of the segments, by number.
  var segmentNames: [String] { get }
  /// Rows that were handed over.
  var rows: Int { get }
  /// The share of the rows that is read, as far as it is known.
  var share: Double { get }
  /// The next rows; nil at the end.
  ///
  /// - Throws: ``RowReadingError`` for the first thing that is wrong.
  func nextBlock() throws(RowReadingError) -> RowStream.Block?
}

extension RowStream: EncodedRows {}
