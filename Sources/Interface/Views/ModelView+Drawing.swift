import Runs
import Terminal

extension ModelView {
  /// Draws the view in a frame with its title and step.
  func draw(in area: Rect, ink: ViewInk, isFocused: Bool, on canvas: inout Canvas) {
    let step = "  step \(grouped(step))"
    // Less of a number would be another one.
    let isWhole = columnsTaken(by: title) + columnsTaken(by: step) + 5 <= area.size.columns
    let inner = canvas.frame(
      area, title: [Span(title, .title)] + (isWhole ? [Span(step, .dim)] : []),
      isFocused: isFocused)
    guard inner.size.rows > 0, inner.size.columns > 4 else { return }
    switch content {
    case .matrix(let matrix):
      MatrixPanel(matrix: matrix, ink: ink).draw(in: inner, frame: area, on: &canvas)
    case .history(let history):
      HistoryPanel(history: history, ink: ink).draw(in: inner, frame: area, on: &canvas)
    case .bitmap(let bitmap):
      BitmapPanel(bitmap: bitmap, ink: ink).draw(in: inner, frame: area, on: &canvas)
    case .bars(let bars):
      BarsPanel(bars: bars, ink: ink).draw(in: inner, frame: area, on: &canvas)
    case .curves(let curves):
      CurvesPanel(curves: curves, ink: ink).draw(in: inner, frame: area, on: &canvas)
    case .table(let table):
      TablePanel(table: table, ink: ink).draw(in: inner, frame: area, on: &canvas)
    case .passages(let passages):
      PassagesPanel(passages: passages.passages, ink: ink).draw(
        in: inner, frame: area, on: &canvas)
    case .scatter(let scatter):
      ScatterPanel(scatter: scatter, ink: ink).draw(in: inner, on: &canvas)
    }
  }

  /// Rows and columns that can be scrolled to.
  var extent: (rows: Int, columns: Int) {
    switch content {
    case .matrix(let matrix): (matrix.rows.count, matrix.columns.count)
    case .history(let history): (history.rows.count, 1)
    case .bars(let bars): (bars.bars.count, 1)
    case .table(let table): (table.rows.count, max(1, table.columns.count - 1))
    case .passages(let passages): (passages.passages.count, 1)
    case .bitmap, .curves, .scatter: (1, 1)
    }
  }
}
