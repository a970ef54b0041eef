import Runs
import Terminal

/// The loss of one task: curve and validation, with the newest values in the title.
///
///     ┏━ ● income 0.3165 ↓  val 0.3201  auc 0.9481 ━━┓
struct LossPanel {
  let app: App
  let task: Int
  /// Tasks after this one that have no chart on the screen.
  var hiddenTasks = 0

  func draw(in area: Rect, on canvas: inout Canvas) {
    let isFocused = app.dashboard.pane == .curves && app.selectedTask == task
    let inner = canvas.frame(area, title: title, isFocused: isFocused)
    if hiddenTasks > 0 {
      let edge = Rect(row: 0, column: area.column, rows: 1, columns: area.size.columns - 2)
      canvas.writeRight(
        " ↓ \(hiddenTasks) more tasks ", row: area.row + area.size.rows - 1, in: edge,
        style: Style(.hint))
    }
    let losses = app.shown.losses
    guard losses.indices.contains(task), losses[task].lastStep != nil else {
      canvas.write(
        emptyText, row: inner.row + inner.size.rows / 2, column: inner.column + 1, style: .dim,
        limit: inner.size.columns - 1)
      return
    }
    app.chart(of: [task], showsBand: app.charts.showsBand).draw(in: inner, on: &canvas)
  }

  private var emptyText: String {
    guard app.shown.task(task)?.isOn ?? true else { return "Off. Space turns it on." }
    return app.run.isPaused ? "No losses yet. P starts." : "No losses yet."
  }

  private var title: [Span] {
    let run = app.shown
    let names = run.taskNames
    let name = names.indices.contains(task) ? names[task] : "task \(task)"
    let isOn = run.task(task)?.isOn ?? true
    var spans = [Span("\(seriesGlyph(task)) ", .series(task)), Span(name, .title)]
    if !isOn { spans.append(Span(" OFF", style: Style(.warning, bold: true))) }
    if let loss = newestLoss { spans.append(Span(" \(lossText(loss))\(trend)")) }
    guard run.scores.indices.contains(task), let newest = run.scores[task].newest else {
      return spans
    }
    if newest.loss.isFinite { spans.append(Span("  ○ val \(lossText(newest.loss))", .hint)) }
    if let result = run.evaluation?.tasks.first(where: { $0.task == name })?.scores.first {
      spans.append(Span("  ◇ \(result.name) \(scoreText(result.value))", .hint))
    }
    return spans
  }

  private var newestLoss: Double? {
    let run = app.shown
    if let level = app.charts.smoothing, run.losses.indices.contains(task) {
      let smoothed = run.losses[task].smoothedLoss(level: level)
      return smoothed.isFinite ? smoothed : nil
    }
    return run.task(task)?.loss
  }

  /// Whether the loss falls or rises, by the quick mean against the slow one.
  private var trend: String {
    guard app.shown.losses.indices.contains(task) else { return "" }
    let series = app.shown.losses[task]
    let (quick, slow) = (series.smoothedLoss(level: 1), series.smoothedLoss(level: 3))
    guard quick.isFinite, slow.isFinite, slow != 0 else { return "" }
    let change = (quick - slow) / abs(slow)
    return change < -0.005 ? " ↓" : change > 0.005 ? " ↑" : " ="
  }
}
