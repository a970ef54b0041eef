import Runs
import Terminal

/// Loss curves over steps: the envelope of all losses, a smoothed line through it, marks.
///
///      0.8┤⡄
///         │⢳⣀      ┊
///      0.4┤ ⠈⠓⠤⣀⡀  ┊
///         │     ⠈⠉⠒⠤⠤⣀
///      0.2┤        ┊  ⠉
///         └0────────────18.4k
struct CurveChart {
  /// One curve.
  struct Line {
    var series: LossSeries
    /// Told apart without colour, too.
    var glyph: Character
    var style: Style
    /// Whether the envelope is drawn behind the line.
    var showsBand: Bool
    /// The place in ``LossSeries/smoothings``, or nil for the bins' own means.
    var smoothing: Int?
  }

  /// A single value at a step, such as a validation score.
  struct Point {
    var step: Int
    var value: Double
    var style: Style
    /// Whether it is of the step whose parameters are kept.
    var isBest = false
  }

  var lines: [Line] = []
  /// Drawn on the axis of the losses.
  var points: [Point] = []
  /// Drawn on an axis of their own, at the right.
  var scores: [Point] = []
  /// Steps at which something was changed.
  var marks: [Int] = []
  /// The first and the last step that are shown; nil for the whole run.
  var steps: ClosedRange<Int>?
  var isLogarithmic = false
  var charset = Charset.braille

  /// Draws the chart; too small an area gets what fits.
  func draw(in area: Rect, on canvas: inout Canvas) {
    guard area.size.rows >= 2, area.size.columns >= 10 else { return }
    let shown = shownSteps
    let rows = area.size.rows - 1
    let values = valueRange(in: shown)
    let axis = Axis(over: values, isLogarithmic: isLogarithmic, intervals: max(6, rows * 2 / 3))
    let scoreAxis = scores.isEmpty ? nil : Axis(over: scoreRange(in: shown), intervals: 4)
    let labels = ChartLabels(axis: axis, rows: rows)
    let right = scoreAxis.map { ChartLabels(axis: $0, rows: rows) }
    let left = min(labels.width + 1, area.size.columns / 2)
    let columns = area.size.columns - left - (right.map { $0.width + 1 } ?? 0)
    guard columns > 2 else { return }
    let plot = Rect(row: area.row, column: area.column + left, rows: rows, columns: columns)
    labels.drawLeft(of: plot, on: &canvas)
    right?.drawRight(of: plot, on: &canvas)
    drawSteps(shown, below: plot, on: &canvas)
    CurvePlot(chart: self, steps: shown, axis: axis, scoreAxis: scoreAxis, area: plot)
      .draw(on: &canvas)
  }

  /// The steps that are shown: those asked for, or the whole run.
  var shownSteps: ClosedRange<Int> {
    if let steps { return steps }
    return 0...max(1, lines.compactMap(\.series.lastStep).max() ?? 1)
  }

  /// The least and the greatest finite value that is visible, without NaN and infinity.
  func valueRange(in shown: ClosedRange<Int>) -> ClosedRange<Double>? {
    var range = ValueRange(isLogarithmic: isLogarithmic)
    for line in lines {
      for bin in line.series.bins(touching: shown) where bin.count > 0 {
        range.add(line.showsBand ? Double(bin.minimum) : line.value(of: bin))
        range.add(line.showsBand ? Double(bin.maximum) : line.value(of: bin))
      }
    }
    for point in points where shown.contains(point.step) { range.add(point.value) }
    return range.closed
  }

  private func scoreRange(in shown: ClosedRange<Int>) -> ClosedRange<Double>? {
    var range = ValueRange(isLogarithmic: false)
    for point in scores where shown.contains(point.step) { range.add(point.value) }
    return range.closed
  }

  private func drawSteps(_ shown: ClosedRange<Int>, below plot: Rect, on canvas: inout Canvas) {
    let row = plot.row + plot.size.rows
    let end = plot.column + plot.size.columns
    canvas.put("└", row: row, column: plot.column - 1, style: .dim)
    for column in plot.column..<end { canvas.put("─", row: row, column: column, style: .dim) }
    for mark in marks where shown.contains(mark) {
      let column = plot.column + plot.place(of: mark, in: shown)
      canvas.put("┴", row: row, column: column, style: Style(.hint))
    }
    let last = abbreviated(Double(shown.upperBound))
    let first = abbreviated(Double(shown.lowerBound))
    canvas.write(last, row: row, column: end - last.utf8.count, style: .dim)
    canvas.write(first, row: row, column: plot.column, style: .dim)
    drawMiddleSteps(
      shown, row: row, from: plot.column + first.utf8.count + 3, to: end - last.utf8.count - 3,
      plot: plot, on: &canvas)
  }

  private func drawMiddleSteps(
    _ shown: ClosedRange<Int>, row: Int, from: Int, to: Int, plot: Rect, on canvas: inout Canvas
  ) {
    let count = plot.size.columns / 18
    guard count > 0 else { return }
    let step = niceStep(Double(shown.upperBound - shown.lowerBound) / Double(count + 1))
    var tick = (Double(shown.lowerBound) / step).rounded(.up) * step
    while tick < Double(shown.upperBound) {
      let label = abbreviated(tick)
      let column = plot.column + plot.place(of: Int(tick), in: shown) - label.utf8.count / 2
      if column >= from, column + label.utf8.count <= to {
        canvas.write(label, row: row, column: column, style: .dim)
      }
      tick += step
    }
  }
}

extension CurveChart.Line {
  /// The value that the line shows for a bin.
  func value(of bin: LossSeries.Bin) -> Double {
    smoothing.map { Double(bin.smoothed[$0 & 3]) } ?? bin.mean
  }
}

/// The least and the greatest of the values that an axis can show.
struct ValueRange {
  var isLogarithmic: Bool
  private var low = Double.infinity
  private var high = -Double.infinity

  init(isLogarithmic: Bool) { self.isLogarithmic = isLogarithmic }

  mutating func add(_ value: Double) {
    guard value.isFinite, !isLogarithmic || value > 0 else { return }
    low = min(low, value)
    high = max(high, value)
  }

  var closed: ClosedRange<Double>? { low <= high ? low...high : nil }
}

extension Rect {
  /// The column, from the left edge, at which a step is shown.
  func place(of step: Int, in shown: ClosedRange<Int>) -> Int {
    let span = max(1, shown.upperBound - shown.lowerBound)
    let share = Double(step - shown.lowerBound) / Double(span)
    return Int((share * Double(size.columns - 1)).rounded())
  }
}
