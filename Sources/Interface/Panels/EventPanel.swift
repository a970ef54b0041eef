import Runs
import Terminal

/// What happened, newest at the top.
struct EventPanel {
  /// Oldest first.
  let lines: [EventLog.Line]
  /// Lines that are scrolled back.
  let scroll: Int
  let isFocused: Bool

  func draw(in area: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(area, title: [Span("events", .title)], isFocused: isFocused)
    guard !lines.isEmpty else {
      canvas.write(
        "Nothing happened yet.", row: inner.row, column: inner.column + 1, style: .dim,
        limit: inner.size.columns - 1)
      return
    }
    let list = ListWindow(count: lines.count, from: scroll, rows: inner.size.rows)
    for (row, place) in list.places.enumerated() {
      let line = lines[lines.count - 1 - place]
      canvas.write(
        [
          Span(rightAligned(grouped(line.step), to: 8) + "  ", .dim),
          Span(padded(line.kind, to: 8), line.role),
          Span(line.text, line.role == .good ? .plain : line.role),
        ], row: inner.row + row, column: inner.column, limit: inner.size.columns)
    }
    list.drawMore(in: area, on: &canvas)
  }
}
