import Runs
import Terminal

/// Where the parts of the dashboard lie.
struct DashboardLayout {
  /// One area a chart, in the order of the tasks that are shown.
  var charts: [Rect] = []
  var tasks: Rect?
  var gates: Rect?
  var events: Rect?

  /// Lays parts out: beside each other where there is room, below each other where not.
  init(body: Rect, charts count: Int, tasks taskCount: Int, gates gateCount: Int) {
    if body.size.columns >= 110, body.size.rows >= 28 {
      layOutWide(body, count, taskCount, gateCount)
    } else {
      layOutNarrow(body, count, taskCount, gateCount)
    }
  }

  private mutating func layOutWide(_ body: Rect, _ count: Int, _ tasks: Int, _ gates: Int) {
    let low = min(max(gates + 3, 8), body.size.rows / 3)
    let (top, bottom) = body.splitTop(body.size.rows - low)
    let side = min(50, max(38, body.size.columns * 3 / 10))
    let (left, right) = top.splitLeft(body.size.columns - side)
    charts = Self.grid(in: left, count: count)
    self.tasks = right
    if gates > 0 {
      let halves = bottom.splitLeft(body.size.columns / 2)
      (self.gates, events) = (halves.left, halves.rest)
    } else {
      events = bottom
    }
  }

  private mutating func layOutNarrow(_ body: Rect, _ count: Int, _ tasks: Int, _ gates: Int) {
    let chartRows = (count > 2 ? 2 : 1) * 6
    let strip = max(3, min(max(tasks, gates) + 2, body.size.rows - chartRows, 8))
    let spare = body.size.rows - chartRows - strip
    let eventRows = spare >= 4 ? 4 : spare >= 3 ? 3 : 0
    let (top, bottom) = body.splitTop(body.size.rows - strip - eventRows)
    let (middle, low) = bottom.splitTop(strip)
    charts = Self.grid(in: top, count: count)
    if gates > 0 {
      let halves = middle.splitLeft(middle.size.columns * 45 / 100)
      (self.tasks, self.gates) = (halves.left, halves.rest)
    } else {
      self.tasks = middle
    }
    events = eventRows > 0 ? low : nil
  }

  /// As many charts as stay readable, in rows of equal ones.
  static func grid(in area: Rect, count: Int) -> [Rect] {
    let across =
      count > 1 && area.size.columns >= 72 ? (count > 4 && area.size.columns >= 150 ? 3 : 2) : 1
    return grid(in: area, count: count, across: across)
  }

  /// So many areas beside each other, in rows of equal ones.
  static func grid(in area: Rect, count: Int, across: Int) -> [Rect] {
    let down = max(1, min((count + across - 1) / across, area.size.rows / 6))
    return (0..<min(count, across * down)).map { place in
      let (row, column) = (place / across, place % across)
      let top = area.size.rows * row / down
      let left = area.size.columns * column / across
      let isLastAlone = place == count - 1 && column < across - 1
      let right = isLastAlone ? area.size.columns : area.size.columns * (column + 1) / across
      return Rect(
        row: area.row + top, column: area.column + left,
        rows: area.size.rows * (row + 1) / down - top, columns: right - left)
    }
  }
}

// The dashboard: curves, tasks, gates and events.
extension App {
  func drawDashboard(in body: Rect, on canvas: inout Canvas) {
    if dashboard.isZoomed || body.size.columns < 80 || body.size.rows < 18 {
      return drawAlone(in: body, on: &canvas)
    }
    let count = shown.taskNames.count
    let charted = charts.isOverlay ? min(1, count) : count
    let layout = DashboardLayout(
      body: body, charts: charted, tasks: count, gates: shown.snapshot.gates.count)
    drawCurves(in: layout.charts, on: &canvas)
    if let area = layout.tasks { drawTaskStrip(in: area, on: &canvas) }
    if let area = layout.gates { drawGateStrip(in: area, on: &canvas) }
    if let area = layout.events { drawEvents(in: area, on: &canvas) }
  }

  /// One part on the whole body: by choice, or because there is no room for more.
  private func drawAlone(in body: Rect, on canvas: inout Canvas) {
    switch dashboard.pane {
    case .curves: drawCurves(in: [body], on: &canvas)
    case .tasks: drawTaskStrip(in: body, on: &canvas)
    case .gates: drawGateStrip(in: body, on: &canvas)
    case .events: drawEvents(in: body, on: &canvas)
    }
  }

  private func drawCurves(in areas: [Rect], on canvas: inout Canvas) {
    let names = shown.taskNames
    if charts.isOverlay, let area = areas.first {
      return drawOverlay(in: area, on: &canvas)
    }
    let first = max(0, min(selectedTask, names.count - 1) - areas.count + 1)
    for (place, area) in areas.enumerated() where names.indices.contains(first + place) {
      let hidden = place == areas.count - 1 ? names.count - first - areas.count : 0
      LossPanel(app: self, task: first + place, hiddenTasks: hidden)
        .draw(in: area, on: &canvas)
    }
  }

  private func drawOverlay(in area: Rect, on canvas: inout Canvas) {
    let names = shown.taskNames
    var title = [Span("losses  ", .title)]
    for (task, name) in names.enumerated() {
      title.append(Span("\(seriesGlyph(task)) \(name)  ", .series(task)))
    }
    let isFocused = dashboard.pane == .curves
    let inner = canvas.frame(area, title: title, isFocused: isFocused)
    chart(of: Array(names.indices), showsBand: false).draw(in: inner, on: &canvas)
  }

  /// The chart of some tasks, as it is set up just now.
  func chart(of tasks: [Int], showsBand: Bool) -> CurveChart {
    let run = shown
    var chart = CurveChart()
    chart.charset = settings.charset
    chart.isLogarithmic = charts.isLogarithmic
    chart.marks = run.log.marks
    chart.steps = charts.steps(last: lastStep)
    for task in tasks where run.taskNames.indices.contains(task) {
      chart.lines += earlierLines(of: run.taskNames[task])
    }
    for task in tasks {
      if run.losses.indices.contains(task) {
        chart.lines.append(
          CurveChart.Line(
            series: run.losses[task], glyph: asciiTwins[seriesGlyph(task)] ?? "*",
            style: Style(.series(task), bold: true), showsBand: showsBand,
            smoothing: charts.smoothing))
      }
      guard run.scores.indices.contains(task) else { continue }
      let style = tasks.count > 1 ? Style(.series(task)) : Style(.hint, bold: true)
      chart.add(
        run.scores[task], best: run.best(of: task), charts.validation, style: style)
    }
    return chart
  }
}

extension CurveChart {
  /// Adds what is shown of the validation rows; the best step comes last, so that it is on top.
  mutating func add(
    _ history: ScoreHistory, best: ScoreHistory.Entry?, _ validation: ChartSettings.Validation,
    style: Style
  ) {
    func points(_ value: KeyPath<ScoreHistory.Entry, Double>) -> [Point] {
      let others = history.entries.filter { $0.step != best?.step }
      let starred = best.map {
        Point(
          step: $0.step, value: $0[keyPath: value], style: Style(style.role, bold: true),
          isBest: true)
      }
      return others.map { Point(step: $0.step, value: $0[keyPath: value], style: style) }
        + (starred.map { [$0] } ?? [])
    }
    switch validation {
    case .loss: self.points += points(\.loss)
    case .score: scores += points(\.score)
    case .off: break
    }
  }
}
