import Runs
import Terminal

/// Why no gates are shown, and where else to look.
struct NoGatesPanel {
  let run: RunState
  let tabs: [Span]

  func draw(in body: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(body, title: tabs, isFocused: true)
    let name = run.description?.modelTitle ?? "This model"
    let lines =
      run.snapshot.step == 0
      ? [run.noGatesReason, run.isPaused ? "P goes on, . takes one step." : ""]
      : [
        "\(name) has no gates that weigh experts.",
        run.elsewhere(than: nil),
        "m twice shows single rows with their predictions here.",
      ]
    var row = inner.row + 1
    for (index, text) in lines.enumerated() {
      for line in wrapped(text, columns: inner.size.columns - 4, lines: 3)
      where row < inner.row + inner.size.rows {
        canvas.write(
          line, row: row, column: inner.column + 2, style: index == 0 ? .plain : .dim,
          limit: inner.size.columns - 3)
        row += 1
      }
    }
  }
}
