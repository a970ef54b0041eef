import Terminal

/// A chart as a picture of lines (SVG 1.1), with the same axes and signs as on the screen.
struct CurvePicture {
  let chart: CurveChart
  let title: String
  private let steps: StepAxis
  private let values: Axis
  /// The axis of the scores, at the right; nil where none are drawn.
  private let scores: Axis?
  /// The legend's entries in lines that fit.
  private let legendLines: [[Entry]]
  private let size: (width: Double, height: Double)
  private let plot: (left: Double, top: Double, right: Double, bottom: Double)

  /// A name in the legend, with the look of its line.
  private struct Entry {
    var name: String
    var color: String
    var dashes: String?
    /// Where it begins.
    var x = 0.0
  }

  private static let width = 960.0
  /// The height of the inside, and of a line of the legend.
  private static let (inside, legendLine) = (380.0, 18.0)
  /// The sample of a line in the legend, and the room behind an entry.
  private static let (sample, gap) = (28.0, 20.0)
  /// Columns that curves are condensed to.
  private static let columns = 430
  /// The series' colours, on white.
  static let colors = [
    "#0068b5", "#b54708", "#c2185b", "#5b3fd6", "#6b6b00", "#00695c", "#8e24aa", "#795548",
  ]

  init(chart: CurveChart, title: String) {
    self.chart = chart
    self.title = title
    steps = chart.stepAxis
    values = Axis(
      fitting: chart.valueRange(on: chart.stepAxis), rows: 30, isLogarithmic: chart.isLogarithmic)
    let range = chart.scores.isEmpty ? nil : chart.scoreRange(on: chart.stepAxis)
    scores = range.map { Axis(fitting: $0, rows: 30) }
    let right = Self.width - (scores == nil ? 30 : 70)
    legendLines = Self.lines(of: chart, from: 70, to: right)
    let top = 32 + Self.legendLine * Double(max(1, legendLines.count))
    plot = (left: 70, top: top, right: right, bottom: top + Self.inside)
    size = (Self.width, plot.bottom + 50)
  }

  /// The legend's entries beside each other, below each other where there is no room.
  private static func lines(
    of chart: CurveChart, from left: Double, to right: Double
  ) -> [[Entry]] {
    let named = chart.lines.map { (name: $0.name, color: color(of: $0), dashes: dashes($0.stroke)) }
    let trails = (chart.validation + chart.scores).map {
      (name: $0.name, color: color(of: $0), dashes: Optional(trailDashes))
    }
    var lines: [[Entry]] = []
    var seen: Set<String> = []
    var x = left
    for entry in named + trails where !entry.name.isEmpty && seen.insert(entry.name).inserted {
      // A letter of 12 points is 7 wide at most on average, a wide one twice as much.
      let width = sample + 7 * Double(columnsTaken(by: entry.name))
      if lines.isEmpty || x + width > right {
        lines.append([])
        x = left
      }
      lines[lines.count - 1].append(
        Entry(name: entry.name, color: entry.color, dashes: entry.dashes, x: x))
      x += width + gap
    }
    return lines
  }

  /// The file's text.
  var svg: String {
    let (width, height) = (Self.number(size.width), Self.number(size.height))
    let lines = chart.lines.map { CondensedLine($0, on: steps, width: Self.columns) }
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" "
        + "font-family=\"sans-serif\" font-size=\"12\">",
      "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>",
      label(title, x: plot.left, y: 20, extra: " font-size=\"15\""),
      "<clipPath id=\"plot\"><rect x=\"\(Self.number(plot.left))\" "
        + "y=\"\(Self.number(plot.top))\" "
        + "width=\"\(Self.number(plot.right - plot.left))\" "
        + "height=\"\(Self.number(plot.bottom - plot.top))\"/></clipPath>",
    ]
    parts += axes + legend + ["<g clip-path=\"url(#plot)\" fill=\"none\">"]
    parts += lines.flatMap(band) + lines.map(path)
    parts += chart.validation.flatMap { trail($0, on: values) }
    if let scores { parts += chart.scores.flatMap { trail($0, on: scores) } }
    parts += ["</g>"] + marks + ["</svg>"]
    return parts.joined(separator: "\n") + "\n"
  }

  // MARK: - Parts

  private var axes: [String] {
    let grid = values.ticks.compactMap { tick -> String? in
      guard let y = y(tick) else { return nil }
      return "<path d=\"M\(Self.number(plot.left)) \(Self.number(y))"
        + "H\(Self.number(plot.right))\" stroke=\"#dddddd\"/>"
        + label(values.label(tick), x: plot.left - 6, y: y + 4, extra: " text-anchor=\"end\"")
    }
    let feet = steps.ticks(about: 8).map { tick in
      label(
        tick.label, x: x(tick.value), y: plot.bottom + 18, extra: " text-anchor=\"middle\"")
    }
    let ends = chart.ticks.compactMap { step -> String? in
      let value = chart.measure.value(of: Double(step))
      guard (0...1).contains(steps.share(of: value)) else { return nil }
      return "<path d=\"M\(Self.number(x(value))) \(Self.number(plot.bottom))v5\" "
        + "stroke=\"#888888\"/>"
    }
    return grid + feet + ends + scoreLabels + [
      label(
        steps.unit.axisName, x: plot.right, y: plot.bottom + 36,
        extra: " text-anchor=\"end\"")
    ]
  }

  private var scoreLabels: [String] {
    guard let scores else { return [] }
    return scores.ticks.compactMap { tick in
      y(tick, on: scores).map { label(scores.label(tick), x: plot.right + 6, y: $0 + 4) }
    }
  }

  private var legend: [String] {
    legendLines.enumerated().flatMap { line, entries in
      entries.flatMap { entry -> [String] in
        let y = 40 + Self.legendLine * Double(line)
        return [
          "<path d=\"M\(Self.number(entry.x)) \(Self.number(y - 4))h\(Self.number(Self.sample - 6))\" "
            + "stroke=\"\(entry.color)\" stroke-width=\"1.8\"\(Self.attribute(entry.dashes))/>",
          label(entry.name, x: entry.x + Self.sample, y: y),
        ]
      }
    }
  }

  private func band(_ line: CondensedLine) -> [String] {
    guard line.line.band != .off else { return [] }
    let ends = line.columns.enumerated().compactMap { index, column -> (Double, Double, Double)? in
      let range =
        line.line.band == .tenths
        ? column.tenths
        : column.minimum <= column.maximum
          ? Double(column.minimum)...Double(column.maximum) : nil
      guard let range, let high = y(range.upperBound) else { return nil }
      return (x(column: index), y(range.lowerBound) ?? plot.bottom, high)
    }
    guard !ends.isEmpty else { return [] }
    let points =
      ends.map { "\(Self.number($0.0)),\(Self.number($0.2))" }
      + ends.reversed().map { "\(Self.number($0.0)),\(Self.number($0.1))" }
    return [
      "<polygon points=\"\(points.joined(separator: " "))\" fill=\"\(Self.color(line.line.hue))\" "
        + "fill-opacity=\"0.18\"/>"
    ]
  }

  private func path(_ line: CondensedLine) -> String {
    var path = ""
    var isDown = false
    for (index, column) in line.columns.enumerated() {
      if column.startsAnew { isDown = false }
      guard let value = column.value, let y = y(value) else { continue }
      path += "\(isDown ? "L" : "M")\(Self.number(x(column: index))) \(Self.number(y))"
      isDown = !column.endsHere
    }
    return "<path d=\"\(path)\" stroke=\"\(Self.color(of: line.line))\" "
      + "stroke-width=\"1.8\"\(Self.attribute(Self.dashes(line.line.stroke)))/>"
  }

  private func trail(_ trail: CurveChart.Trail, on axis: Axis) -> [String] {
    let color = Self.color(of: trail)
    let points = trail.points.compactMap { point in
      y(point.value, on: axis).map { (x(trail.measure.value(of: Double(point.step))), $0) }
    }
    let line =
      "<polyline points=\""
      + points.map { "\(Self.number($0.0)),\(Self.number($0.1))" }.joined(separator: " ")
      + "\" stroke=\"\(color)\" stroke-width=\"1.4\"\(Self.attribute(Self.trailDashes))/>"
    guard let best = trail.best, let y = y(best.value, on: axis) else { return [line] }
    let at = x(trail.measure.value(of: Double(best.step)))
    return [
      line,
      label(
        "★", x: at, y: y + 5, extra: " text-anchor=\"middle\" fill=\"\(color)\" font-size=\"16\""),
    ]
  }

  private var marks: [String] {
    chart.marks.compactMap { mark in
      let value = chart.measure.value(of: Double(mark.step))
      guard (0...1).contains(steps.share(of: value)) else { return nil }
      let x = x(value)
      return "<path d=\"M\(Self.number(x)) \(Self.number(plot.top))"
        + "V\(Self.number(plot.bottom))\" stroke=\"#888888\" stroke-dasharray=\"2 3\"/>"
        + label(mark.label, x: x + 4, y: plot.top + 12)
    }
  }

  // MARK: - Places

  private func x(_ value: Double) -> Double {
    plot.left + steps.share(of: value) * (plot.right - plot.left)
  }

  private func x(column: Int) -> Double {
    let share = Double(column) / Double(Self.columns - 1)
    return plot.left + share * (plot.right - plot.left)
  }

  private func y(_ value: Double, on axis: Axis? = nil) -> Double? {
    (axis ?? values).share(of: value).map { share in
      plot.bottom - min(3, max(-2, share)) * (plot.bottom - plot.top)
    }
  }

  private static func color(_ hue: Int) -> String { colors[((hue % 8) + 8) % 8] }

  /// Runs that are behind are grey.
  private static func color(of line: CurveChart.Line) -> String {
    line.style.role == .dim ? "#888888" : color(line.hue)
  }

  /// A trail has its task's colour where it shares the chart with those of others.
  private static func color(of trail: CurveChart.Trail) -> String {
    let series = Int(trail.style.role.rawValue) - Int(Role.series0.rawValue)
    return (0..<8).contains(series) ? color(series) : "#333333"
  }

  private static let trailDashes = "6 4"

  private static func dashes(_ stroke: Stroke) -> String? {
    switch stroke {
    case .solid: nil
    case .dashed: "8 4"
    case .dotted: "2 4"
    case .dashDotted: "8 3 2 3"
    }
  }

  private static func attribute(_ dashes: String?) -> String {
    dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
  }

  private static func number(_ value: Double) -> String { trimmed(fixed(value, 2)) }

  private func label(_ text: String, x: Double, y: Double, extra: String = "") -> String {
    "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\"\(extra)>\(Self.escaped(text))</text>"
  }

  /// Text that cannot end its element; what XML does not allow becomes `?`.
  static func escaped(_ text: String) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      case "'": safe += "&#39;"
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        safe += "?"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }
}
