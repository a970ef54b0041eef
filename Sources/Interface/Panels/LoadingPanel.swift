import Runs
import Terminal

/// What is shown until the data are read and the model is built.
struct LoadingPanel {
  let run: RunState
  let charset: Charset

  func draw(in area: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(area, title: [Span("getting ready", .title)], isFocused: true)
    var (share, what) = (0.0, "")
    if case .loading(let done, let text) = run.snapshot.phase { (share, what) = (done, text) }
    let width = max(10, min(60, inner.size.columns - 12))
    let left = inner.column + max(1, (inner.size.columns - width - 6) / 2)
    let top = inner.row + max(0, inner.size.rows / 2 - 3)
    let limit = inner.column + inner.size.columns - left
    canvas.write(
      what.isEmpty ? "starting" : what, row: top, column: left, style: .bold, limit: limit)
    let drawn = bar(share, columns: width, charset: charset)
    canvas.write(drawn, row: top + 1, column: left, style: Style(.series0), limit: limit)
    canvas.write(
      rightAligned(percent(share), to: 5), row: top + 1, column: left + width, limit: limit - width)
    canvas.write(
      "Training starts by itself. ? shows the keys, q leaves.", row: top + 3, column: left,
      style: .dim, limit: limit)
  }
}
