import Runs
import Terminal
import Testing

@testable import Interface

// MARK: - Ranges of steps

extension CurveChartTests {
  /// Losses as those of Census-Income (`seen/01`): a steep start, then flat and noisy.
  private func census(steps: Int = 1_500, seed: UInt64 = 3) -> LossSeries {
    var noise = Noise(seed: seed)
    return series(
      (0..<steps).map { step in
        let spread = (0..<6).reduce(0) { sum, _ in sum + noise.share() } / 6
        let level = 0.105 + 0.62 * exponential10(-Double(step) / 64)
        return Float(level * (1 + 0.5 * spread))
      })
  }

  /// What is drawn behind the start takes at least half of the height: line and band together, and
  /// nothing of the run is cut off but its start and single losses.
  @Test(arguments: [
    Size(rows: 25, columns: 40), Size(rows: 9, columns: 38), Size(rows: 50, columns: 90),
  ])
  func theCurveTakesHalfOfTheHeight(size: Size) {
    var chart = chart(census(), band: .tenths, smoothing: 2)
    chart.span = .typical
    let canvas = canvas(chart, size)
    Golden.check(canvas.text, "Charts/census_\(size.columns)x\(size.rows)")
    let shaded = (0..<(size.rows - 1)).filter { row in
      (size.columns / 3..<size.columns).contains { column in
        guard let cell = canvas[row, column] else { return false }
        return (Role.band0...Role.tint7).contains(cell.style.role)
      }
    }
    #expect(shaded.count * 2 >= size.rows - 1)
    #expect(canvas.text(row: 0).contains("▲0."))
    chart.span = .everything
    #expect(!self.canvas(chart, size).text.contains("▲"))
  }

  @Test func whatLiesOutsideIsNamedAtTheEdge() {
    var losses = [Float](repeating: 0.25, count: 1_000)
    for step in losses.indices { losses[step] += Float(step % 7) * 0.01 }
    losses[500] = 0.76
    losses[800] = 0.02
    var chart = chart(series(losses), band: .tenths, smoothing: 2)
    chart.span = .typical
    let canvas = canvas(chart)
    #expect(canvas.text(row: 0).contains("▲0.76"))
    #expect(canvas.text(row: Self.size.rows - 2).contains("▼0.02"))
    // A fixed range is kept, whatever lies outside.
    chart.span = .fixed(0.5...1)
    let text = self.canvas(chart).text
    #expect(text.contains("▼0.2") && !text.contains("0.2┤") && !text.contains("0.25┤"))
  }

  /// Without colours the band is lighter than the line, cell by cell.
  @Test(arguments: Charset.allCases) func theLineStandsOut(charset: Charset) {
    var chart = chart(census(), band: .tenths, smoothing: 3)
    chart.lines[0].style = Style(.series0, bold: true)
    chart.charset = charset
    chart.span = .typical
    let canvas = canvas(chart)
    var counts: [Character: Int] = [:]
    for cell in canvas.cells where cell.style.role == .band0 || cell.style.role == .tint0 {
      counts[cell.text ?? " ", default: 0] += cell.style.isBold ? 0 : 1
    }
    let fill: Character = charset == .ascii ? "." : "░"
    #expect((counts[fill] ?? 0) > 40)
    // The line has the cells where it runs; they are bold, and no shade.
    let inner = canvas.cells.dropFirst(Self.size.columns).dropLast(2 * Self.size.columns)
    let line = inner.filter { $0.style.isBold && $0.text != " " }
    #expect(line.count > 20 && line.allSatisfy { $0.text != fill })
  }

  @Test func noSizeAndNoRangeBreaksIt() {
    let known = series([0.5, .nan, .infinity, 1e30, -1e30, 1e-30])
    for rows in 0..<6 {
      for columns in 0..<14 {
        var chart = chart(known, band: .tenths)
        chart.span = rows.isMultiple(of: 2) ? .typical : .everything
        _ = canvas(chart, Size(rows: rows, columns: columns))
        chart.isLogarithmic = true
        chart.steps = 3...4
        chart.isLogarithmicInSteps = true
        chart.scores = [trail([(3, .nan)])]
        chart.cursor = CurveCursor(step: 4, mark: 3)
        chart.marks = [.init(step: 3, label: "a long name of a change")]
        _ = canvas(chart, Size(rows: rows, columns: columns))
      }
    }
  }
}
