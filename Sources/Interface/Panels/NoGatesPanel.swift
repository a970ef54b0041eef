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
        "m twice shows single rows with their predictions; 1 goes back to the curves.",
        "4 shows what it has inside; 6 starts another model, MMoE among them.",
      ]
    for (row, line) in lines.enumerated() where row + 1 < inner.size.rows {
      canvas.write(
        line, row: inner.row + 1 + row, column: inner.column + 2,
        style: row == 0 ? .plain : .dim, limit: inner.size.columns - 3)
    }
  }
}
