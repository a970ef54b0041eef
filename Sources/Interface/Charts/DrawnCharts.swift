import Terminal

/// A chart, and where it is drawn.
struct PlacedChart: Sendable {
  var chart: CurveChart
  var area: Rect
}

/// The charts of a frame as they were drawn, for the next one.
///
/// Numbers change several times a second and curves seldom. A chart's picture follows from the chart
/// and from the size of its area, so both together find it again; no other charts are kept.
struct DrawnCharts: Sendable {
  /// A chart as it was drawn.
  struct Picture: Sendable {
    /// What it shows; its series are kept by their digests alone.
    let chart: CurveChart
    /// As large as the area.
    var canvas: Canvas
  }

  /// One for each chart of the frame.
  var pictures: [Picture] = []
  /// How many were drawn, as nothing was there to take again.
  private(set) var drawings = 0

  /// Draws those of these charts that are not there yet, and forgets all others.
  mutating func keep(_ charts: [PlacedChart]) {
    var kept: [Picture] = []
    for (chart, area) in charts.map({ ($0.chart, $0.area) }) {
      if let known = picture(of: chart, area.size) {
        kept.append(known)
        continue
      }
      var canvas = Canvas(rows: area.size.rows, columns: area.size.columns)
      chart.draw(in: canvas.area, on: &canvas)
      kept.append(Picture(chart: chart.withoutLosses, canvas: canvas))
      drawings += 1
    }
    pictures = kept
  }

  /// Draws a chart into an area: its picture, where it was kept.
  func draw(_ chart: CurveChart, in area: Rect, on canvas: inout Canvas) {
    if let known = picture(of: chart, area.size) {
      canvas.put(known.canvas, row: area.row, column: area.column)
    } else {
      chart.draw(in: area, on: &canvas)
    }
  }

  private func picture(of chart: CurveChart, _ size: Size) -> Picture? {
    pictures.first { $0.canvas.size == size && $0.chart == chart }
  }
}

extension CurveChart {
  /// Equal to the chart, with no loss in it.
  var withoutLosses: CurveChart {
    var chart = self
    for index in chart.lines.indices { chart.lines[index].series = lines[index].series.emptied }
    return chart
  }
}
