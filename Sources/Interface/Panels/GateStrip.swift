import Runs
import Terminal

/// The gates on the dashboard: who uses which expert, one line a gate.
struct GateStrip {
  let run: RunState
  let isFocused: Bool

  func draw(in area: Rect, on canvas: inout Canvas) {
    let gates = run.snapshot.gates
    var title = [Span("gates", .title)]
    if let rows = gates.first?.rows {
      title.append(Span("  mean % of \(grouped(rows)) rows", .dim))
    }
    let inner = canvas.frame(area, title: title, isFocused: isFocused)
    guard !gates.isEmpty else {
      canvas.write(
        run.noGatesReason, row: inner.row, column: inner.column + 1, style: .dim,
        limit: inner.size.columns - 1)
      return
    }
    let isWide = inner.size.columns >= 50
    let table = GateTable(
      lines: gates.map {
        var line = $0.line(
          glyph: run.glyph(ofGate: $0.name), showsEntropy: isWide, showsLoad: false)
        // Where there is little room experts come before remarks: a full shade says who leads.
        if !isWide { line.remark = [] }
        return line
      },
      header: inner.size.rows > gates.count ? ("gate", "", isWide ? " H" : "") : nil)
    table.draw(in: inner, frame: area, on: &canvas)
  }
}

extension RunState {
  /// Why no gate is shown.
  var noGatesReason: String {
    snapshot.step == 0
      ? "No gates yet: they are filled after the first step." : "This model has no gates."
  }
}
