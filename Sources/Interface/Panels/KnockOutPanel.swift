import Runs
import Terminal

/// What every task scores with all experts and without one.
///
///     task            with without   change
///     ● income auc  0.9481  0.9402  -0.0079
struct KnockOutPanel {
  let found: KnockOut
  let run: RunState

  func draw(in area: Rect, on canvas: inout Canvas) {
    let title = [
      Span("without \(found.expert)", .title), Span("  step \(grouped(found.step))", .dim),
    ]
    let inner = canvas.frame(area, title: title)
    let name = max(4, inner.size.columns - 29)
    canvas.write(
      " " + padded("task", to: name + 2) + "   with without   change", row: inner.row,
      column: inner.column, style: .dim, limit: inner.size.columns)
    let list = ListWindow(
      count: min(found.with.count, found.without.count), from: 0, rows: inner.size.rows - 1)
    for (line, task) in list.places.enumerated() {
      let (full, part) = (found.with[task], found.without[task])
      let change = part.value - full.value
      canvas.write(
        [
          Span(" "), Span("\(seriesGlyph(task)) ", .series(task)),
          Span(padded(words(for: task, full, columns: name), to: name)),
          Span(rightAligned(scoreText(full.value), to: 8)),
          Span(rightAligned(scoreText(part.value), to: 8)),
          Span(
            rightAligned(signed(change), to: 9),
            style: style(of: change, higherIsBetter: full.higherIsBetter)),
        ], row: inner.row + 1 + line, column: inner.column, limit: inner.size.columns)
    }
    list.drawMore(in: area, on: &canvas)
  }

  /// The task with the name of its score; where there is little room the task is cut: without the
  /// score nobody knows whether more is better.
  private func words(for task: Int, _ score: Score, columns: Int) -> String {
    let (whole, name) = (score.name, taskName(task))
    guard columnsTaken(by: whole) > columns, whole.hasPrefix(name + " ") else { return whole }
    let measure = whole.dropFirst(name.count)
    return fit(name, into: max(2, columns - columnsTaken(by: String(measure)))) + measure
  }

  private func taskName(_ task: Int) -> String {
    run.taskNames.indices.contains(task) ? run.taskNames[task] : "task \(task)"
  }

  /// A loss that would be felt stands out; the sign says the rest.
  private func style(of change: Double, higherIsBetter: Bool) -> Style {
    guard abs(change) >= 0.0005 else { return .dim }
    return Style((change > 0) == higherIsBetter ? .good : .warning)
  }
}
