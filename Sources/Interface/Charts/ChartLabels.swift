import Terminal

/// The labels beside a chart: at the axis' round values.
struct ChartLabels {
  /// Labels by row, counted from the top.
  let byRow: [Int: String]
  /// Columns of the widest label.
  let width: Int
  private let rows: Int

  init(axis: Axis, rows: Int) {
    self.rows = rows
    var chosen: [Int: String] = [:]
    var last = Int.max
    for tick in axis.ticks {
      guard let share = axis.share(of: tick) else { continue }
      let row = Int(((1 - share) * Double(rows - 1)).rounded())
      guard (0..<rows).contains(row), last - row >= min(2, rows - 1) else { continue }
      chosen[row] = axis.label(tick)
      last = row
    }
    byRow = chosen
    width = max(4, chosen.values.map(\.utf8.count).max() ?? 0)
  }

  /// Draws the labels and the axis line in the columns before the plot.
  func drawLeft(of plot: Rect, on canvas: inout Canvas) {
    for row in 0..<rows {
      let label = byRow[row]
      canvas.put(
        label == nil ? "│" : "┤", row: plot.row + row, column: plot.column - 1, style: .dim)
      guard let label else { continue }
      let column = plot.column - 1 - label.utf8.count
      canvas.write(label, row: plot.row + row, column: column, style: .dim)
    }
  }

  /// Draws the labels and the axis line in the columns after the plot.
  func drawRight(of plot: Rect, on canvas: inout Canvas) {
    let edge = plot.column + plot.size.columns
    for row in 0..<rows {
      let label = byRow[row]
      canvas.put(label == nil ? "│" : "├", row: plot.row + row, column: edge, style: .dim)
      guard let label else { continue }
      canvas.write(label, row: plot.row + row, column: edge + 1, style: .dim)
    }
  }
}
