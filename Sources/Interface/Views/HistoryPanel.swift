import Runs
import Terminal

/// A heat map over time: a row a name, a shade a moment, the newest number at the right.
///
///     E0  ▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓████████   38
///     E1  ▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░    6
///         0──────────1k──────────1.8k
struct HistoryPanel {
  let history: ModelView.Matrix
  let ink: ViewInk

  func draw(in area: Rect, frame: Rect, on canvas: inout Canvas) {
    guard !history.rows.isEmpty, !history.columns.isEmpty else {
      return canvas.drawNothing("nothing has been recorded yet", in: area)
    }
    let scale = MatrixScale(history.scale, values: history.values)
    let hasGlyphs = ink.namesTasks(history.rows)
    let widest = history.rows.map(columnsTaken).max() ?? 0
    let name = max(2, min(widest, max(8, area.size.columns / 4)))
    let start = 1 + (hasGlyphs ? 2 : 0) + name + 1
    let plot = Rect(
      row: area.row, column: area.column + start, rows: area.size.rows - 1,
      columns: area.size.columns - start - 8)
    let rows = ListWindow(
      count: history.rows.count, from: ink.scroll.row, rows: plot.size.rows)
    for (line, row) in rows.places.enumerated() {
      let glyph = hasGlyphs ? [ink.glyph(of: history.rows[row])] : []
      canvas.write(
        glyph + [Span(padded(history.rows[row], to: name))], row: area.row + line,
        column: area.column + 1, limit: start - 1)
      draw(row, scale, at: area.row + line, in: plot, on: &canvas)
      let newest = newest(of: row)
      canvas.write(
        rightAligned(scale.text(newest), to: 7), row: area.row + line,
        column: plot.column + plot.size.columns, limit: 7)
    }
    drawAxis(row: area.row + rows.places.count, in: plot, on: &canvas)
    rows.drawMore(in: frame, on: &canvas)
  }

  private func draw(
    _ row: Int, _ scale: MatrixScale, at line: Int, in plot: Rect, on canvas: inout Canvas
  ) {
    let width = shownWidth(plot)
    for column in 0..<width {
      let value = mean(of: row, from: column, of: width)
      canvas.put(
        scale.shade(value), row: line, column: plot.column + column, style: scale.style(value))
    }
  }

  /// Columns that are drawn: a moment takes several if there are few, so that the time grows on.
  private func shownWidth(_ plot: Rect) -> Int {
    let moments = history.columns.count
    guard moments < plot.size.columns else { return max(0, plot.size.columns) }
    return moments * max(1, plot.size.columns / max(1, moments))
  }

  /// The mean of the moments that fall into a column.
  private func mean(of row: Int, from column: Int, of width: Int) -> Float {
    let moments = history.columns.count
    let first = column * moments / width
    let last = max(first + 1, (column + 1) * moments / width)
    let values = (first..<last).map { history.value(row, $0) }.filter(\.isFinite)
    return values.isEmpty ? .nan : values.reduce(0, +) / Float(values.count)
  }

  private func newest(of row: Int) -> Float {
    history.columns.indices.reversed().lazy.map { history.value(row, $0) }.first(where: \.isFinite)
      ?? .nan
  }

  private func drawAxis(row: Int, in plot: Rect, on canvas: inout Canvas) {
    let width = shownWidth(plot)
    for column in 0..<width {
      canvas.put("─", row: row, column: plot.column + column, style: .dim)
    }
    let (first, last) = (shortStep(history.columns.first), shortStep(history.columns.last))
    let place = width - columnsTaken(by: last)
    canvas.write(first, row: row, column: plot.column, style: .dim, limit: plot.size.columns)
    guard place > columnsTaken(by: first) else { return }
    canvas.write(last, row: row, column: plot.column + place, style: .dim)
  }

  /// A step as an axis shows it; a name that is no number stays.
  private func shortStep(_ name: String?) -> String {
    guard let name else { return "" }
    return Double(name).map(abbreviated) ?? name
  }
}
