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

  func series(_ losses: [Float], from first: Int = 0) -> LossSeries {
    var series = LossSeries()
    for (offset, loss) in losses.enumerated() {
      var bin = LossBin(task: 0, step: first + offset)
      bin.add(loss, step: first + offset)
      series.push(bin)
    }
    return series
  }

  func chart(
    _ series: LossSeries, band: CurveChart.Band = .off, smoothing: Int? = nil
  ) -> CurveChart {
    var chart = CurveChart()
    chart.span = .everything
    chart.lines = [
      CurveChart.Line(
        series: series, glyph: "*", style: Style(.series0), band: band, smoothing: smoothing)
    ]
    return chart
  }

  /// Where a run is too short for any smoothing, none is named.
  @Test func linesOfFewLossesAreNotCalledSmoothed() {
    let losses = (0..<20).map { Float($0) }
    #expect(chart(series(Array(losses.prefix(10))), smoothing: 1).manners.isEmpty)
    #expect(chart(series(losses), smoothing: 1).manners == ["smoothed .5"])
  }

  func trail(_ points: [(Int, Double)], best: (Int, Double)? = nil) -> CurveChart.Trail {
    CurveChart.Trail(
      points: points.map { CurveChart.Point(step: $0.0, value: $0.1) },
      best: best.map { CurveChart.Point(step: $0.0, value: $0.1) }, style: .plain)
  }

  func canvas(_ chart: CurveChart, _ size: Size = size) -> Canvas {
    var canvas = Canvas(rows: size.rows, columns: size.columns)
    chart.draw(in: canvas.area, on: &canvas)
    return canvas
  }

  /// The dots of the plot, whose place is found by the axis line.
  func dots(_ chart: CurveChart, _ size: Size = size) -> Dots {
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

  @Test(arguments: [20, 37, 80, 160], [CurveChart.Band.tenths, .extremes])
  func aSpikeIsSeenAtAnyWidth(columns: Int, band: CurveChart.Band) {
    var losses = [Float](repeating: 0.2, count: 50_000)
    losses[31_234] = 5
    let chart = chart(series(losses), band: band, smoothing: 3)
    let found = dots(chart, Size(rows: 13, columns: columns))
    let high = found.columns.indices.filter { (found.rows(at: $0).first ?? 99) < 8 }
    #expect(!high.isEmpty)
    // A single dot where the band is the tenths, and where the spike is.
    if band == .tenths {
      #expect(high.allSatisfy { found.rows(at: $0).filter { $0 < 20 }.count == 1 })
    }
    let place = Double(high[0]) / Double(found.width)
    #expect(abs(place - 31_234.0 / 50_000) < 0.1)
  }

  /// However fast losses fall, and however much they are smoothed, the line runs through its own band
  /// and not above it.
  @Test(arguments: 0..<3, [40, 120, 900]) func theLineStandsInItsBand(level: Int, steps: Int) {
    var noise = Noise(seed: 31)
    let losses = (0..<steps).map { step in
      let fall = exponential10(-3 * Double(step) / Double(steps))
      return Float((0.1 + 2 * fall) * (1 + 0.2 * noise.share()))
    }
    let chart = chart(series(losses), band: .tenths, smoothing: level)
    let condensed = CondensedLine(chart.lines[0], on: chart.stepAxis, width: 90)
    // Of few steps not every column has a value.
    let columns = condensed.columns.dropFirst(2).dropLast(6).filter { $0.value != nil }
    let inside = columns.count { column in
      column.value.map { value in column.tenths?.contains(value) == true } == true
    }
    #expect(inside * 10 >= columns.count * 9, "\(inside) of \(columns.count)")
  }

  /// However far one zooms, the range of all is that of the losses in it.
  @Test func extremesAreSeenAtAnyZoom() {
    var noise = Noise(seed: 21)
    let losses = (0..<30_000).map { _ in Float(0.5 + 0.4 * noise.share()) }
    let known = series(losses)
    for shown in [0...29_999, 100...20_000, 12_000...13_000, 29_000...29_999] {
      var chart = chart(known, band: .extremes)
      chart.steps = shown
      let range = chart.valueRange(on: chart.stepAxis)
      let bins = known.bins(touching: shown)
      let covered = Int(bins.first?.first ?? 0)...Int(bins.last?.last ?? 0)
      #expect(range?.upperBound == losses[covered].max().map(Double.init))
      #expect(range?.lowerBound == losses[covered].min().map(Double.init))
    }
  }

  @Test func zoomingShowsTheStepsOfTheWindow() {
    var losses = [Float](repeating: 0.2, count: 1_000)
    losses[500] = 1
    var chart = chart(series(losses), band: .extremes)
    chart.steps = 400...600
    #expect((dots(chart).columns.compactMap(\.first).min() ?? 99) < 8)
    chart.steps = 600...900
    let text = canvas(chart).text
    #expect(text.contains("600") && text.contains("700") && text.contains("900"))
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
    #expect(chart.valueRange(on: chart.stepAxis) == 0.5...0.5)
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

  /// Losses eight steps from each other are joined, and the one before still is the value there.
  @Test(arguments: [(8, false), (9, true)])
  func aGapBeginsBehindEightSteps(_ distance: Int, _ isGap: Bool) throws {
    var known = series([Float](repeating: 0.5, count: 31))
    for step in (30 + distance)...(60 + distance) {
      var bin = LossBin(task: 0, step: step)
      bin.add(0.5, step: step)
      known.push(bin)
    }
    let columns = dots(chart(known)).columns
    #expect(columns[columns.count / 2].isEmpty == isGap)
    let line = chart(series([1, 2, 3])).lines[0]
    #expect((line.value(at: 2 + distance) == nil) == isGap)
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
    let range = chart.valueRange(on: chart.stepAxis)
    #expect(abs((range?.lowerBound ?? 0) - 0.01) < 1e-6 && abs((range?.upperBound ?? 0) - 1) < 1e-6)
    #expect(canvas(chart).text.contains("0.1┤"))
  }

  @Test func nothingPositiveFallsBackToALinearAxis() {
    var chart = chart(series([-1, -2, 0]))
    chart.isLogarithmic = true
    #expect(chart.valueRange(on: chart.stepAxis) == nil)
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

  @Test func roundStepsAreLabelled() {
    let text = canvas(chart(series((0..<18_401).map { _ in Float(0.5) }))).text
    #expect(text.contains("└0"))
    #expect(text.contains("─5k─") && text.contains("─10k─") && text.contains("─15k─"))
  }

  // MARK: Marks

  @Test func whatAPersonDidIsALineWithItsName() {
    var chart = chart(series([Float](repeating: 0.25, count: 101)))
    chart.marks = [.init(step: 33, label: "cart OFF"), .init(step: 80, label: "cart ON")]
    let lines = canvas(chart).text.split(separator: "\n")
    #expect(lines[0].contains("┊cart OFF") && lines[0].contains("┊cart ON"))
    #expect(lines.dropLast().filter { $0.contains("┊") }.count >= 11)
    #expect(!(lines.last ?? "").contains("┬"))
  }

  /// The cursor, its mark and what a person did are seen over the band, and the curve over them.
  @Test(arguments: Charset.allCases) func uprightsAreSeenOverTheBand(charset: Charset) {
    let losses = (0..<1_000).map { Float($0 % 10) / 10 + ($0.isMultiple(of: 2) ? 0.05 : 0) }
    var chart = chart(series(losses), band: .extremes, smoothing: 3)
    chart.charset = charset
    let plain = canvas(chart)
    chart.cursor = CurveCursor(step: 600, mark: 200)
    chart.marks = [.init(step: 400, label: "cart OFF")]
    let marked = canvas(chart)
    // The readout lies in the upper rows and the name of the mark beside its line.
    for glyph: Character in ["┆", "┊", "│"] {
      let row = Self.size.rows / 2 + 2
      let columns = (0..<Self.size.columns).filter { marked[row, $0]?.text == glyph }
      let column = columns.last ?? 0
      #expect(column > 5)
      let shaded = (0..<Self.size.rows - 1).filter { row in
        guard let cell = plain[row, column], cell.text != " " else { return false }
        return Role.band0 <= cell.style.role && cell.style.role <= .tint7 && !cell.style.isBold
      }
      #expect(shaded.count > 3)
      // All but the rows of the curve and of the read-out.
      let covered = shaded.filter { marked[$0, column]?.text != glyph }
      #expect(covered.count * 2 < shaded.count + 2)
    }
  }

  @Test("a band of few steps has no stripes, but gaps where losses are missing") func filled() {
    func shades(_ known: LossSeries) -> [Bool] {
      let canvas = canvas(chart(known, band: .tenths, smoothing: 3))
      return (0..<Self.size.columns).map { column in
        (0..<Self.size.rows - 1).contains { canvas[$0, column]?.text == "░" }
      }
    }
    let losses = (0..<60).map { Float($0 * 7 % 10) / 10 }
    #expect(shades(series(losses)).dropFirst(8).dropLast(3).allSatisfy { $0 })
    var broken = series(Array(losses.prefix(20)))
    for step in 40..<60 {
      var bin = LossBin(task: 0, step: step)
      bin.add(losses[step], step: step)
      broken.push(bin)
    }
    #expect(![23, 26].contains { shades(broken)[$0] } && shades(broken).contains(true))
  }

  @Test func whatTheProgramDidIsATick() {
    var chart = chart(series([Float](repeating: 0.25, count: 101)))
    chart.ticks = [33, 66]
    var foot = canvas(chart).text(row: Self.size.rows - 1)
    #expect(foot.filter { $0 == "┬" }.count == 2 && !canvas(chart).text.contains("┊"))
    // So many that they cannot be counted are one stretch from the first to the last.
    chart.ticks = Array(stride(from: 20, through: 80, by: 3))
    foot = canvas(chart).text(row: Self.size.rows - 1)
    #expect(foot.filter { $0 == "┬" }.count == 2 && foot.contains("┄┄"))
  }

  // MARK: Validation and scores

  /// Dashes from one validation loss to the next, a star on the best.
  @Test func validationIsALineOfDashes() {
    var chart = chart(series([Float](repeating: 0.25, count: 101)))
    chart.validation = [trail([(0, 0.5), (50, 0.35), (100, 0.35)], best: (50, 0.35))]
    let text = canvas(chart).text
    #expect(text.contains("★") && !text.contains("○"))
    // Above the losses, which lie at the foot: more than half of the dots, with gaps.
    let upper = dots(chart).columns.map { $0.filter { $0 < 40 } }
    let lit = upper.filter { !$0.isEmpty }.count
    #expect(lit > upper.count / 2 && lit < upper.count * 4 / 5)
    #expect((upper[0].first ?? 99) < (upper[upper.count - 3].first ?? 99))
  }

  @Test func scoresHaveAnAxisOfTheirOwn() {
    var chart = chart(series([Float](repeating: 0.25, count: 101)))
    chart.scores = [trail([(20, 0.81), (80, 0.84)], best: (80, 0.84))]
    let text = canvas(chart).text
    #expect(text.contains("├0.8"))
    #expect(text.contains("★"))
  }

  /// The larger score lies higher, and to the right where its step is later.
  @Test func scoresLieWhereTheyAre() {
    var chart = chart(series([Float](repeating: 0.25, count: 101)))
    chart.scores = [trail([(20, 0.84), (80, 0.81)])]
    let columns = dots(chart).columns
    let first = columns[columns.count / 5 + 1].first ?? 99
    let second =
      columns.indices.filter { $0 > columns.count * 3 / 5 && $0 < columns.count * 4 / 5 }
      .compactMap { columns[$0].last }.max() ?? 0
    #expect(first < 12 && second > 36)
  }
}
