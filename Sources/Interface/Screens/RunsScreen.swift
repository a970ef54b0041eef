import Runs
import Terminal

/// What is selected on the runs screen.
struct RunsState: Sendable {
  /// The selected run's number; nil for the one that goes on.
  var selected: Int?
  /// The number of the run that others are compared with; nil for the first one.
  var baseline: Int?
  /// Whether the selected run has the whole screen.
  var isOpen = false
  /// Tasks that are scrolled away.
  var task = 0
}

// The runs of this session: a line each, and one of them in detail.
extension App {
  /// Every run that is known, oldest first; the last one goes on.
  var allRuns: [RunState] { earlier + [run] }

  /// The place of the selected run.
  var selectedRun: Int {
    let all = allRuns
    return all.firstIndex { $0.number == runs.selected } ?? all.count - 1
  }

  func drawRuns(in body: Rect, on canvas: inout Canvas) {
    let all = allRuns
    let selected = selectedRun
    if runs.isOpen { return drawDetails(of: all[selected], in: body, on: &canvas) }
    let wanted = min(body.size.rows, max(5, min(all.count + 3, body.size.rows / 2)))
    let (top, bottom) = body.splitTop(wanted)
    let title = [
      Span("runs \(all.count)", .title),
      Span("  validation scores; gains over the run marked =", .dim),
    ]
    let inner = canvas.frame(top, title: title, isFocused: true)
    let rows = all.map { RunRow($0, now: memory.now) }
    let baseline = all.firstIndex { $0.number == runs.baseline } ?? 0
    RunTable(rows: rows, selected: selected, baseline: baseline, firstTask: runs.task)
      .draw(in: inner, frame: top, on: &canvas)
    guard bottom.size.rows >= 5 else { return }
    drawDetails(of: all[selected], in: bottom, on: &canvas)
  }

  /// Curves and scores of a run: all tasks' where there is room, else the selected one's.
  private func drawDetails(of run: RunState, in area: Rect, on canvas: inout Canvas) {
    let (left, right) = area.splitLeft(max(38, area.size.columns * 2 / 5))
    drawScores(of: run, in: left, on: &canvas)
    let names = run.taskNames
    guard !names.isEmpty else {
      let inner = canvas.frame(right, title: [Span("losses", .title)])
      return canvas.drawNothing("No losses yet.", in: inner)
    }
    let count = right.size.rows >= 12 * names.count / 2 ? names.count : 1
    let rects = DashboardLayout.grid(in: right, count: count, across: count > 1 ? 2 : 1)
    let first = count == 1 ? min(selectedTask, names.count - 1) : 0
    for (place, rect) in rects.enumerated() {
      draw(first + place, of: run, in: rect, on: &canvas)
    }
  }

  private func draw(_ task: Int, of run: RunState, in area: Rect, on canvas: inout Canvas) {
    let title = [
      Span("\(seriesGlyph(task)) ", .series(task)), Span(run.taskNames[task], .title),
      Span("  loss, ○ validation", .dim),
    ]
    let inner = canvas.frame(area, title: title)
    guard run.losses.indices.contains(task), run.losses[task].lastStep != nil else {
      return canvas.drawNothing("No losses yet.", in: inner)
    }
    var chart = CurveChart()
    chart.charset = settings.charset
    chart.isLogarithmic = charts.isLogarithmic
    chart.marks = run.log.marks
    chart.lines = [
      CurveChart.Line(
        series: run.losses[task], glyph: asciiTwins[seriesGlyph(task)] ?? "*",
        style: Style(.series(task), bold: true), showsBand: charts.showsBand,
        smoothing: charts.smoothing)
    ]
    if run.scores.indices.contains(task) {
      chart.points = run.scores[task].entries.map {
        CurveChart.Point(step: $0.step, value: $0.loss, style: Style(.hint, bold: true))
      }
    }
    chart.draw(in: inner, on: &canvas)
  }

  private func drawScores(of run: RunState, in area: Rect, on canvas: inout Canvas) {
    let row = RunRow(run, now: memory.now)
    let title = [Span("\(run.number) \(row.title)", .title), Span("  \(row.state)", .dim)]
    let inner = canvas.frame(area, title: title, isFocused: runs.isOpen)
    var lines: [[Span]] = []
    if let known = run.description {
      lines.append([
        Span("\(grouped(known.parameterCount)) parameters, step \(grouped(run.snapshot.step))")
      ])
    }
    if !row.options.isEmpty { lines.append([Span(row.options)]) }
    lines += scoreLines("validation", run.evaluation, columns: inner.size.columns)
    lines += scoreLines("test", run.test, columns: inner.size.columns)
    if run.evaluation == nil, run.test == nil { lines.append([Span("Not scored yet.", .dim)]) }
    for (line, spans) in lines.prefix(inner.size.rows).enumerated() {
      canvas.write(
        spans, row: inner.row + line, column: inner.column + 1, limit: inner.size.columns - 2)
    }
  }

  /// Every score of every task, under a heading.
  private func scoreLines(
    _ heading: String, _ evaluation: Evaluation?, columns: Int
  ) -> [[Span]] {
    guard let evaluation else { return [] }
    let widest = evaluation.tasks.map { columnsTaken(by: $0.task) }.max() ?? 0
    let name = min(widest, max(6, min(18, columns - 30)))
    let head = [Span("\(heading) at step \(grouped(evaluation.step))", .dim)]
    return [head]
      + evaluation.tasks.enumerated().map { place, task in
        let scores = task.scores.map { "\($0.name) \(scoreText($0.value))" }
        return [
          Span("\(seriesGlyph(place)) ", .series(place)), Span(padded(task.task, to: name)),
          Span(" " + scores.joined(separator: "  ")),
        ]
      }
  }

  // MARK: Moving

  mutating func moveRun(down rows: Int) {
    let all = allRuns
    if runs.isOpen {
      let last = all[selectedRun].taskNames.count - 1
      selectedTask = max(0, min(last, selectedTask + rows))
      return
    }
    runs.selected = all[max(0, min(all.count - 1, selectedRun + rows))].number
  }

  mutating func moveRun(right columns: Int) {
    let tasks = RunTable(
      rows: allRuns.map { RunRow($0, now: 0) }, selected: 0, baseline: 0, firstTask: 0
    ).taskNames.count
    runs.task = max(0, min(tasks - 1, runs.task + columns))
  }

  /// Compares with the selected run.
  mutating func setBaseline() {
    let run = allRuns[selectedRun]
    runs.baseline = run.number
    say("gains are over run \(run.number), \(RunRow(run, now: 0).title)")
  }
}
