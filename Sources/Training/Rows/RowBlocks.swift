import Datasets

/// Rows that lie somewhere block by block, and are read into memory of one's own.
protocol RowBlocks: Sendable {
  /// All rows.
  var count: Int { get }

  /// Memory for rows like these, to be filled; lists are shared.
  func memory(rows: Int) -> Examples

  /// Reads a block of ``WindowOrder/usualBlockRows`` rows, the last one of fewer, to a row of such memory;
  /// may be called on any thread.
  ///
  /// - Throws: What is wrong with the rows, as a message for a person.
  func read(block: Int, into memory: Examples, at row: Int) throws
}

/// Why training rows cannot be had.
struct WindowError: Error, CustomStringConvertible {
  /// What is wrong with the rows.
  let reason: String
  /// The step that was taken last; nil where no run is known.
  var step: Int?

  /// What is wrong, and how the run goes on.
  var description: String {
    guard let step else { return reason }
    return reason
      + "\n  note:  the run ends behind step \(step), which is kept: --resume goes on there when the "
      + "rows can be read"
  }
}
