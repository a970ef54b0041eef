import Runs
import Terminal

/// Lines over a common axis, with the newest values in the legend and a level to compare with.
///
///     ● income 0.74   ◆ never_married 0.81   ╌ even 0.50
///      1.0┤⠒⠤⣀
///         │   ⠉⠒⠤
///      0.5┤╌╌╌╌╌╌╌╌
///         └0─ step ──1.8k
struct CurvesPanel {
  let curves: ModelView.Curves
  let ink: ViewInk

  func draw(in area: Rect, frame: Rect, on canvas: inout Canvas) {
    let legend = legendLines(width: area.size.columns - 2, rows: max(1, area.size.rows / 3))
    for (line, spans) in legend.enumerated() {
      canvas.write(
        spans, row: area.row + line, column: area.column + 1, limit: area.size.columns - 2)
    }
    let (_, chart) = area.splitTop(legend.count)
    guard let reach = reach, chart.size.rows >= 3, chart.size.columns >= 12 else {
      return canvas.drawNothing("no points yet", in: chart)
    }
    // Of lines that have not begun an axis alone would look like zeros.
    guard curves.curves.contains(where: { $0.y.contains(where: \.isFinite) }) else {
      return canvas.drawNothing("no numbers yet", in: chart)
    }
    let rows = chart.size.rows - 1
    let axis = Axis(fitting: heights, rows: rows, isLogarithmic: curves.isLogarithmic)
    let labels = ChartLabels(axis: axis, rows: rows)
    let left = min(labels.width + 1, chart.size.columns / 2)
    let plot = Rect(
      row: chart.row, column: chart.column + left, rows: rows,
      columns: chart.size.columns - left)
    labels.drawLeft(of: plot, on: &canvas)
    drawLevel(axis, in: plot, on: &canvas)
    drawLines(axis, reach, in: plot, on: &canvas)
    drawAxis(reach, below: plot, on: &canvas)
  }

  /// Shares have room up to it: what lies all at 0 is not drawn as noise.
  private static let leastShareShown = 0.1

  /// Every line with its newest value: with short names, or none, where whole ones leave some out.
  private func legendLines(width: Int, rows: Int) -> [[Span]] {
    for most in [24, 14, 8, 0] {
      let lines = legendLines(names: most, width: width)
      if lines.count <= rows { return lines }
    }
    return Array(legendLines(names: 24, width: width).prefix(rows))
  }

  private func legendLines(names most: Int, width: Int) -> [[Span]] {
    var lines: [[Span]] = [[]]
    var used = 0
    for entry in legendEntries(names: most) {
      let columns = entry.reduce(0) { $0 + columnsTaken(by: $1.text) }
      if used > 0, used + 3 + columns > width {
        lines.append([])
        used = 0
      }
      if used > 0 { lines[lines.count - 1].append(Span("   ")) }
      lines[lines.count - 1] += entry
      used += columns + (used > 0 ? 3 : 0)
    }
    return lines
  }

  private func legendEntries(names most: Int) -> [[Span]] {
    var entries = curves.curves.enumerated().map { place, curve in
      let series = ink.series(curve.name, at: place)
      let newest = curve.y.last { $0.isFinite } ?? .nan
      return [
        Span("\(seriesGlyph(series)) ", .series(series)),
        Span(most > 0 ? "\(fit(curve.name, into: most)) " : ""),
        Span(shortNumber(Double(newest)), style: .bold),
      ]
    }
    if let level = curves.level {
      entries.append([Span("╌ \(level.name) \(shortNumber(Double(level.y)))", .hint)])
    }
    return entries
  }

  private func drawLines(
    _ axis: Axis, _ reach: ClosedRange<Float>, in plot: Rect, on canvas: inout Canvas
  ) {
    var grid = DotGrid(
      charset: ink.charset, rows: plot.size.rows, columns: plot.size.columns)
    for (place, curve) in curves.curves.enumerated() {
      let series = ink.series(curve.name, at: place)
      let glyph = asciiTwins[seriesGlyph(series)] ?? "*"
      var previous: (x: Int, y: Int)?
      for (x, y) in zip(curve.x, curve.y) {
        guard let here = dot(x, y, axis, reach, grid) else {
          previous = nil
          continue
        }
        let style = Style(.series(series), bold: true)
        grid.connect(previous ?? here, here, glyph: glyph, style: style)
        previous = here
      }
    }
    grid.draw(row: plot.row, column: plot.column, on: &canvas)
  }

  private func dot(
    _ x: Float, _ y: Float, _ axis: Axis, _ reach: ClosedRange<Float>, _ grid: DotGrid
  ) -> (x: Int, y: Int)? {
    guard x.isFinite, let height = axis.share(of: Double(y)) else { return nil }
    let along = (x - reach.lowerBound) / max(reach.upperBound - reach.lowerBound, 1e-12)
    return (
      Int((min(1, max(0, along)) * Float(max(0, grid.width - 1))).rounded()),
      Int(((1 - min(1, max(0, height))) * Double(grid.height - 1)).rounded())
    )
  }

  private func drawLevel(_ axis: Axis, in plot: Rect, on canvas: inout Canvas) {
    guard let level = curves.level, let share = axis.share(of: Double(level.y)),
      (0...1).contains(share)
    else { return }
    let row = plot.row + Int(((1 - share) * Double(plot.size.rows - 1)).rounded())
    for column in 0..<plot.size.columns {
      canvas.put("╌", row: row, column: plot.column + column, style: Style(.hint))
    }
  }

  private func drawAxis(
    _ reach: ClosedRange<Float>, below plot: Rect, on canvas: inout Canvas
  ) {
    let row = plot.row + plot.size.rows
    canvas.put("└", row: row, column: plot.column - 1, style: .dim)
    for column in 0..<plot.size.columns {
      canvas.put("─", row: row, column: plot.column + column, style: .dim)
    }
    let first = abbreviated(Double(reach.lowerBound))
    let last = abbreviated(Double(reach.upperBound))
    let end = plot.size.columns - columnsTaken(by: last)
    canvas.write(first, row: row, column: plot.column, style: .dim)
    canvas.write(last, row: row, column: plot.column + end, style: .dim)
    let name = " \(curves.axis) "
    let middle = (plot.size.columns - columnsTaken(by: name)) / 2
    guard middle > columnsTaken(by: first) + 1, middle + columnsTaken(by: name) < end else {
      return
    }
    canvas.write(name, row: row, column: plot.column + middle, style: .dim)
  }

  /// The first and the last place along the axis; nil if there is none.
  private var reach: ClosedRange<Float>? {
    let all = curves.curves.flatMap { $0.x.filter(\.isFinite) }
    guard let first = all.min(), let last = all.max() else { return nil }
    return first...last
  }

  private var heights: ClosedRange<Double>? {
    var range = ValueRange(isLogarithmic: curves.isLogarithmic)
    for curve in curves.curves { for y in curve.y { range.add(Double(y)) } }
    if let level = curves.level { range.add(Double(level.y)) }
    guard curves.areShares, range.closed != nil else { return range.closed }
    range.add(0)
    range.add(Self.leastShareShown)
    return range.closed
  }
}
