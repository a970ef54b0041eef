import Runs
import Terminal

/// Named lengths: parts one behind another, the sum at the right, a mark to compare it with.
///
///     █ own   ▓ shared
///     ● income  ████████▓▓▓▓▓▓│       0.62
struct BarsPanel {
  let bars: ModelView.Bars
  let ink: ViewInk

  func draw(in area: Rect, frame: Rect, on canvas: inout Canvas) {
    guard !bars.bars.isEmpty else { return canvas.drawNothing("no lengths yet", in: area) }
    let hasLegend = bars.parts.count > 1
    if hasLegend { drawLegend(row: area.row, in: area, on: &canvas) }
    let (_, list) = area.splitTop(hasLegend ? 1 : 0)
    let hasGlyphs = ink.namesTasks(bars.bars.map(\.name))
    let widest = bars.bars.map { columnsTaken(by: $0.name) }.max() ?? 0
    let name = max(2, min(widest, max(8, area.size.columns / 3)))
    let start = 1 + (hasGlyphs ? 2 : 0) + name + 1
    let values = bars.bars.map(numbers)
    let numberColumns = min(24, (values.map(columnsTaken).max() ?? 0) + 1)
    let width = max(0, area.size.columns - start - numberColumns - 1)
    let rows = ListWindow(count: bars.bars.count, from: ink.scroll.row, rows: list.size.rows)
    for (line, index) in rows.places.enumerated() {
      let (bar, row) = (bars.bars[index], list.row + line)
      let glyph = hasGlyphs ? [ink.glyph(of: bar.name)] : []
      canvas.write(
        glyph + [Span(padded(bar.name, to: name))], row: row, column: area.column + 1,
        limit: start - 1)
      draw(bar, row: row, column: area.column + start, width: width, on: &canvas)
      canvas.write(
        rightAligned(values[index], to: numberColumns), row: row,
        column: area.column + start + width, limit: numberColumns)
    }
    rows.drawMore(in: frame, on: &canvas)
  }

  private func drawLegend(row: Int, in area: Rect, on canvas: inout Canvas) {
    let spans = bars.parts.enumerated().flatMap { index, part in
      [
        Span(String(ViewInk.fill(index)), ink.role(ofPart: part, at: index)),
        Span(" \(part)   "),
      ]
    }
    canvas.write(spans, row: row, column: area.column + 1, limit: area.size.columns - 2)
  }

  private func draw(
    _ bar: ModelView.Bars.Bar, row: Int, column: Int, width: Int,
    on canvas: inout Canvas
  ) {
    guard width > 0 else { return }
    var sum: Float = 0
    var from = 0
    for (part, value) in bar.values.enumerated() where value.isFinite {
      sum += max(0, value)
      let to = min(width, columns(to: sum, width: width))
      for at in from..<max(from, to) {
        canvas.put(
          ViewInk.fill(part), row: row, column: column + at, style: style(part, bar))
      }
      from = max(from, to)
    }
    guard let mark = bar.mark, mark.isFinite else { return }
    let at = min(width - 1, columns(to: mark, width: width))
    canvas.put("│", row: row, column: column + at, style: .bold)
  }

  /// Parts have a colour each; a bar of one part has its own task's.
  private func style(_ part: Int, _ bar: ModelView.Bars.Bar) -> Style {
    guard bars.parts.count > 1 else { return Style(.series(ink.series(bar.name, at: 0))) }
    let name = bars.parts.indices.contains(part) ? bars.parts[part] : ""
    return Style(ink.role(ofPart: name, at: part))
  }

  private func columns(to amount: Float, width: Int) -> Int {
    let share = amount / largest
    return share.isFinite ? Int((min(1, max(0, share)) * Float(width)).rounded()) : 0
  }

  /// The end of the scale.
  private var largest: Float {
    if let most = bars.most, most.isFinite, most > 0 { return most }
    let sums = bars.bars.map { bar in
      max(
        bar.values.filter(\.isFinite).reduce(0) { $0 + max(0, $1) },
        bar.mark.map { $0.isFinite ? $0 : 0 } ?? 0)
    }
    return max(sums.max() ?? 0, .leastNormalMagnitude)
  }

  /// The sum, and what it is to be compared with; where all sums are alike, the parts.
  private func numbers(_ bar: ModelView.Bars.Bar) -> String {
    if sumsAreAlike, bar.mark == nil {
      return bar.values.map { shortNumber(Double($0)) }.joined(separator: " ")
    }
    let sum = bar.values.filter(\.isFinite).reduce(0, +)
    let text = bar.values.isEmpty ? "-" : shortNumber(Double(sum))
    return text + (bar.mark.map { " │\(shortNumber(Double($0)))" } ?? "")
  }

  /// Whether sums say nothing, as those of shares of a whole.
  private var sumsAreAlike: Bool {
    guard bars.parts.count > 1, bars.parts.count <= 4 else { return false }
    let sums = bars.bars.map { $0.values.reduce(0, +) }
    return sums.allSatisfy { abs($0 - sums[0]) < 1e-3 * abs(sums[0]) }
  }
}
