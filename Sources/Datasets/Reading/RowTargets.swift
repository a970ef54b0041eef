import Tensors

/// Where the rows of a chunk begin in the memory of their splits.
///
/// Rows are filled a block at a time, all columns of a block one after another: what is written then
/// stays in the second-level cache until it is whole.
final class RowTargets<Number: BitwiseCopyable> {
  private let starts: UnsafeMutableBufferPointer<UnsafeMutablePointer<Number>>

  private static var blockRows: Int { 1024 }

  /// The rows of a chunk in the memory of each split, so many numbers a row.
  init(_ splits: [Storage<Number>], _ chunk: ChunkRows, width: Int) {
    starts = .allocate(capacity: chunk.parsed.rows)
    for row in starts.indices {
      starts.initializeElement(
        at: row, to: splits[Int(chunk.splits[row])].base + chunk.rows[row] * width)
    }
  }

  deinit { starts.deallocate() }

  /// Calls `body` with the rows of each block.
  func forEachBlock(_ body: (Range<Int>) -> Void) {
    for first in stride(from: 0, to: starts.count, by: Self.blockRows) {
      body(first..<min(starts.count, first + Self.blockRows))
    }
  }

  /// Writes one number of some rows.
  @inline(__always)
  func fill(_ rows: Range<Int>, _ column: Int, _ number: (Int) -> Number) {
    for row in rows { starts[row][column] = number(row) }
  }

  /// The numbers of a row.
  @inline(__always)
  subscript(row: Int) -> UnsafeMutablePointer<Number> { starts[row] }
}
