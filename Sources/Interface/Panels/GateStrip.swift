import Runs
import Terminal

// The gates on the dashboard: who uses which expert, one line a gate.
extension App {
  func drawGateStrip(in area: Rect, on canvas: inout Canvas) {
    let gates = shown.snapshot.gates
    let rows = shown.snapshot.gates.first?.rows ?? 0
    let title = [
      Span("gates", .title), Span(rows > 0 ? "  mean % over \(grouped(rows)) rows" : "", .dim),
    ]
    let inner = canvas.frame(area, title: title, isFocused: dashboard.pane == .gates)
    guard !gates.isEmpty else {
      canvas.write(
        "This model has no gates.", row: inner.row, column: inner.column + 1, style: .dim,
        limit: inner.size.columns - 1)
      return
    }
    let table = GateTable(
      gates: gates, tasks: shown.taskNames, nameColumns: min(12, inner.size.columns / 4))
    let hasHeader = inner.size.rows > gates.count
    table.draw(
      in: inner, hasHeader: hasHeader, selected: nil, showsLoad: false, on: &canvas)
    let list = ListWindow(
      count: gates.count, from: 0, rows: inner.size.rows - (hasHeader ? 1 : 0))
    list.drawMore(in: area, on: &canvas)
  }
}
