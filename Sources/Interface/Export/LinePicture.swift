import Terminal

/// Lines over a common axis as a picture (SVG 1.1), as text, and as a table of their points.
struct LinePicture {
  /// One line.
  struct Line {
    var name: String
    /// The number of its colour.
    var color: Int
    /// Along the axis, rising; a height that is no number is a gap.
    var points: [(x: Double, y: Double)]
  }

  let title: String
  /// What the axis means.
  let axis: String
  let lines: [Line]
  /// A height to compare with, and its name.
  let level: (name: String, y: Double)?
  private let heights: Axis
  /// Along the axis, never empty.
  private let reach: ClosedRange<Double>

  /// Lines, and whether heights are drawn from 0.
  init(
    title: String, axis: String, lines: [Line], startsAtZero: Bool = false,
    level: (name: String, y: Double)? = nil
  ) {
    (self.title, self.axis, self.lines, self.level) = (title, axis, lines, level)
    let points = lines.flatMap(\.points)
    let extra = (startsAtZero ? [0] : []) + (level.map { [$0.y] } ?? [])
    let all = (points.map(\.y) + extra).filter(\.isFinite)
    heights = Axis(over: all.min().flatMap { low in all.max().map { low...$0 } }, intervals: 6)
    let along = points.map(\.x).filter(\.isFinite)
    if let low = along.min(), let high = along.max() {
      // A single point has room to its right, however large its number is.
      reach = low...max(high, low + max(1, abs(low)) * 1e-6)
    } else {
      reach = 0...1
    }
  }

  private static let size = (width: 960.0, height: 480.0)
  private static let plot = (left: 70.0, top: 80.0, right: 930.0, bottom: 430.0)

  /// A file of each kind; `draw` draws the chart in characters, 100 × 30.
  func files(
    named name: String, charset: Charset, _ draw: (inout Canvas) -> Void
  ) -> [ExportedFile] {
    var canvas = Canvas(rows: 30, columns: 100)
    draw(&canvas)
    if charset == .ascii { canvas.makeASCII() }
    return [
      ExportedFile(name, ending: "svg", text: svg),
      ExportedFile(name, ending: "txt", text: title + "\n" + canvas.text + "\n"),
      ExportedFile(name, ending: "csv", text: table.text),
    ]
  }

  /// A row a point; the level has no point along the axis.
  var table: CSVTable {
    var table = CSVTable(head: ["line", axis, "value"])
    for line in lines {
      table.rows += line.points.map { [.text(line.name), .number($0.x), .number($0.y)] }
    }
    if let level { table.rows.append([.text(level.name), .number(.nan), .number(level.y)]) }
    return table
  }

  /// The picture's text.
  var svg: String {
    let (width, height) = (Self.number(Self.size.width), Self.number(Self.size.height))
    let parts =
      [
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" "
          + "font-family=\"sans-serif\" font-size=\"12\">",
        "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>",
        label(title, x: Self.plot.left, y: 20, extra: " font-size=\"15\""),
      ] + legend + grid + levelParts + lines.map(path) + ["</svg>"]
    return parts.joined(separator: "\n") + "\n"
  }

  // MARK: - Parts

  /// The level as a dashed line over the whole width, with its name at its right end.
  private var levelParts: [String] {
    guard let level, let y = y(level.y) else { return [] }
    return [
      "<path d=\"M\(Self.number(Self.plot.left)) \(Self.number(y))"
        + "H\(Self.number(Self.plot.right))\" stroke=\"#555555\" stroke-dasharray=\"6 4\"/>",
      label(
        level.name, x: Self.plot.right, y: y - 4, extra: " text-anchor=\"end\" fill=\"#555555\""),
    ]
  }

  private var grid: [String] {
    let rules = heights.ticks.flatMap { tick -> [String] in
      guard let y = y(tick) else { return [] }
      return [
        "<path d=\"M\(Self.number(Self.plot.left)) \(Self.number(y))"
          + "H\(Self.number(Self.plot.right))\" stroke=\"#dddddd\"/>",
        label(
          heights.label(tick), x: Self.plot.left - 6, y: y + 4, extra: " text-anchor=\"end\""),
      ]
    }
    let along = Axis(over: reach, intervals: 8)
    let feet = along.ticks.filter(reach.contains).map { tick in
      label(
        along.label(tick), x: x(tick), y: Self.plot.bottom + 18, extra: " text-anchor=\"middle\"")
    }
    return rules + feet
      + [
        label(
          axis, x: (Self.plot.left + Self.plot.right) / 2, y: Self.plot.bottom + 38,
          extra: " text-anchor=\"middle\"")
      ]
  }

  /// Names in their lines' colours, in as many rows as they take.
  private var legend: [String] {
    var (left, row) = (Self.plot.left, 0)
    return lines.map { line in
      let width = Double(26 + 8 * columnsTaken(by: line.name))
      if left + width > Self.plot.right, left > Self.plot.left {
        (left, row) = (Self.plot.left, row + 1)
      }
      defer { left += width }
      let y = 40 + Double(row) * 16
      return "<path d=\"M\(Self.number(left)) \(Self.number(y - 4))h14\" "
        + "stroke=\"\(color(line))\" stroke-width=\"3\"/>" + label(line.name, x: left + 18, y: y)
    }
  }

  private func path(_ line: Line) -> String {
    var (path, isDown) = ("", false)
    for point in line.points {
      guard point.x.isFinite, let y = y(point.y) else {
        isDown = false
        continue
      }
      path += "\(isDown ? "L" : "M")\(Self.number(x(point.x))) \(Self.number(y))"
      isDown = true
    }
    return "<path d=\"\(path)\" fill=\"none\" stroke=\"\(color(line))\" stroke-width=\"1.8\"/>"
  }

  // MARK: - Numbers

  private func x(_ value: Double) -> Double {
    let share = (value - reach.lowerBound) / (reach.upperBound - reach.lowerBound)
    return Self.plot.left + share * (Self.plot.right - Self.plot.left)
  }

  private func y(_ value: Double) -> Double? {
    heights.share(of: value).map {
      Self.plot.bottom - $0 * (Self.plot.bottom - Self.plot.top)
    }
  }

  private func color(_ line: Line) -> String {
    CurvePicture.colors[line.color % CurvePicture.colors.count]
  }

  private static func number(_ value: Double) -> String { trimmed(fixed(value, 2)) }

  private func label(_ text: String, x: Double, y: Double, extra: String = "") -> String {
    "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\"\(extra)>"
      + CurvePicture.escaped(text) + "</text>"
  }
}
