import Runs
import Terminal

/// The inside of a chart, between its axes.
struct CurvePlot {
  let chart: CurveChart
  let steps: ClosedRange<Int>
  let axis: Axis
  let scoreAxis: Axis?
  let area: Rect

  /// Draws envelopes first, then lines, then points and marks.
  func draw(on canvas: inout Canvas) {
    var grid = DotGrid(
      charset: chart.charset, rows: area.size.rows, columns: area.size.columns)
    let lines = chart.lines.map { CondensedLine($0, steps: steps, width: grid.width) }
    for line in lines where line.line.showsBand { drawBand(of: line, on: &grid) }
    for line in lines { drawLine(line, on: &grid) }
    for mark in chart.marks where steps.contains(mark) { drawMark(mark, over: grid, on: &canvas) }
    grid.draw(row: area.row, column: area.column, on: &canvas)
    for line in lines { drawNotFinite(of: line, on: &canvas) }
    for point in chart.points { draw(point, point.isBest ? "★" : "○", on: axis, on: &canvas) }
    guard let scoreAxis else { return }
    for point in chart.scores { draw(point, point.isBest ? "★" : "◇", on: scoreAxis, on: &canvas) }
  }

  private func drawBand(of line: CondensedLine, on grid: inout DotGrid) {
    for (x, column) in line.columns.enumerated() where column.minimum <= column.maximum {
      guard let top = y(Double(column.maximum), grid) else { continue }
      grid.setBand(x: x, from: top, to: y(Double(column.minimum), grid) ?? grid.height - 1)
    }
  }

  private func drawLine(_ line: CondensedLine, on grid: inout DotGrid) {
    var previous = line.before.flatMap { place(x: $0.x, $0.value, grid) }
    for (x, column) in line.columns.enumerated() {
      if column.startsAnew { previous = nil }
      guard column.count > 0 else { continue }
      guard let y = y(column.sum / Double(column.count), grid) else {
        previous = nil
        continue
      }
      let here = (x: x, y: y)
      grid.connect(previous ?? here, here, glyph: line.line.glyph, style: line.line.style)
      previous = column.endsHere ? nil : here
    }
    if let previous, let after = line.after.flatMap({ place(x: $0.x, $0.value, grid) }) {
      grid.connect(previous, after, glyph: line.line.glyph, style: line.line.style)
    }
  }

  private func place(x: Int, _ value: Double, _ grid: DotGrid) -> (x: Int, y: Int)? {
    y(value, grid).map { (x, $0) }
  }

  private func drawMark(_ step: Int, over grid: DotGrid, on canvas: inout Canvas) {
    let column = area.place(of: step, in: steps)
    for row in 0..<area.size.rows where grid.isBlank(row: row, column: column) {
      canvas.put("┊", row: area.row + row, column: area.column + column, style: Style(.hint))
    }
  }

  private func drawNotFinite(of line: CondensedLine, on canvas: inout Canvas) {
    for (x, column) in line.columns.enumerated() where column.hasNotFinite {
      canvas.put(
        "N", row: area.row, column: area.column + x / chart.charset.dotsAcross,
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

  private func y(_ value: Double, _ grid: DotGrid) -> Int? {
    guard let share = axis.share(of: value) else { return nil }
    return Int(((1 - min(2, max(-1, share))) * Double(grid.height - 1)).rounded())
  }
}

/// A curve condensed to one column of dots after the other, without losing an extreme.
struct CondensedLine {
  /// What falls into one column of dots.
  struct Column {
    var minimum = Float.infinity
    var maximum = -Float.infinity
    /// The sum and the number of the line's values whose middle is here.
    var sum = 0.0
    var count = 0
    var hasNotFinite = false
    /// Whether steps are missing, or not finite, before the line's first value here.
    var startsAnew = false
    /// Whether they are so after its last value here.
    var endsHere = false
  }

  /// Steps that may be missing between two losses that are still joined by a line.
  ///
  /// A batch without a row of the task leaves no loss; a task that was off leaves a gap.
  static let joinedGap = 8

  let line: CurveChart.Line
  private(set) var columns: [Column]
  /// The last value left of the columns and the first one right of them, to be joined to.
  private(set) var before: (x: Int, value: Double)?
  private(set) var after: (x: Int, value: Double)?

  /// Condenses the visible part of a curve to so many columns of dots.
  init(_ line: CurveChart.Line, steps: ClosedRange<Int>, width: Int) {
    self.line = line
    columns = [Column](repeating: Column(), count: max(1, width))
    let scale = StepScale(steps: steps, width: columns.count)
    var last = Int.max / 2
    var lastColumn: Int?
    for bin in line.series.bins(touching: steps) {
      let isGap = Int(bin.first) - last > Self.joinedGap
      last = Int(bin.last)
      let from = scale.place(of: Double(bin.first))
      if bin.notFinite > 0 { columns[scale.visible(from)].hasNotFinite = true }
      if isGap || bin.count == 0, let ended = lastColumn { columns[ended].endsHere = true }
      guard bin.count > 0 else {
        lastColumn = nil
        continue
      }
      if line.showsBand { addBand(bin, from: from, to: scale.place(of: Double(bin.last))) }
      let middle = scale.place(of: (Double(bin.first) + Double(bin.last)) / 2)
      if middle < 0 { before = (middle, line.value(of: bin)) }
      if middle >= columns.count, lastColumn != nil { after = (middle, line.value(of: bin)) }
      guard columns.indices.contains(middle) else { continue }
      if isGap { before = lastColumn == nil ? nil : before }
      addValue(
        line.value(of: bin), at: middle, isNew: isGap || lastColumn == nil && before == nil)
      lastColumn = middle
    }
  }

  private mutating func addBand(_ bin: LossSeries.Bin, from: Int, to: Int) {
    let (first, last) = (max(0, from), min(columns.count - 1, to))
    guard first <= last else { return }
    for x in first...last {
      columns[x].minimum = min(columns[x].minimum, bin.minimum)
      columns[x].maximum = max(columns[x].maximum, bin.maximum)
    }
  }

  private mutating func addValue(_ value: Double, at x: Int, isNew: Bool) {
    guard value.isFinite else { return }
    if isNew, columns[x].count == 0 { columns[x].startsAnew = true }
    columns[x].sum += value
    columns[x].count += 1
    columns[x].endsHere = false
  }
}

/// Where steps fall on a row of dots.
private struct StepScale {
  private let first: Double
  private let dotsPerStep: Double
  private let last: Int

  init(steps: ClosedRange<Int>, width: Int) {
    first = Double(steps.lowerBound)
    dotsPerStep = Double(width - 1) / Double(max(1, steps.upperBound - steps.lowerBound))
    last = width - 1
  }

  func place(of step: Double) -> Int {
    Int((min(1e9, max(-1e9, (step - first) * dotsPerStep))).rounded())
  }

  func visible(_ place: Int) -> Int { max(0, min(last, place)) }
}
