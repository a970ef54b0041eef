import Terminal

/// What is read off the curves: a step, and perhaps a second one to compare with.
struct CurveCursor: Sendable, Equatable {
  /// The step of the run that is looked at.
  var step: Int
  /// The step of the mark; values are compared with those there.
  var mark: Int?
}

/// The values of all runs at the cursor, in a corner where the cursor is not.
///
///      step 1,204   0:31      Δ 300 steps
///      ── #4        0.1208      -0.0031
///      ╌╌ validation 0.1196 at 1,170  +0.0004
struct CurveReadout {
  let chart: CurveChart
  let cursor: CurveCursor
  let layout: CurveLayout

  /// A line of the read-out.
  struct Row: Equatable {
    var sample: String
    var style: Style
    var name: String
    var value: Double?
    /// The value minus that at the mark; nil without a mark or a value there.
    var change: Double?
    /// The step of the value, where it is not the cursor's.
    var step: Int?
  }

  /// The value of every line and of every trail at the cursor.
  var rows: [Row] {
    let here = chart.measure.value(of: Double(cursor.step))
    let there = cursor.mark.map { chart.measure.value(of: Double($0)) }
    return chart.lines.map { line in
      row(
        chart.charset == .ascii ? "\(line.glyph)\(line.glyph)" : line.stroke.sample, line.style,
        line.name.isEmpty ? "loss" : line.name, here, there
      ) { line.value(at: step(of: $0, in: line)) }
    }
      + (chart.validation + chart.scores).map { trail in
        var row = row(
          chart.charset == .ascii ? "\(trail.glyph)\(trail.glyph)" : Stroke.dashed.sample,
          trail.style, trail.name, here, there
        ) { trail.point(at: $0)?.value }
        row.step = trail.point(at: here)?.step
        return row
      }
  }

  private func row(
    _ sample: String, _ style: Style, _ name: String, _ here: Double, _ there: Double?,
    value: (Double) -> Double?
  ) -> Row {
    let (now, before) = (value(here), there.flatMap(value))
    return Row(
      sample: sample, style: style, name: name, value: now,
      change: now.flatMap { now in before.map { now - $0 } })
  }

  /// A line's own step at a value along the axis.
  private func step(of value: Double, in line: CurveChart.Line) -> Int {
    guard chart.measure.unit != .step else { return Int(value) }
    return line.measure.step(of: value, in: 0...max(1, line.series.lastStep ?? 1))
  }

  /// The steps themselves: where the cursor is, and how far from the mark.
  var heading: String {
    var text = "step \(grouped(cursor.step))"
    if chart.measure.unit != .step {
      let place = layout.steps.label(chart.measure.value(of: Double(cursor.step)))
      text += "  \(place) \(chart.measure.unit.axisName)"
    }
    if let mark = cursor.mark { text += "  Δ \(grouped(cursor.step - mark)) steps" }
    return text
  }

  func draw(on canvas: inout Canvas) {
    let plot = layout.plot
    let shown = Array(rows.prefix(max(0, min(plot.size.rows - 1, 12))))
    let nameWidth = min(24, shown.map { columnsTaken(by: $0.name) }.max() ?? 0)
    let texts = shown.map { text(of: $0, nameWidth) }
    let width = min(
      plot.size.columns,
      max(columnsTaken(by: heading), (texts.map { columnsTaken(by: $0) + 3 }.max() ?? 0)) + 2)
    let place = layout.steps.place(
      of: chart.measure.value(of: Double(cursor.step)), among: plot.size.columns)
    let isLeft = place > plot.size.columns / 2
    let column = isLeft ? plot.column : plot.column + plot.size.columns - width
    canvas.fill(Rect(row: plot.row, column: column, rows: shown.count + 1, columns: width))
    canvas.write(heading, row: plot.row, column: column + 1, style: .bold, limit: width - 1)
    for (index, row) in shown.enumerated() {
      canvas.write(
        row.sample, row: plot.row + index + 1, column: column + 1, style: row.style,
        limit: width - 1)
      canvas.write(
        texts[index], row: plot.row + index + 1, column: column + 4, limit: width - 4)
    }
  }

  private func text(of row: Row, _ nameWidth: Int) -> String {
    let name = fit(row.name, into: nameWidth)
    let padding = String(repeating: " ", count: max(0, nameWidth - columnsTaken(by: name)))
    let change = row.change.map { "  Δ \(signed($0))" } ?? ""
    let step = row.step.map { " at \(grouped($0))" } ?? ""
    return "\(name)\(padding) \(row.value.map(lossText) ?? "-")\(step)\(change)"
  }
}

extension CurveChart.Trail {
  /// The newest value at or before a mark of the axis.
  func point(at mark: Double) -> CurveChart.Point? {
    points.last { $0.value.isFinite && measure.value(of: Double($0.step)) <= mark + 1e-9 }
  }
}
