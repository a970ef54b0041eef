import Terminal

extension CurveChart {
  /// The chart as a file of each kind: a picture, text, and the numbers behind it.
  func files(named name: String, title: String) -> [ExportedFile] {
    let stem = "losses-\(name)"
    return [
      ExportedFile(stem, ending: "svg", text: CurvePicture(chart: self, title: title).svg),
      ExportedFile(stem, ending: "txt", text: text(title: title)),
      ExportedFile(stem, ending: "csv", text: table.text),
    ]
  }

  /// The chart in characters, 100 × 30.
  func text(title: String) -> String {
    var canvas = Canvas(rows: 30, columns: 100)
    draw(in: canvas.area, on: &canvas)
    if charset == .ascii { canvas.makeASCII() }
    var head = Canvas(rows: 1, columns: 100)
    head.write(title, row: 0, column: 0, limit: 100)
    return head.text + "\n" + canvas.text + "\n"
  }

  /// A row for every bin of every line: steps and losses as they are kept.
  var table: CSVTable {
    var table = CSVTable(
      head: [
        "line", "first_step", "last_step", "mean", "minimum", "p10", "p90", "maximum", "steps",
      ])
    let axis = stepAxis
    for line in lines {
      for bin in line.series.bins(touching: line.steps(on: axis)) where bin.count > 0 {
        table.rows.append(
          [.text(line.name.isEmpty ? "loss" : line.name)]
            + [
              Double(bin.first), Double(bin.last), bin.mean, Double(bin.minimum),
              bin.spread.quantile(0.1), bin.spread.quantile(0.9), Double(bin.maximum),
              Double(bin.count),
            ].map { .number($0) })
      }
    }
    for trail in validation + scores {
      for point in trail.points where point.value.isFinite {
        table.rows.append(
          [.text(trail.name)]
            + [Double(point.step), Double(point.step), point.value].map { .number($0) }
            + [CSVTable.Field](repeating: .text(""), count: 5))
      }
    }
    return table
  }
}

/// A chart as a picture of lines (SVG 1.1), with the same axes and signs as on the screen.
struct CurvePicture {
  let chart: CurveChart
  let title: String
  private let steps: StepAxis
  private let values: Axis

  private static let size = (width: 960.0, height: 480.0)
  private static let plot = (left: 70.0, top: 50.0, right: 930.0, bottom: 430.0)
  /// Columns that curves are condensed to.
  private static let columns = 430
  /// The series' colours, on white.
  private static let colors = [
    "#0068b5", "#b54708", "#c2185b", "#5b3fd6", "#6b6b00", "#00695c", "#8e24aa", "#795548",
  ]

  init(chart: CurveChart, title: String) {
    self.chart = chart
    self.title = title
    steps = chart.stepAxis
    values = Axis(
      fitting: chart.valueRange(on: chart.stepAxis), rows: 30, isLogarithmic: chart.isLogarithmic)
  }

  /// The file's text.
  var svg: String {
    let (width, height) = (Self.number(Self.size.width), Self.number(Self.size.height))
    let lines = chart.lines.map { CondensedLine($0, on: steps, width: Self.columns) }
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" "
        + "font-family=\"sans-serif\" font-size=\"12\">",
      "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>",
      label(title, x: Self.plot.left, y: 20, extra: " font-size=\"15\""),
      "<clipPath id=\"plot\"><rect x=\"\(Self.number(Self.plot.left))\" "
        + "y=\"\(Self.number(Self.plot.top))\" "
        + "width=\"\(Self.number(Self.plot.right - Self.plot.left))\" "
        + "height=\"\(Self.number(Self.plot.bottom - Self.plot.top))\"/></clipPath>",
    ]
    parts += axes + legend + ["<g clip-path=\"url(#plot)\" fill=\"none\">"]
    parts += lines.flatMap(band) + lines.map(path) + chart.validation.flatMap(trail)
    parts += ["</g>"] + marks + ["</svg>"]
    return parts.joined(separator: "\n") + "\n"
  }

  // MARK: - Parts

  private var axes: [String] {
    let grid = values.ticks.compactMap { tick -> String? in
      guard let y = y(tick) else { return nil }
      return "<path d=\"M\(Self.number(Self.plot.left)) \(Self.number(y))"
        + "H\(Self.number(Self.plot.right))\" stroke=\"#dddddd\"/>"
        + label(values.label(tick), x: Self.plot.left - 6, y: y + 4, extra: " text-anchor=\"end\"")
    }
    let feet = steps.ticks(about: 8).map { tick in
      label(
        tick.label, x: x(tick.value), y: Self.plot.bottom + 18, extra: " text-anchor=\"middle\"")
    }
    return grid + feet + [
      label(
        steps.unit.axisName, x: Self.plot.right, y: Self.plot.bottom + 36,
        extra: " text-anchor=\"end\"")
    ]
  }

  private var legend: [String] {
    chart.legend.enumerated().map { index, entry in
      label("\(entry.sample) \(entry.name)", x: Self.plot.left + Double(index) * 180, y: 40)
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
      return (x(column: index), y(range.lowerBound) ?? Self.plot.bottom, high)
    }
    guard !ends.isEmpty else { return [] }
    let points =
      ends.map { "\(Self.number($0.0)),\(Self.number($0.2))" }
      + ends.reversed().map { "\(Self.number($0.0)),\(Self.number($0.1))" }
    return [
      "<polygon points=\"\(points.joined(separator: " "))\" fill=\"\(color(line.line.hue))\" "
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
    let dashes = [Stroke.dashed: "8 4", .dotted: "2 4", .dashDotted: "8 3 2 3"][line.line.stroke]
    let isBehind = line.line.style.role == .dim
    return "<path d=\"\(path)\" stroke=\"\(isBehind ? "#888888" : color(line.line.hue))\" "
      + "stroke-width=\"1.8\"" + (dashes.map { " stroke-dasharray=\"\($0)\"" } ?? "") + "/>"
  }

  private func trail(_ trail: CurveChart.Trail) -> [String] {
    let points = trail.points.compactMap { point in
      y(point.value).map { (x(trail.measure.value(of: Double(point.step))), $0) }
    }
    let line =
      "<polyline points=\""
      + points.map { "\(Self.number($0.0)),\(Self.number($0.1))" }.joined(separator: " ")
      + "\" stroke=\"#333333\" stroke-width=\"1.4\" stroke-dasharray=\"6 4\"/>"
    guard let best = trail.best, let y = y(best.value) else { return [line] }
    let at = x(trail.measure.value(of: Double(best.step)))
    return [
      line,
      label(
        "★", x: at, y: y + 5, extra: " text-anchor=\"middle\" fill=\"#333333\" font-size=\"16\""),
    ]
  }

  private var marks: [String] {
    chart.marks.compactMap { mark in
      let value = chart.measure.value(of: Double(mark.step))
      guard (0...1).contains(steps.share(of: value)) else { return nil }
      let x = x(value)
      return "<path d=\"M\(Self.number(x)) \(Self.number(Self.plot.top))"
        + "V\(Self.number(Self.plot.bottom))\" stroke=\"#888888\" stroke-dasharray=\"2 3\"/>"
        + label(mark.label, x: x + 4, y: Self.plot.top + 12)
    }
  }

  // MARK: - Places

  private func x(_ value: Double) -> Double {
    Self.plot.left + steps.share(of: value) * (Self.plot.right - Self.plot.left)
  }

  private func x(column: Int) -> Double {
    let share = Double(column) / Double(Self.columns - 1)
    return Self.plot.left + share * (Self.plot.right - Self.plot.left)
  }

  private func y(_ value: Double) -> Double? {
    values.share(of: value).map { share in
      Self.plot.bottom - min(3, max(-2, share)) * (Self.plot.bottom - Self.plot.top)
    }
  }

  private func color(_ hue: Int) -> String { Self.colors[((hue % 8) + 8) % 8] }

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
