import Runs
import Terminal

/// The loss of one task: curve and validation, with the newest values in the title.
///
///     ┏━ ● income 0.3165 ↓  auc 0.9481 ★  ╌ validation 0.3201 ━━┓
struct LossPanel {
  let run: RunState
  let task: Int
  let chart: CurveChart
  /// The charts of the frame before.
  var drawn = DrawnCharts()
  /// How much the newest loss is smoothed, an index into ``LossSeries/smoothings``; nil for not at all.
  let smoothing: Int?
  let isFocused: Bool
  /// Tasks after this one that have no chart on the screen.
  var hiddenTasks = 0
  /// Whether the frame says how lines and bands come of the losses; once for all charts is enough.
  var saysManner = false

  func draw(in area: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(
      area, title: title(columns: area.size.columns - 5), isFocused: isFocused)
    let hidden = hiddenTasks > 0 ? " ↓ \(counted(hiddenTasks, "more task")) " : ""
    if saysManner, isCharted {
      canvas.drawManner(of: chart, in: area, beside: columnsTaken(by: hidden))
    }
    if !hidden.isEmpty {
      let edge = Rect(row: 0, column: area.column, rows: 1, columns: area.size.columns - 2)
      canvas.writeRight(
        hidden, row: area.row + area.size.rows - 1, in: edge, style: Style(.hint))
    }
    guard isCharted else {
      canvas.write(
        emptyText, row: inner.row + inner.size.rows / 2, column: inner.column + 1, style: .dim,
        limit: inner.size.columns - 1)
      return
    }
    drawn.draw(chart, in: inner, on: &canvas)
  }

  /// The chart and its place, where the panel is drawn in an area; nil where there is no loss yet.
  func placed(in area: Rect) -> PlacedChart? {
    isCharted ? PlacedChart(chart: chart, area: area.inner) : nil
  }

  private var isCharted: Bool {
    run.losses.indices.contains(task) && run.losses[task].lastStep != nil
  }

  private var emptyText: String {
    guard run.task(task)?.isOn ?? true else { return "Off. Space turns it on." }
    return run.isPaused ? "No losses yet. P starts." : "No losses yet."
  }

  /// The name, and as many of the newest values as there is room for.
  private func title(columns: Int) -> [Span] {
    var values = newestValues(isShort: columns < 60)
    if let first = values.first, columnsTaken(by: name + first.text) + 2 > columns {
      // What the loss is called goes before the name of the task is cut.
      values = newestValues(isShort: columns < 60, namesLoss: false)
    }
    // A long name leaves room for the newest loss.
    let nameColumns = max(6, columns - 2 - columnsTaken(by: values.first?.text ?? ""))
    var spans = [
      Span("\(seriesGlyph(task)) ", .series(task)), Span(fit(name, into: nameColumns), .title),
    ]
    if !(run.task(task)?.isOn ?? true) {
      spans.append(Span(" OFF", style: Style(.warning, bold: true)))
    }
    var room = columns - spans.reduce(0) { $0 + columnsTaken(by: $1.text) }
    for value in values {
      room -= columnsTaken(by: value.text)
      guard room >= 0 else { break }
      spans.append(value)
    }
    return spans
  }

  private var name: String {
    let names = run.taskNames
    return names.indices.contains(task) ? names[task] : "task \(task)"
  }

  /// The newest loss and score, the best score and the validation loss, in the order of their weight.
  private func newestValues(isShort: Bool, namesLoss: Bool = true) -> [Span] {
    var values: [Span] = []
    if let loss = run.shownLoss(of: task, smoothing: smoothing) {
      let name = namesLoss ? lossName(isShort: isShort) : ""
      values.append(Span("\(name) \(run.lossWords(loss, of: task))\(trend)"))
    }
    if let result = run.evaluation?.tasks.first(where: { $0.task == name })?.scores.first {
      let label = isShort ? " " : "  "
      values.append(Span(label + result.text, .hint))
      // On its own: where there is no room the score stays.
      if run.isAtBest { values.append(Span(isShort ? "★" : " ★", .hint)) }
    }
    if !run.isAtBest, let best = run.best(of: task), best.score.isFinite {
      values.append(Span("  ★ \(scoreText(best.score)) at \(grouped(best.step))", .hint))
    }
    let newest = run.scores.indices.contains(task) ? run.scores[task].newest : nil
    if let newest, newest.loss.isFinite {
      let label = isShort ? " ╌" : "  ╌ validation "
      values.append(Span(label + run.lossWords(newest.loss, of: task), .hint))
    }
    return values
  }

  /// What is trained, where it is not what a task of its kind usually has: ` joint cross-entropy`, in
  /// short ` joint`.
  private func lossName(isShort: Bool) -> String {
    guard let description, description.hasOwnLoss else { return "" }
    return " " + (isShort ? description.shortLossName : description.lossName)
  }

  private var description: TaskDescription? {
    let tasks = run.description?.tasks ?? []
    return tasks.indices.contains(task) ? tasks[task] : nil
  }

  /// Which way the loss goes in the last tenth of its steps.
  private var trend: String {
    guard run.losses.indices.contains(task), let trend = LossTrend(of: run.losses[task]) else {
      return ""
    }
    return " \(trend.rawValue)"
  }
}

extension Canvas {
  /// Says on the lower edge of a chart's frame how its lines and bands come of the losses, as much as
  /// has room beside so many columns that are taken.
  mutating func drawManner(of chart: CurveChart, in frame: Rect, beside taken: Int = 0) {
    let room = frame.size.columns - 4 - taken
    let texts = [chart.manners.joined(separator: ", "), chart.manners.first ?? ""]
    guard let text = texts.first(where: { !$0.isEmpty && columnsTaken(by: $0) + 2 <= room })
    else { return }
    write(
      " \(text) ", row: frame.row + frame.size.rows - 1, column: frame.column + 2, style: .dim,
      limit: room)
  }
}
