import Runs
import Terminal

/// Points over two axes, with how far they lie on a line.
///
///     ↑ rating   correlation 0.53   400 points
///      4.5┤   ⠂ ⠐⠁
///         │ ⠈ ⠐⠂
///      3.0┤⠁
///         └-2 ─ rank score ── 3.1
struct ScatterPanel {
  let scatter: ModelView.Scatter
  let ink: ViewInk

  func draw(in area: Rect, on canvas: inout Canvas) {
    let known = scatter.points.filter { $0.x.isFinite && $0.y.isFinite }
    canvas.write(
      legend(points: known.count), row: area.row, column: area.column + 1,
      limit: area.size.columns - 2)
    let (_, chart) = area.splitTop(1)
    guard let across = Self.reach(known.map(\.x)), let up = Self.reach(known.map(\.y)),
      chart.size.rows >= 3, chart.size.columns >= 12
    else { return canvas.drawNothing("no points yet", in: chart) }
    let rows = chart.size.rows - 1
    let axis = Axis(fitting: up, rows: rows)
    let labels = ChartLabels(axis: axis, rows: rows)
    let left = min(labels.width + 1, chart.size.columns / 2)
    let plot = Rect(
      row: chart.row, column: chart.column + left, rows: rows, columns: chart.size.columns - left)
    labels.drawLeft(of: plot, on: &canvas)
    drawPoints(known, axis, across, in: plot, on: &canvas)
    drawAxis(across, below: plot, on: &canvas)
  }

  private func legend(points: Int) -> [Span] {
    let correlation = scatter.correlation
    return [
      Span("↑ ", .hint), Span(scatter.y),
      Span("   correlation ", .dim),
      Span(correlation.isFinite ? fixed(correlation, 2) : "-", style: .bold),
      Span("   \(counted(points, "point"))", .dim),
    ]
  }

  private func drawPoints(
    _ points: [ModelView.Scatter.Point], _ axis: Axis, _ across: ClosedRange<Double>,
    in plot: Rect, on canvas: inout Canvas
  ) {
    var grid = DotGrid(
      charset: ink.charset, rows: plot.size.rows, columns: plot.size.columns)
    let length = across.upperBound - across.lowerBound
    for point in points {
      guard let height = axis.share(of: Double(point.y)) else { continue }
      let along = length > 0 ? (Double(point.x) - across.lowerBound) / length : 0.5
      let x = Int((along * Double(max(0, grid.width - 1))).rounded())
      let y = Int(((1 - min(1, max(0, height))) * Double(grid.height - 1)).rounded())
      grid.setLine(x: x, from: y, to: y, glyph: "*", style: Style(.series(0), bold: true))
    }
    grid.draw(row: plot.row, column: plot.column, on: &canvas)
  }

  private func drawAxis(
    _ across: ClosedRange<Double>, below plot: Rect, on canvas: inout Canvas
  ) {
    let row = plot.row + plot.size.rows
    canvas.put("└", row: row, column: plot.column - 1, style: .dim)
    for column in 0..<plot.size.columns {
      canvas.put("─", row: row, column: plot.column + column, style: .dim)
    }
    let (first, last) = (shortNumber(across.lowerBound), shortNumber(across.upperBound))
    let end = plot.size.columns - columnsTaken(by: last)
    canvas.write(first, row: row, column: plot.column, style: .dim)
    canvas.write(last, row: row, column: plot.column + end, style: .dim)
    let name = " \(scatter.x) "
    let middle = (plot.size.columns - columnsTaken(by: name)) / 2
    guard middle > columnsTaken(by: first) + 1, middle + columnsTaken(by: name) < end else {
      return
    }
    canvas.write(name, row: row, column: plot.column + middle, style: .dim)
  }

  /// From the least to the largest; nil if there is none.
  private static func reach(_ values: [Float]) -> ClosedRange<Double>? {
    guard let least = values.min(), let most = values.max() else { return nil }
    return Double(least)...Double(most)
  }
}
