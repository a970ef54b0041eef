import Runs
import Terminal

/// Why no gates are shown, and where else to look.
struct NoGatesPanel {
  let run: RunState
  let tabs: [Span]

  func draw(in body: Rect, on canvas: inout Canvas) {
    let name = run.description?.modelTitle ?? "This model"
    let lines =
      run.snapshot.step == 0
      ? [run.noGatesReason, run.isPaused ? "P goes on, . takes one step." : ""]
      : [
        "\(name) has no gates that weigh experts.",
        run.elsewhere(than: nil),
        "m twice shows single rows with their predictions here.",
      ]
    canvas.drawEmpty(lines, title: tabs, in: body)
  }
}
