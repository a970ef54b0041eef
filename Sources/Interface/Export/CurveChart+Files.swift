import Terminal

extension CurveChart {
  /// The chart as a file of each kind: a picture, text, and the numbers behind it.
  func files(named name: String, title: String) -> [ExportedFile] {
    let stem = "losses-\(name)"
    let title = manners.isEmpty ? title : "\(title) (\(manners.joined(separator: ", ")))"
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
