import Runs
import Terminal

/// Loss curves: a smoothed line over the tint of where most losses lie, validation, marks.
///
///      0.4┤⡄▲0.76          validation
///         │⢳⣀      ┊cart OFF
///         │ ⠈⠓⠤⣀⡀⠒ ┊⠒ ⠒ ⠒ ★ ⠒
///      0.3┤    ⠈⠉⠒⠤⠤⣀
///         └0────────────10k─
struct CurveChart: Equatable {
  /// What is drawn of the single losses behind the line.
  enum Band: String, Sendable, CaseIterable {
    /// Where all but the least and the greatest tenth lie; what is far beyond is a dot.
    case tenths
    /// From the least to the greatest.
    case extremes
    case off
  }

  /// One curve.
  struct Line: Equatable {
    var series: LossSeries
    /// What the legend calls it.
    var name = ""
    /// What draws it where there are only letters.
    var glyph: Character
    var style: Style
    /// The series whose tint its band has.
    var hue = 0
    var stroke = Stroke.solid
    var band = Band.off
    /// The index in ``LossSeries/smoothings``, or nil for the bins' own means.
    var smoothing: Int?
    /// What its steps are counted in.
    var measure = StepMeasure()
  }

  /// Values at some steps, such as validation scores, joined by a line of dashes.
  struct Trail: Equatable {
    var points: [Point]
    /// The one of the step whose parameters are kept.
    var best: Point?
    var name = "validation"
    var glyph: Character = "o"
    var style: Style
    var measure = StepMeasure()
  }

  /// A value at a step.
  struct Point: Equatable {
    var step: Int
    var value: Double

    /// The same where the values have the same bits, so that a score that is not a number is itself.
    static func == (left: Self, right: Self) -> Bool {
      left.step == right.step && left.value.bitPattern == right.value.bitPattern
    }
  }

  /// A step at which a person changed something, and what.
  struct Mark: Equatable {
    var step: Int
    var label: String
  }

  var lines: [Line] = []
  /// Drawn on the axis of the losses.
  var validation: [Trail] = []
  /// Drawn on an axis of their own, at the right.
  var scores: [Trail] = []
  /// What a person did.
  var marks: [Mark] = []
  /// What the program did by itself: ends of epochs, rounds of pruning.
  var ticks: [Int] = []
  /// The first and the last step that are shown; nil for the whole of all runs.
  var steps: ClosedRange<Int>?
  /// The newest step of the run that is looked at.
  var lastStep: Int?
  /// What its steps are counted in.
  var measure = StepMeasure()
  var span = ValueSpan.typical
  var isLogarithmic = false
  /// Whether equal ratios of steps take equal room.
  var isLogarithmicInSteps = false
  var charset = Charset.braille
  var hasLegend = false
  /// What is read off; nil for nothing.
  var cursor: CurveCursor?

  /// Draws the chart; too small an area gets what fits.
  func draw(in area: Rect, on canvas: inout Canvas) {
    guard let layout = CurveLayout(self, in: area) else { return }
    layout.left.drawLeft(of: layout.plot, on: &canvas)
    layout.right?.drawRight(of: layout.plot, on: &canvas)
    if let row = layout.legendRow { drawLegend(row: row, in: layout.plot, on: &canvas) }
    CurveFoot(chart: self, layout: layout).draw(on: &canvas)
    CurvePlot(chart: self, layout: layout).draw(on: &canvas)
  }

  /// The step of the run under a cell, where the chart is drawn in an area; nil outside of the plot.
  func step(atRow row: Int, column: Int, in area: Rect) -> Int? {
    guard let layout = CurveLayout(self, in: area),
      layout.plot.contains(row: row, column: column)
    else { return nil }
    let share = Double(column - layout.plot.column) / Double(layout.plot.size.columns - 1)
    let shown = shownSteps
    return measure.step(
      of: layout.steps.value(at: share),
      in: shown.lowerBound...max(shown.lowerBound, min(shown.upperBound, lastStep ?? newestStep)))
  }

  /// The steps that are shown: those asked for, or all of the run.
  var shownSteps: ClosedRange<Int> { steps ?? 0...max(1, lastStep ?? newestStep) }

  private var newestStep: Int { lines.compactMap(\.series.lastStep).max() ?? 1 }

  /// The axis along the chart; it shows all of the longest run where no steps are asked for.
  var stepAxis: StepAxis {
    let shown = shownSteps
    let low = measure.value(of: Double(shown.lowerBound))
    var high = measure.value(of: Double(shown.upperBound))
    if steps == nil {
      for line in lines {
        high = max(high, line.measure.value(of: Double(line.series.lastStep ?? 0)))
      }
    }
    return StepAxis(
      measure.unit, over: low...max(low, high), isLogarithmic: isLogarithmicInSteps,
      least: max(1e-9, measure.value(of: 1)))
  }

  /// The range of the losses; nil without a value to show.
  func valueRange(on axis: StepAxis) -> ClosedRange<Double>? {
    // Where steps are logarithmic, the warm-up is most of the picture.
    var finder = SpanFinder(
      span, isLogarithmic: isLogarithmic, keepsWarmUp: isLogarithmicInSteps)
    for line in lines {
      let warmUp = SpanFinder.warmUp * Double(line.series.lastStep ?? 0)
      let shown = line.shown(touching: line.steps(on: axis))
      for (bin, value) in zip(shown.bins, shown.values) where bin.count > 0 {
        finder.add(bin, value, of: line, isSettled: Double(bin.first) >= warmUp)
      }
    }
    for trail in validation { add(trail, to: &finder, axis) }
    return finder.range
  }

  /// The range of the scores; nil without a value to show.
  func scoreRange(on axis: StepAxis) -> ClosedRange<Double>? {
    var finder = SpanFinder(span == .everything ? .everything : .typical, isLogarithmic: false)
    for trail in scores { add(trail, to: &finder, axis) }
    return finder.range
  }

  private func add(_ trail: Trail, to finder: inout SpanFinder, _ axis: StepAxis) {
    let warmUp = SpanFinder.warmUp * Double(trail.points.last?.step ?? 0)
    for point in trail.points + (trail.best.map { [$0] } ?? [])
    where (0...1).contains(axis.share(of: trail.measure.value(of: Double(point.step)))) {
      finder.add(point: point.value, isSettled: Double(point.step) >= warmUp)
    }
  }

  private func drawLegend(row: Int, in plot: Rect, on canvas: inout Canvas) {
    var used = 0
    for entry in legend {
      let text = Span("\(entry.sample) ", style: entry.style)
      let columns = columnsTaken(by: text.text) + columnsTaken(by: entry.name) + 3
      guard used + columns - 3 <= plot.size.columns else { break }
      canvas.write([text, Span(entry.name, .hint)], row: row, column: plot.column + used)
      used += columns
    }
  }

  /// How lines and bands come of the losses, the line first: `smoothed .95`, `band: 8 of 10`; none where
  /// lines are the losses themselves.
  var manners: [String] {
    let line = lines.last.flatMap { line in line.smoothing.map { (line.series, $0) } }.flatMap {
      series, level -> String? in
      // So few losses are drawn as they are.
      guard series.share(of: level) > 0 else { return nil }
      let share = trimmed(fixed(series.share(of: level), 3))
      return "smoothed \(share.hasPrefix("0.") ? String(share.dropFirst()) : share)"
    }
    let band: String? =
      switch lines.last?.band {
      case .tenths: "band: 8 of 10"
      case .extremes: "band: all"
      case .off, nil: nil
      }
    return [line, band].compactMap { $0 }
  }

  /// Names and strokes of what is drawn, each once.
  var legend: [(sample: String, name: String, style: Style)] {
    var entries: [(sample: String, name: String, style: Style)] = []
    for line in lines where !line.name.isEmpty && !entries.contains(where: { $0.name == line.name })
    {
      let sample = charset == .ascii ? String(repeating: line.glyph, count: 2) : line.stroke.sample
      entries.append((sample, line.name, line.style))
    }
    for trail in validation + scores where !entries.contains(where: { $0.name == trail.name }) {
      let sample =
        charset == .ascii ? String(repeating: trail.glyph, count: 2) : Stroke.dashed.sample
      entries.append((sample, trail.name, trail.style))
    }
    return entries
  }
}

extension SpanFinder {
  /// Takes in the losses of a bin as they are drawn.
  fileprivate mutating func add(
    _ bin: LossSeries.Bin, _ value: Double, of line: CurveChart.Line, isSettled: Bool
  ) {
    add(drawn: value)
    guard line.band != .off else {
      return add(loss: value, weight: Double(bin.count), isSettled: isSettled)
    }
    add(extreme: Double(bin.minimum))
    add(extreme: Double(bin.maximum))
    let kept = bin.spread.kept
    for index in 0..<kept {
      add(
        loss: Double(bin.spread[index]), weight: Double(bin.count) / Double(kept),
        isSettled: isSettled)
    }
  }
}

extension CurveChart.Line {
  /// The bins that touch a range of steps, and the value that the line shows for each.
  func shown(touching steps: ClosedRange<Int>) -> LossSeries.Smoothed {
    series.smoothed(touching: steps, level: smoothing)
  }

  /// The line's own steps between the ends of an axis; a run whose steps are others has others.
  func steps(on axis: StepAxis) -> ClosedRange<Int> {
    guard axis.unit != .step else {
      return Int(axis.low.rounded(.down))...Int(axis.high.rounded(.up))
    }
    let all = 0...max(1, series.lastStep ?? 1)
    let first = measure.step(of: axis.low, in: all)
    return max(0, first - 1)...max(first, measure.step(of: axis.high, in: all) + 1)
  }

  /// The value at a step, or at the last one before it that is joined to it; nil where there is none.
  func value(at step: Int) -> Double? {
    let shown = shown(touching: max(0, step - LossSeries.joinedGap)...step)
    return zip(shown.bins, shown.values).reversed().first { $0.0.count > 0 }?.1
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
