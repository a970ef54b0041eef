import Runs
import Terminal
import Testing

@testable import Interface

/// The dots of a chart, read back from its characters.
struct Dots {
  let width: Int
  let height: Int
  private let lit: Set<Int>

  init(_ canvas: Canvas, charset: Charset, area: Rect) {
    width = area.size.columns * charset.dotsAcross
    height = area.size.rows * charset.dotsDown
    var lit: Set<Int> = []
    for row in 0..<area.size.rows {
      for column in 0..<area.size.columns {
        guard let text = canvas[area.row + row, area.column + column]?.text,
          let mask = charset.characters.firstIndex(of: text), mask > 0
        else { continue }
        for down in 0..<charset.dotsDown {
          for across in 0..<charset.dotsAcross
          where mask & Int(charset.bit(across: across, down: down)) != 0 {
            let (x, y) = (column * charset.dotsAcross + across, row * charset.dotsDown + down)
            lit.insert(y * width + x)
          }
        }
      }
    }
    self.lit = lit
  }

  /// The rows of dots that are lit in a column of dots, from the top.
  func rows(at x: Int) -> [Int] { (0..<height).filter { lit.contains($0 * width + x) } }

  var columns: [[Int]] { (0..<width).map(rows) }
}

@Suite struct CurveChartTests {
  static let size = Size(rows: 13, columns: 47)

  private func series(_ losses: [Float], from first: Int = 0) -> LossSeries {
    var series = LossSeries()
    for (offset, loss) in losses.enumerated() {
      var bin = LossBin(task: 0, step: first + offset)
      bin.add(loss, step: first + offset)
      series.push(bin)
    }
    return series
  }

  private func chart(_ series: LossSeries, band: Bool = false, smoothing: Int? = nil) -> CurveChart
  {
    var chart = CurveChart()
    chart.lines = [
      CurveChart.Line(
        series: series, glyph: "*", style: Style(.series0), showsBand: band, smoothing: smoothing)
    ]
    return chart
  }

  private func canvas(_ chart: CurveChart, _ size: Size = size) -> Canvas {
    var canvas = Canvas(rows: size.rows, columns: size.columns)
    chart.draw(in: canvas.area, on: &canvas)
    return canvas
  }

  /// The dots of the plot, whose place is found by the axis line.
  private func dots(_ chart: CurveChart, _ size: Size = size) -> Dots {
    let canvas = canvas(chart, size)
    let axis = (0..<size.columns).first { column in
      ["│", "┤"].contains(canvas[0, column]?.text.map(String.init) ?? "")
    }
    let left = (axis ?? 0) + 1
    return Dots(
      canvas, charset: chart.charset,
      area: Rect(row: 0, column: left, rows: size.rows - 1, columns: size.columns - left))
  }

  @Test(arguments: [Charset.braille, .block])
  func fallingLossesGiveAFallingLine(charset: Charset) {
    var chart = chart(series((0..<500).map { Float(500 - $0) / 500 }))
    chart.charset = charset
    let columns = dots(chart).columns
    #expect(columns.allSatisfy { !$0.isEmpty })
    for (left, right) in zip(columns, columns.dropFirst()) {
      #expect((left.last ?? 0) <= (right.last ?? 0))
      // No step without a joint: a line is one piece.
      #expect((right.first ?? 0) <= (left.last ?? 0) + 1)
    }
  }

  @Test(arguments: [20, 37, 80, 160])
  func aSpikeIsSeenAtAnyWidth(columns: Int) {
    var losses = [Float](repeating: 0.2, count: 50_000)
    losses[31_234] = 5
    let chart = chart(series(losses), band: true, smoothing: 3)
    let found = dots(chart, Size(rows: 13, columns: columns))
    let top = found.columns.compactMap(\.first).min()
    #expect(top == 0)
  }

  /// However far one zooms, the top of the band in a column is the greatest loss in it.
  @Test func extremesAreSeenAtAnyZoom() {
    var noise = Noise(seed: 21)
    let losses = (0..<30_000).map { _ in Float(0.5 + 0.4 * noise.share()) }
    let known = series(losses)
    for shown in [0...29_999, 100...20_000, 12_000...13_000, 29_000...29_999] {
      var chart = chart(known, band: true)
      chart.steps = shown
      let range = chart.valueRange(in: shown)
      let bins = known.bins(touching: shown)
      let covered = Int(bins.first?.first ?? 0)...Int(bins.last?.last ?? 0)
      #expect(range?.upperBound == losses[covered].max().map(Double.init))
      #expect(range?.lowerBound == losses[covered].min().map(Double.init))
    }
  }

  @Test func zoomingShowsTheStepsOfTheWindow() {
    var losses = [Float](repeating: 0.2, count: 1_000)
    losses[500] = 1
    var chart = chart(series(losses), band: true)
    chart.steps = 400...600
    #expect(dots(chart).columns.compactMap(\.first).min() == 0)
    chart.steps = 600...900
    let text = canvas(chart).text
    #expect(text.contains("600"))
    #expect(text.contains("900"))
  }

  @Test func lossesThatAreNotFiniteLeaveAGapAndAMark() {
    var losses = (0..<100).map { _ in Float(0.5) }
    for step in 40..<60 { losses[step] = step.isMultiple(of: 2) ? .nan : .infinity }
    let chart = chart(series(losses))
    let canvas = canvas(chart)
    #expect(canvas.text(row: 0).contains("N"))
    let columns = dots(chart).columns
    #expect(columns[columns.count / 2].isEmpty)
    #expect(!columns[2].isEmpty)
    #expect(!columns[columns.count - 3].isEmpty)
    #expect(chart.valueRange(in: 0...99) == 0.5...0.5)
  }

  @Test func stepsWithoutALossLeaveAGap() {
    var known = series([Float](repeating: 0.5, count: 50))
    for step in 100..<150 {
      var bin = LossBin(task: 0, step: step)
      bin.add(0.5, step: step)
      known.push(bin)
    }
    let columns = dots(chart(known)).columns
    #expect(columns[columns.count / 2].isEmpty)
  }

  @Test func fewStepsWithoutALossAreJoined() {
    var known = LossSeries()
    for step in stride(from: 0, to: 40, by: 3) {
      var bin = LossBin(task: 0, step: step)
      bin.add(0.5, step: step)
      known.push(bin)
    }
    let columns = dots(chart(known)).columns.prefix(75)
    #expect(columns.allSatisfy { !$0.isEmpty })
  }

  @Test func logarithmOfWhatIsNotPositiveIsLeftOut() {
    var chart = chart(series([1, 0.1, 0, -3, 0.01, 0.01]))
    chart.isLogarithmic = true
    #expect(chart.valueRange(in: 0...5) == Double(Float(0.01))...1)
    let text = canvas(chart).text
    #expect(text.contains("0.01"))
    #expect(text.contains("1┤"))
  }

  @Test func nothingPositiveFallsBackToALinearAxis() {
    var chart = chart(series([-1, -2, 0]))
    chart.isLogarithmic = true
    #expect(chart.valueRange(in: 0...2) == nil)
    #expect(!canvas(chart).text.isEmpty)
  }

  @Test func aConstantHasRoomAroundIt() {
    let columns = dots(chart(series([Float](repeating: 0.25, count: 100)))).columns
    #expect(columns.allSatisfy { $0.count == 1 })
    let row = columns[0][0]
    #expect(row > 4 && row < 44)
  }

  @Test func onePointIsSeen() {
    #expect(dots(chart(series([0.5]))).columns.contains { !$0.isEmpty })
  }

  @Test func bothEndsAreLabelled() {
    let text = canvas(chart(series((0..<18_401).map { _ in Float(0.5) }))).text
    #expect(text.contains("└0"))
    #expect(text.hasSuffix("18.4k"))
  }

  @Test func marksAreSeenAboveAndBelow() {
    var chart = chart(series([Float](repeating: 0.25, count: 101)))
    chart.marks = [33]
    let text = canvas(chart).text
    #expect(text.contains("┊"))
    #expect(text.contains("┴"))
  }

  @Test func scoresHaveAnAxisOfTheirOwn() {
    var chart = chart(series([Float](repeating: 0.25, count: 101)))
    chart.scores = [(20, 0.81), (80, 0.84)].map {
      CurveChart.Point(step: $0.0, value: $0.1, style: .plain)
    }
    let text = canvas(chart).text
    #expect(text.contains("├0.8"))
    #expect(text.contains("◇"))
  }

  /// The larger score lies higher, and to the right where its step is later.
  @Test func scoresLieWhereTheyAre() throws {
    var chart = chart(series([Float](repeating: 0.25, count: 101)))
    chart.scores = [(20, 0.84), (80, 0.81)].map {
      CurveChart.Point(step: $0.0, value: $0.1, style: .plain)
    }
    let canvas = canvas(chart)
    let cells = (0..<Self.size.rows).flatMap { row in
      (0..<Self.size.columns).filter { canvas[row, $0]?.text == "◇" }.map { (row: row, column: $0) }
    }
    let (first, second) = (try #require(cells.first), try #require(cells.last))
    #expect(cells.count == 2 && first.row < second.row && first.column < second.column)
  }

  @Test func noSizeAndNoRangeBreaksIt() {
    let known = series([0.5, .nan, .infinity, 1e30, -1e30, 1e-30])
    for rows in 0..<6 {
      for columns in 0..<14 {
        var chart = chart(known, band: true)
        _ = canvas(chart, Size(rows: rows, columns: columns))
        chart.isLogarithmic = true
        chart.steps = 3...4
        chart.scores = [CurveChart.Point(step: 3, value: .nan, style: .plain)]
        _ = canvas(chart, Size(rows: rows, columns: columns))
      }
    }
  }
}

@Suite struct AxisTests {
  @Test(arguments: [0.0...1.0, 0.19...0.75, -3...7, 1e-9...2e-9, 0...1e12, 99.5...100.5])
  func theEndsCoverTheValues(range: ClosedRange<Double>) {
    for intervals in 1...12 {
      let axis = Axis(over: range, intervals: intervals)
      #expect(axis.low <= range.lowerBound + 1e-9 * abs(range.lowerBound))
      #expect(axis.high >= range.upperBound - 1e-9 * abs(range.upperBound))
      #expect(axis.ticks == axis.ticks.sorted())
      #expect(Set(axis.ticks.map(axis.label)).count == axis.ticks.count)
      #expect(axis.share(of: axis.low) == 0)
      #expect(axis.share(of: axis.high) == 1)
    }
  }

  @Test func logarithmicTicksAreDecadesOrTheirParts() {
    #expect(Axis(over: 0.001...10, isLogarithmic: true, intervals: 4).ticks.first == 0.001)
    let near = Axis(over: 0.2...0.9, isLogarithmic: true, intervals: 6)
    #expect(near.ticks.map(near.label) == ["0.2", "0.5", "1"])
    #expect(near.share(of: 0) == nil)
    #expect(near.share(of: -1) == nil)
  }

  @Test func aValueWithoutANumberHasNoPlace() {
    let axis = Axis(over: nil, intervals: 4)
    #expect(axis.share(of: .nan) == nil)
    #expect(axis.share(of: .infinity) == nil)
    #expect(axis.low < axis.high)
  }

  @Test(arguments: [(0.7, 1.0), (1.0, 1.0), (1.1, 2.0), (2.1, 2.5), (3.0, 5.0), (6.0, 10.0)])
  func stepsAreNice(wish: Double, nice: Double) {
    #expect(niceStep(wish) == nice)
    #expect(niceStep(.nan) == 1)
  }
}
