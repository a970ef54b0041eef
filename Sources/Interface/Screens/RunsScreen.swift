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
  /// Whether runs are compared at the last step that all of them scored, not at the best of each.
  var isAtSameStep = false
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
    let moment: RunRow.Moment = runs.isAtSameStep ? .step(commonStep) : .best
    let title = [Span("runs \(all.count)", .title), Span("  " + comparedWords, .dim)]
    let inner = canvas.frame(top, title: title, isFocused: true)
    let rows = all.map { RunRow($0, now: memory.now, at: moment) }
    let baseline = all.firstIndex { $0.number == runs.baseline } ?? 0
    RunTable(rows: rows, selected: selected, baseline: baseline, firstTask: runs.task)
      .draw(in: inner, frame: top, on: &canvas)
    guard bottom.size.rows >= 5 else { return }
    drawDetails(of: all[selected], in: bottom, on: &canvas)
  }

  /// The last step at which every run that was scored at all was scored.
  var commonStep: Int? {
    let steps = allRuns.map(\.scoredSteps).filter { !$0.isEmpty }
    guard let first = steps.first else { return nil }
    return steps.dropFirst().reduce(first) { $0.intersection($1) }.max()
  }

  private var comparedWords: String {
    guard runs.isAtSameStep else { return "best validation scores ★; gains over =, best to best" }
    guard let step = commonStep else { return "no step was scored in every run" }
    return "validation scores, all at step \(grouped(step)); gains over ="
  }

  /// Compares the best of each run, or all at the same step.
  mutating func toggleSameStep() {
    runs.isAtSameStep.toggle()
    say(comparedWords)
  }

  /// Curves and scores of a run: all tasks' where there is room, else the selected one's.
  private func drawDetails(of run: RunState, in area: Rect, on canvas: inout Canvas) {
    let (left, right) = area.splitLeft(max(38, area.size.columns * 2 / 5))
    RunScores(run: run, row: RunRow(run, now: memory.now), selected: selectedTask)
      .draw(in: left, isFocused: runs.isOpen, on: &canvas)
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
      Span("  loss, ○ validation, ★ best", .dim),
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
      chart.add(
        run.scores[task], best: run.best(of: task), .loss, style: Style(.hint, bold: true))
    }
    chart.draw(in: inner, on: &canvas)
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
