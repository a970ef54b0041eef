import Foundation

/// Rows of one table: products and steps side by side.
enum ResultTable {
  /// What was measured of one thing.
  struct Row {
    var name: String
    /// The matrices' shape, or the rows of a batch.
    var shape: String
    var threads: Int
    /// Seconds, median and 95th percentile.
    var median: Double
    var percentile95: Double
    /// Floating-point operations a second.
    var operations: Double
    /// nil for a product.
    var examples: Double?
    /// The operations over those of a machine that does nothing but multiply and add in registers.
    var share: Double
  }

  private static let widths = [16, 8, 11, 10, 11, 12, 10]

  /// The names of the columns.
  static let head = line(
    "", ["shape", "threads", "ms median", "ms 95 %", "10⁹ op/s", "examples/s", "of floor"])

  /// One row as text.
  static func text(_ row: Row) -> String {
    line(
      row.name,
      [
        row.shape, "\(row.threads)", number(1e3 * row.median, 3),
        number(1e3 * row.percentile95, 3), number(row.operations / 1e9, 1),
        row.examples.map { number($0, 0) } ?? "", number(100 * row.share, 0) + " %",
      ])
  }

  private static func line(_ name: String, _ cells: [String]) -> String {
    name.padding(toLength: 34, withPad: " ", startingAt: 0)
      + zip(cells, widths).map { cell, width in
        String(repeating: " ", count: max(1, width - cell.count)) + cell
      }.joined()
  }

  private static func number(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", value)
  }
}
