import Terminal

/// Where the parts of a curve chart lie, and its axes.
struct CurveLayout {
  /// The inside, between the axes.
  let plot: Rect
  let steps: StepAxis
  let values: Axis
  let left: ChartLabels
  /// The axis of the scores; nil where none are drawn.
  let scores: Axis?
  let right: ChartLabels?
  /// The row of the legend; nil where there is none.
  let legendRow: Int?

  /// Lays a chart out; nil where there is no room for one.
  init?(_ chart: CurveChart, in area: Rect) {
    guard area.size.rows >= 2, area.size.columns >= 10 else { return nil }
    let hasLegend = chart.hasLegend && area.size.rows >= 6
    legendRow = hasLegend ? area.row : nil
    let rows = area.size.rows - 1 - (hasLegend ? 1 : 0)
    steps = chart.stepAxis
    values = Axis(
      fitting: chart.valueRange(on: steps), rows: rows, isLogarithmic: chart.isLogarithmic)
    left = ChartLabels(axis: values, rows: rows)
    let range = chart.scores.isEmpty ? nil : chart.scoreRange(on: steps)
    scores = range.map { Axis(fitting: $0, rows: rows) }
    right = scores.map { ChartLabels(axis: $0, rows: rows) }
    let before = min(left.width + 1, area.size.columns / 2)
    let columns = area.size.columns - before - (right.map { $0.width + 1 } ?? 0)
    guard columns > 2 else { return nil }
    plot = Rect(
      row: area.row + (hasLegend ? 1 : 0), column: area.column + before, rows: rows,
      columns: columns)
  }

  /// The column of the screen at which a value of the steps is shown; nil outside.
  func column(of value: Double) -> Int? {
    let place = steps.place(of: value, among: plot.size.columns)
    return (0..<plot.size.columns).contains(place) ? plot.column + place : nil
  }

  /// The row of the screen in which a line has its dot of a value; nil outside.
  func row(of value: Double, on axis: Axis, _ charset: Charset) -> Int? {
    guard let share = axis.share(of: value), (0...1).contains(share) else { return nil }
    let dots = plot.size.rows * charset.dotsDown
    return plot.row + Int(((1 - share) * Double(dots - 1)).rounded()) / charset.dotsDown
  }
}

/// The axis below a chart: round steps, what the program did by itself, the cursor's step.
struct CurveFoot {
  let chart: CurveChart
  let layout: CurveLayout

  private var row: Int { layout.plot.row + layout.plot.size.rows }
  private var start: Int { layout.plot.column }
  private var end: Int { layout.plot.column + layout.plot.size.columns }

  func draw(on canvas: inout Canvas) {
    canvas.put("└", row: row, column: start - 1, style: .dim)
    for column in start..<end { canvas.put("─", row: row, column: column, style: .dim) }
    drawTicks(on: &canvas)
    drawLabels(on: &canvas)
    for (step, isCursor) in cursorSteps {
      let label = layout.steps.label(chart.measure.value(of: Double(step)))
      guard let column = layout.column(of: chart.measure.value(of: Double(step))) else { continue }
      let width = label.utf8.count
      let left = max(start, min(end - width, column - width / 2))
      // Of a round step's label no part is left that would read as one number with it.
      for beside in [left - 1, left + width] where (start..<end).contains(beside) {
        clearLabel(around: beside, on: &canvas)
      }
      canvas.write(
        label, row: row, column: left, style: Style(.plain, bold: true, reversed: isCursor))
    }
  }

  /// Takes a label off the axis that touches a column.
  private func clearLabel(around column: Int, on canvas: inout Canvas) {
    func isLabel(_ column: Int) -> Bool {
      (start..<end).contains(column)
        && canvas[row, column]?.text.map { $0.isNumber || $0.isLetter || $0 == "." || $0 == ":" }
          == true
    }
    for (first, step) in [(column, -1), (column + 1, 1)] {
      var place = first
      while isLabel(place) {
        canvas.put("─", row: row, column: place, style: .dim)
        place += step
      }
    }
  }

  private var cursorSteps: [(step: Int, isCursor: Bool)] {
    guard let cursor = chart.cursor else { return [] }
    return (cursor.mark.map { [(step: $0, isCursor: false)] } ?? []) + [(cursor.step, true)]
  }

  /// Ticks nearer to each other than this are drawn as one stretch.
  private static let leastGap = 3

  /// What the program did by itself: a tick each; where they are too dense to count, the first and the
  /// last of them with a line of dashes between.
  private func drawTicks(on canvas: inout Canvas) {
    let columns = Set(
      chart.ticks.compactMap { layout.column(of: chart.measure.value(of: Double($0))) }
    ).sorted()
    var first = 0
    for index in columns.indices {
      let isLast =
        index == columns.count - 1 || columns[index + 1] - columns[index] >= Self.leastGap
      guard isLast else { continue }
      drawStretch(columns[first...index], on: &canvas)
      first = index + 1
    }
  }

  private func drawStretch(_ columns: ArraySlice<Int>, on canvas: inout Canvas) {
    guard let first = columns.first, let last = columns.last else { return }
    if columns.count > 2 {
      for column in first...last { canvas.put("┄", row: row, column: column, style: Style(.hint)) }
    }
    for column in columns.count > 2 ? [first, last] : Array(columns) {
      canvas.put("┬", row: row, column: column, style: Style(.hint))
    }
  }

  private func drawLabels(on canvas: inout Canvas) {
    let name = layout.steps.unit == .step ? "" : " \(layout.steps.unit.axisName)"
    var from = start
    var drawn = 0
    for tick in layout.steps.ticks(about: max(1, layout.plot.size.columns / 10)) {
      guard let place = layout.column(of: tick.value) else { continue }
      let width = tick.label.utf8.count
      let column = max(start, min(end - width, place - width / 2))
      guard column >= from else { continue }
      canvas.write(tick.label, row: row, column: column, style: .dim)
      from = column + width + 2
      drawn += 1
    }
    if drawn < 2 { drawEnd(from: from, on: &canvas) }
    guard !name.isEmpty, end - name.utf8.count > from else { return }
    canvas.write(name, row: row, column: end - name.utf8.count, style: .dim)
  }

  /// The last step, where there are no two round ones to read a scale from.
  private func drawEnd(from: Int, on canvas: inout Canvas) {
    let label =
      layout.steps.unit == .time ? clock(layout.steps.high) : abbreviated(layout.steps.high)
    guard end - label.utf8.count >= from else { return }
    canvas.write(label, row: row, column: end - label.utf8.count, style: .dim)
  }
}
