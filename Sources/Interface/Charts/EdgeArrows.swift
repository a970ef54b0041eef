import Terminal

/// What lies outside a chart's range, at its edges: `▲0.76`, `▼0.02`.
///
/// Neighbours share an arrow; the farthest of them is the number.
struct EdgeArrows {
  let lines: [CondensedLine]
  let trails: [CurveChart.Trail]
  let layout: CurveLayout
  let charset: Charset

  /// A value outside, at a column of the plot.
  private struct Outside {
    var column: Int
    var value: Double
    var style: Style
  }

  func draw(over grid: DotGrid, on canvas: inout Canvas) {
    draw(outside { $0 > 1 }.sorted { $0.value > $1.value }, "▲", row: 0, grid, on: &canvas)
    draw(
      outside { $0 < 0 }.sorted { $0.value < $1.value }, "▼", row: layout.plot.size.rows - 1, grid,
      on: &canvas)
  }

  /// The farthest first: it has its number, and then all for which there is room.
  private func draw(
    _ all: [Outside], _ arrow: Character, row: Int, _ grid: DotGrid, on canvas: inout Canvas
  ) {
    let columns = layout.plot.size.columns
    var taken = [Bool](repeating: false, count: columns)
    var numbers = max(1, columns / 20)
    for outside in all where !taken[outside.column] {
      let label = numbers > 0 ? numberText(outside.value) : ""
      let width = 1 + label.utf8.count
      let start = max(0, min(outside.column, columns - width))
      let needed = max(0, start - 1)..<min(columns, start + width + 1)
      guard !taken[needed].contains(true) else {
        // A neighbour's arrow speaks for it.
        guard
          !taken[max(0, outside.column - 1)...min(columns - 1, outside.column + 1)]
            .contains(true)
        else { continue }
        put(arrow, outside, row, grid, on: &canvas)
        taken[outside.column] = true
        continue
      }
      numbers -= 1
      for column in needed { taken[column] = true }
      let style = Style(outside.style.role, behind: nil, bold: true)
      canvas.write(
        "\(arrow)\(label)", row: layout.plot.row + row, column: layout.plot.column + start,
        style: style)
    }
  }

  private func put(
    _ arrow: Character, _ outside: Outside, _ row: Int, _ grid: DotGrid, on canvas: inout Canvas
  ) {
    guard grid.hasNoLine(row: row, column: outside.column) else { return }
    canvas.put(
      arrow, row: layout.plot.row + row, column: layout.plot.column + outside.column,
      style: Style(outside.style.role, behind: grid.tint(row: row, column: outside.column)))
  }

  /// The values of lines, spikes and single points whose place on the axis fulfils a condition, the
  /// farthest of each column.
  private func outside(_ isOutside: (Double) -> Bool) -> [Outside] {
    var farthest: [Int: Outside] = [:]
    func add(_ value: Double, column: Int, style: Style) {
      guard let share = layout.values.share(of: value), isOutside(share),
        (0..<layout.plot.size.columns).contains(column)
      else { return }
      let known = farthest[column].flatMap { layout.values.share(of: $0.value) } ?? 0.5
      guard abs(share - 0.5) > abs(known - 0.5) else { return }
      farthest[column] = Outside(column: column, value: value, style: style)
    }
    for line in lines {
      for (x, column) in line.columns.enumerated() {
        let place = x / charset.dotsAcross
        if let value = column.value { add(value, column: place, style: line.line.style) }
        for spike in line.spikes(in: column, axis: layout.values) {
          add(spike, column: place, style: Style(.series(line.line.hue)))
        }
      }
    }
    for trail in trails {
      for point in trail.points {
        let value = trail.measure.value(of: Double(point.step))
        let column = layout.steps.place(of: value, among: layout.plot.size.columns)
        add(point.value, column: column, style: trail.style)
      }
    }
    return Array(farthest.values).sorted { $0.column < $1.column }
  }

  private func numberText(_ value: Double) -> String {
    abs(value) >= 1000
      ? abbreviated(value)
      : abs(value) < 0.001
        ? scientific(value)
        : abs(value) < 10 ? fixed(value, 2) : threeFigures(value)
  }

  private func threeFigures(_ value: Double) -> String { fixed(value, abs(value) < 100 ? 1 : 0) }
}
