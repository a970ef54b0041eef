import Runs
import Terminal

/// The inside of a chart, between its axes.
struct CurvePlot {
  let chart: CurveChart
  let layout: CurveLayout

  private var area: Rect { layout.plot }

  /// Draws bands first, then what the run is compared with, then its own line, then signs.
  func draw(on canvas: inout Canvas) {
    var grid = DotGrid(
      charset: chart.charset, rows: area.size.rows, columns: area.size.columns)
    let lines = chart.lines.map { CondensedLine($0, on: layout.steps, width: grid.width) }
    for line in lines { drawBand(of: line, on: &grid) }
    for line in lines { drawSpikes(of: line, on: &grid) }
    for trail in chart.validation { draw(trail, on: layout.values, grid: &grid) }
    for trail in chart.scores {
      if let axis = layout.scores { draw(trail, on: axis, grid: &grid) }
    }
    for line in lines { drawLine(line, on: &grid) }
    grid.draw(row: area.row, column: area.column, on: &canvas)
    drawMarks(over: grid, on: &canvas)
    drawCursor(over: grid, on: &canvas)
    for line in lines { drawNotFinite(of: line, on: &canvas) }
    EdgeArrows(lines: lines, trails: chart.validation, layout: layout, charset: chart.charset)
      .draw(over: grid, on: &canvas)
    drawMarkLabels(over: grid, on: &canvas)
    for trail in chart.validation {
      drawBest(of: trail, on: layout.values, over: grid, on: &canvas)
    }
    for trail in chart.scores {
      if let axis = layout.scores { drawBest(of: trail, on: axis, over: grid, on: &canvas) }
    }
    if let cursor = chart.cursor {
      CurveReadout(chart: chart, cursor: cursor, layout: layout).draw(on: &canvas)
    }
  }

  // MARK: - Single losses

  private func drawBand(of line: CondensedLine, on grid: inout DotGrid) {
    guard line.line.band != .off else { return }
    var previous: (x: Int, top: Int, bottom: Int)?
    for (x, column) in line.columns.enumerated() {
      guard let (low, high) = ends(of: column, line.line.band), let top = y(high, grid) else {
        continue
      }
      // On a logarithmic axis what is not above 0 has no place: the band goes to the foot.
      let here = (x: x, top: top, bottom: y(low, grid) ?? grid.height - 1)
      if let previous, x > previous.x + 1, line.isJoined(from: previous.x, to: x) {
        fillBand(from: previous, to: here, hue: line.line.hue, on: &grid)
      }
      grid.setBand(x: x, from: here.top, to: here.bottom, hue: line.line.hue)
      previous = here
    }
  }

  /// Joins a band over columns of dots that no loss falls into, as the line is joined.
  private func fillBand(
    from left: (x: Int, top: Int, bottom: Int), to right: (x: Int, top: Int, bottom: Int),
    hue: Int, on grid: inout DotGrid
  ) {
    for x in (left.x + 1)..<right.x {
      let share = Double(x - left.x) / Double(right.x - left.x)
      let top = Double(left.top) + share * Double(right.top - left.top)
      let bottom = Double(left.bottom) + share * Double(right.bottom - left.bottom)
      grid.setBand(x: x, from: Int(top.rounded()), to: Int(bottom.rounded()), hue: hue)
    }
  }

  private func ends(of column: CondensedLine.Column, _ band: CurveChart.Band) -> (Double, Double)? {
    switch band {
    case .off: return nil
    case .tenths: return column.tenths.map { ($0.lowerBound, $0.upperBound) }
    case .extremes:
      guard column.minimum <= column.maximum else { return nil }
      return (Double(column.minimum), Double(column.maximum))
    }
  }

  /// Losses far beyond the band are dots.
  private func drawSpikes(of line: CondensedLine, on grid: inout DotGrid) {
    for (x, column) in line.columns.enumerated() {
      for spike in line.spikes(in: column, axis: layout.values) {
        guard let y = y(spike, grid), (0..<grid.height).contains(y) else { continue }
        grid.setLine(x: x, from: y, to: y, glyph: "'", style: Style(.series(line.line.hue)))
      }
    }
  }

  // MARK: - Lines

  private func drawLine(_ line: CondensedLine, on grid: inout DotGrid) {
    let (glyph, style, stroke) = (line.line.glyph, line.line.style, line.line.stroke)
    var previous = line.before.flatMap { place(x: $0.x, $0.value, grid) }
    for (x, column) in line.columns.enumerated() {
      if column.startsAnew { previous = nil }
      guard let value = column.value else { continue }
      guard let y = y(value, grid) else {
        previous = nil
        continue
      }
      let here = (x: x, y: y)
      grid.connect(previous ?? here, here, glyph: glyph, style: style, stroke: stroke)
      previous = column.endsHere ? nil : here
    }
    if let previous, let after = line.after.flatMap({ place(x: $0.x, $0.value, grid) }) {
      grid.connect(previous, after, glyph: glyph, style: style, stroke: stroke)
    }
  }

  /// Joins values by dashes; a value without neighbours is a sign of its own.
  private func draw(_ trail: CurveChart.Trail, on axis: Axis, grid: inout DotGrid) {
    var previous: (x: Int, y: Int)?
    let known = trail.points.filter { $0.value.isFinite }
    for point in known {
      let x = layout.steps.place(
        of: trail.measure.value(of: Double(point.step)), among: grid.width)
      guard let y = y(point.value, grid, on: axis) else {
        previous = nil
        continue
      }
      if let previous, x >= 0, previous.x < grid.width {
        grid.connect(previous, (x, y), glyph: trail.glyph, style: trail.style, stroke: .dashed)
      } else if known.count == 1 {
        for x in (x - 1)...(x + 1) {
          grid.setLine(x: x, from: y, to: y, glyph: trail.glyph, style: trail.style)
        }
      }
      previous = (x, y)
    }
  }

  private func place(x: Int, _ value: Double, _ grid: DotGrid) -> (x: Int, y: Int)? {
    y(value, grid).map { (x, $0) }
  }

  /// The row of dots of a value, up to one height outside the plot.
  private func y(_ value: Double, _ grid: DotGrid, on axis: Axis? = nil) -> Int? {
    guard let share = (axis ?? layout.values).share(of: value) else { return nil }
    return Int(((1 - min(2, max(-1, share))) * Double(grid.height - 1)).rounded())
  }

  // MARK: - Signs

  private func drawNotFinite(of line: CondensedLine, on canvas: inout Canvas) {
    for (x, column) in line.columns.enumerated() where column.hasNotFinite {
      canvas.put(
        "N", row: area.row, column: area.column + x / chart.charset.dotsAcross,
        style: Style(.error, bold: true, reversed: true))
    }
  }

  private func drawBest(
    of trail: CurveChart.Trail, on axis: Axis, over grid: DotGrid, on canvas: inout Canvas
  ) {
    guard let best = trail.best,
      let column = layout.column(of: trail.measure.value(of: Double(best.step))),
      let row = layout.row(of: best.value, on: axis, chart.charset)
    else { return }
    let tint = grid.tint(row: row - area.row, column: column - area.column)
    canvas.put(
      "★", row: row, column: column, style: Style(trail.style.role, behind: tint, bold: true))
  }

  private func drawMarks(over grid: DotGrid, on canvas: inout Canvas) {
    for mark in chart.marks {
      guard let column = layout.column(of: chart.measure.value(of: Double(mark.step))) else {
        continue
      }
      drawUpright("┊", column: column, style: Style(.hint), over: grid, on: &canvas)
    }
  }

  /// What a person did, right of its line and above the curves where there is room.
  private func drawMarkLabels(over grid: DotGrid, on canvas: inout Canvas) {
    let placed = chart.marks.compactMap { mark in
      layout.column(of: chart.measure.value(of: Double(mark.step))).map { (mark, $0) }
    }
    for (index, (mark, column)) in placed.enumerated() {
      let next = index + 1 < placed.count ? placed[index + 1].1 : area.column + area.size.columns
      let width = columnsTaken(by: mark.label)
      let isLast = index == placed.count - 1
      // The last one may stand left of its line, where nothing else does.
      let from = isLast && next - column - 1 < width ? column - width : column + 1
      guard from >= area.column, from > column || isLast else { continue }
      let room = from > column ? next - column - 1 : width
      guard room >= min(width, 4) else { continue }
      let row = freestRow(from, min(width, room), grid, canvas)
      canvas.write(mark.label, row: row, column: from, style: Style(.hint), limit: room)
    }
  }

  /// The row of the first three or the last two in which the least is covered.
  private func freestRow(_ column: Int, _ width: Int, _ grid: DotGrid, _ canvas: Canvas) -> Int {
    let rows = area.size.rows
    let wanted = Array(0..<min(3, rows)) + (max(3, rows - 2)..<max(3, rows)).reversed()
    func covered(_ row: Int) -> Int {
      (column..<(column + width)).reduce(0) { sum, column in
        let cell = canvas[area.row + row, column]
        if cell?.text == " " { return sum }
        // A number at the edge weighs more than a line, a band hardly anything.
        let isDot = !grid.hasNoLine(row: row, column: column - area.column)
        return sum + (isDot ? 4 : cell?.style.role.isBand == true ? 1 : 16)
      }
    }
    return area.row + (wanted.min { covered($0) < covered($1) } ?? 0)
  }

  private func drawCursor(over grid: DotGrid, on canvas: inout Canvas) {
    guard let cursor = chart.cursor else { return }
    for (step, glyph) in [(cursor.mark, "┆"), (cursor.step, "│")] as [(Int?, Character)] {
      guard let step, let column = layout.column(of: chart.measure.value(of: Double(step))) else {
        continue
      }
      drawUpright(glyph, column: column, style: .bold, over: grid, on: &canvas)
    }
  }

  /// A line from top to bottom, behind the curves and over the bands.
  private func drawUpright(
    _ glyph: Character, column: Int, style: Style, over grid: DotGrid, on canvas: inout Canvas
  ) {
    for row in 0..<area.size.rows
    where grid.hasNoLine(row: row, column: column - area.column) {
      var style = style
      style.behind = grid.tint(row: row, column: column - area.column)
      canvas.put(glyph, row: area.row + row, column: column, style: style)
    }
  }
}

extension Role {
  /// Whether it is the shade of a band.
  fileprivate var isBand: Bool { (Role.band0...Role.tint7).contains(self) }
}

extension CondensedLine {
  /// The losses of a column that lie farther beyond where most are than half of its width.
  func spikes(in column: Column, axis: Axis) -> [Double] {
    guard line.band == .tenths, let tenths = column.tenths,
      let low = axis.share(of: tenths.lowerBound), let high = axis.share(of: tenths.upperBound)
    else { return [] }
    let room = (high - low) / 2
    return [Double(column.minimum), Double(column.maximum)].filter { value in
      axis.share(of: value).map { $0 < low - room || $0 > high + room } ?? false
    }
  }
}
