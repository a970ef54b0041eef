import Runs
import Terminal

/// The gates and the masks on the dashboard, each in an area of its own; in one area the gates, or the
/// masks of a system without.
struct InnerStrips {
  let run: RunState
  let charset: Charset
  let isFocused: Bool

  func draw(in areas: [Rect], on canvas: inout Canvas) {
    guard let first = areas.first, let last = areas.last else { return }
    let hasGates = !run.snapshot.gates.isEmpty || run.snapshot.masks == nil
    if hasGates { GateStrip(run: run, isFocused: isFocused).draw(in: first, on: &canvas) }
    guard let masks = run.snapshot.masks, areas.count > 1 || !hasGates else { return }
    MaskStrip(
      masks: masks, tasks: run.taskNames, charset: charset, isFocused: isFocused && !hasGates
    ).draw(in: last, on: &canvas)
  }
}
