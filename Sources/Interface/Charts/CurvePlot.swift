import Runs
import Terminal

/// The inside of a chart, between its axes.
struct CurvePlot {
  let chart: CurveChart
  let steps: ClosedRange<Int>
  let axis: Axis
  let scoreAxis: Axis?
  let area: Rect

  /// Steps that may be missing between two losses that are still joined by a line.
  ///
  /// A batch without a row of the task leaves no loss; a task that was off leaves a gap.
  private static let joinedGap = 8

  /// Draws envelopes first, then lines, then points and marks.
  func draw(on canvas: inout Canvas) {
    var grid = DotGrid(
      charset: chart.charset, rows: area.size.rows, columns: area.size.columns)
    for line in chart.lines where line.showsBand { drawBand(of: line, on: &grid) }
    for line in chart.lines { drawLine(line, on: &grid) }
    for mark in chart.marks where steps.contains(mark) { drawMark(mark, over: grid, on: &canvas) }
    grid.draw(row: area.row, column: area.column, on: &canvas)
    for line in chart.lines { drawNotFinite(of: line, on: &canvas) }
    for point in chart.points { draw(point, "○", on: axis, on: &canvas) }
    if let scoreAxis { for point in chart.scores { draw(point, "◇", on: scoreAxis, on: &canvas) } }
  }

  private func drawBand(of line: CurveChart.Line, on grid: inout DotGrid) {
    for bin in line.series.bins(touching: steps) where bin.count > 0 {
      guard let top = y(Double(bin.maximum), grid) else { continue }
      let bottom = y(Double(bin.minimum), grid) ?? grid.height - 1
      let from = max(0, x(Double(bin.first), grid))
      for column in from...max(from, min(grid.width - 1, x(Double(bin.last), grid))) {
        grid.setBand(x: column, from: top, to: bottom)
      }
    }
  }

  /// Joins the middles of bins; bins that fall into the same column of dots are averaged.
  private func drawLine(_ line: CurveChart.Line, on grid: inout DotGrid) {
    var previous: (x: Int, y: Int)?
    var column = Column()
    for bin in line.series.bins(touching: steps) {
      let place = x((Double(bin.first) + Double(bin.last)) / 2, grid)
      let isGap = bin.count == 0 || Int(bin.first) - column.last > Self.joinedGap
      if place != column.x || isGap {
        previous = draw(column, of: line, after: previous, on: &grid)
        if isGap { previous = nil }
        column = Column(x: place)
      }
      if bin.count > 0 { column.add(line.value(of: bin), last: Int(bin.last)) }
    }
    _ = draw(column, of: line, after: previous, on: &grid)
  }

  private func draw(
    _ column: Column, of line: CurveChart.Line, after previous: (x: Int, y: Int)?,
    on grid: inout DotGrid
  ) -> (x: Int, y: Int)? {
    guard let mean = column.mean, let y = y(mean, grid) else { return nil }
    let here = (x: column.x, y: y)
    grid.connect(previous ?? here, here, glyph: line.glyph, style: line.style)
    return here
  }

  private func drawMark(_ step: Int, over grid: DotGrid, on canvas: inout Canvas) {
    let column = area.place(of: step, in: steps)
    for row in 0..<area.size.rows where grid.isBlank(row: row, column: column) {
      canvas.put("┊", row: area.row + row, column: area.column + column, style: Style(.hint))
    }
  }

  private func drawNotFinite(of line: CurveChart.Line, on canvas: inout Canvas) {
    for bin in line.series.bins(touching: steps) where bin.notFinite > 0 {
      let column = area.place(of: max(steps.lowerBound, Int(bin.first)), in: steps)
      canvas.put(
        "N", row: area.row, column: area.column + column,
        style: Style(.error, bold: true, reversed: true))
    }
  }

  private func draw(
    _ point: CurveChart.Point, _ glyph: Character, on axis: Axis, on canvas: inout Canvas
  ) {
    guard steps.contains(point.step), let share = axis.share(of: point.value) else { return }
    let row = Int(((1 - share) * Double(area.size.rows - 1)).rounded())
    guard row >= 0, row < area.size.rows else { return }
    canvas.put(
      glyph, row: area.row + row, column: area.column + area.place(of: point.step, in: steps),
      style: point.style)
  }

  private func x(_ step: Double, _ grid: DotGrid) -> Int {
    let span = Double(max(1, steps.upperBound - steps.lowerBound))
    let share = (step - Double(steps.lowerBound)) / span
    return Int((min(2, max(-1, share)) * Double(grid.width - 1)).rounded())
  }

  private func y(_ value: Double, _ grid: DotGrid) -> Int? {
    guard let share = axis.share(of: value) else { return nil }
    return Int(((1 - min(2, max(-1, share))) * Double(grid.height - 1)).rounded())
  }
}

/// The mean of what falls into one column of dots.
private struct Column {
  var x = 0
  var last = Int.max / 2
  private var sum = 0.0
  private var count = 0

  init(x: Int = 0) { self.x = x }

  var mean: Double? { count == 0 ? nil : sum / Double(count) }

  mutating func add(_ value: Double, last: Int) {
    self.last = last
    guard value.isFinite else { return }
    sum += value
    count += 1
  }
}
