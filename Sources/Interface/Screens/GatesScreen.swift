import Runs
import Terminal

// The gates: on average, by segment, by example.
extension App {
  func drawGates(in body: Rect, on canvas: inout Canvas) {
    guard !shown.snapshot.gates.isEmpty else { return drawNoGates(in: body, on: &canvas) }
    switch gates.mode {
    case .mean: drawMeanGates(in: body, on: &canvas)
    case .segment: drawMeanGates(in: body, on: &canvas)
    case .example: drawMeanGates(in: body, on: &canvas)
    }
  }

  private func drawNoGates(in body: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(body, title: [Span("gates", .title)], isFocused: true)
    canvas.write("no gates", row: inner.row, column: inner.column)
  }

  private func drawMeanGates(in body: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(body, title: [Span("gates", .title)], isFocused: true)
    GateTable(gates: shown.snapshot.gates, tasks: shown.taskNames).draw(
      in: inner, hasHeader: true, selected: (gates.gate, gates.expert), showsLoad: true,
      on: &canvas)
  }
}
