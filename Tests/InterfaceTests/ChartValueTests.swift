import Runs
import Terminal
import Testing

@testable import Interface

/// Where numbers lie on a chart, and what shade and colour they have, worked out by hand.
@Suite struct ChartValueTests {
  @Test func placesOnAnAxis() throws {
    let axis = Axis(over: 0...8, intervals: 4)
    #expect(axis.ticks == [0, 2, 4, 6, 8] && axis.label(4) == "4")
    #expect(axis.share(of: 0) == 0 && axis.share(of: 2) == 0.25 && axis.share(of: 8) == 1)
    let decades = Axis(over: 0.01...100, isLogarithmic: true, intervals: 4)
    #expect(decades.low == 0.01 && decades.high == 100)
    let share = try #require(decades.share(of: 0.1))
    #expect(abs(share - 0.25) < 1e-12)
    #expect(decades.share(of: 0) == nil && axis.share(of: .nan) == nil)
    #expect(Axis(over: 0.2...0.3, intervals: 4).label(0.25) == "0.250")
  }

  /// Dots are counted from the left and from the top.
  @Test func dotsOfAGrid() {
    var grid = DotGrid(charset: .braille, rows: 2, columns: 2)
    #expect(grid.width == 4 && grid.height == 8)
    grid.setLine(x: 3, from: 5, to: 6, glyph: "a", style: Style(.series0))
    grid.setBand(x: 0, from: 0, to: 1, hue: 2)
    var canvas = Canvas(rows: 2, columns: 2)
    grid.draw(row: 0, column: 0, on: &canvas)
    // Dots 1 and 2 of the first cell; 5 and 6 of the last.
    #expect(canvas.text == "⠃\n ⠰")
    #expect(canvas[0, 0]?.style.role == .tint2 && canvas[1, 1]?.style.role == .series0)
    #expect(grid.hasNoLine(row: 0, column: 1) && !grid.hasNoLine(row: 1, column: 1))
  }

  /// A band fills whole cells with a shade; a line over it has a colour for that, others a tint behind.
  @Test func linesOverBands() {
    var grid = DotGrid(charset: .braille, rows: 1, columns: 3)
    for x in 0..<6 { grid.setBand(x: x, from: 0, to: 3, hue: 1) }
    grid.setLine(x: 2, from: 1, to: 1, glyph: "a", style: Style(.series1))
    grid.setLine(x: 4, from: 2, to: 2, glyph: "a", style: Style(.plain))
    var canvas = Canvas(rows: 1, columns: 3)
    grid.draw(row: 0, column: 0, on: &canvas)
    #expect(canvas.text == "░⠂⠄")
    #expect(canvas[0, 0]?.style == Style(.band1) && canvas[0, 1]?.style == Style(.band1))
    #expect(canvas[0, 2]?.style == Style(.plain, behind: .tint1))
    #expect(grid.tint(row: 0, column: 1) == .tint1)
  }

  /// Two lines through the same cells take turns, each with its own dots and in its own colour; apart,
  /// and of one colour, all of their dots are drawn.
  @Test func linesThatShareCellsTakeTurns() {
    for charset in [Charset.braille, .ascii] {
      var grid = DotGrid(charset: charset, rows: 1, columns: 5)
      let across = charset.dotsAcross
      for x in 0..<(4 * across) {
        grid.setLine(x: x, from: 0, to: 0, glyph: "a", style: Style(.series0))
        guard x >= across else { continue }
        grid.setLine(x: x, from: 1, to: 1, glyph: "b", style: Style(.series1))
      }
      grid.setLine(x: 4 * across, from: 0, to: 0, glyph: "a", style: Style(.series0, bold: true))
      grid.setLine(x: 4 * across, from: 1, to: 1, glyph: "a", style: Style(.series0))
      var canvas = Canvas(rows: 1, columns: 5)
      grid.draw(row: 0, column: 0, on: &canvas)
      #expect(canvas.text == (charset == .ascii ? "ababa" : "⠉⠒⠉⠒⠃"))
      let roles = (0..<5).map { canvas[0, $0]?.style.role }
      #expect(roles == [.series0, .series1, .series0, .series1, .series0])
      #expect((0..<5).allSatisfy { !grid.hasNoLine(row: 0, column: $0) })
    }
  }

  /// A third line has its turn as well.
  @Test func threeLinesTakeTurns() {
    var grid = DotGrid(charset: .braille, rows: 1, columns: 6)
    for series in 0..<3 {
      for x in 0..<12 {
        grid.setLine(x: x, from: series, to: series, glyph: "a", style: Style(.series(series)))
      }
    }
    var canvas = Canvas(rows: 1, columns: 6)
    grid.draw(row: 0, column: 0, on: &canvas)
    #expect(canvas.text == "⠉⠒⠤⠉⠒⠤")
    #expect((0..<6).map { canvas[0, $0]?.style.role } == [0, 1, 2, 0, 1, 2].map { .series($0) })
  }

  /// Turns go from column to column, whatever the row: a steep stretch has one colour.
  @Test func aColumnHasOneColour() {
    var grid = DotGrid(charset: .braille, rows: 2, columns: 3)
    for (series, x) in (0..<2).flatMap({ series in (0..<6).map { (series, $0) } }) {
      for y in [series, 4 + series] {
        grid.setLine(x: x, from: y, to: y, glyph: "a", style: Style(.series(series)))
      }
    }
    var canvas = Canvas(rows: 2, columns: 3)
    grid.draw(row: 0, column: 0, on: &canvas)
    for row in 0..<2 {
      let roles = (0..<3).map { canvas[row, $0]?.style.role }
      #expect(roles == [.series0, .series1, .series0], "row \(row)")
    }
  }

  @Test func strokesAreToldApart() {
    let dots = Stroke.allCases.map { stroke in (0..<40).map { stroke.has(dot: $0) } }
    #expect(Set(dots).count == 4 && dots[0].allSatisfy { $0 })
    #expect(dots.dropFirst().allSatisfy { $0.contains(false) && $0.contains(true) })
    #expect(Set(Stroke.allCases.map(\.sample)).count == 4)
  }

  @Test func aLineFallsWhereItsEndIsLower() {
    var grid = DotGrid(charset: .block, rows: 2, columns: 2)
    grid.connect((x: 0, y: 0), (x: 3, y: 3), glyph: "a", style: Style(.series0))
    var canvas = Canvas(rows: 2, columns: 2)
    grid.draw(row: 0, column: 0, on: &canvas)
    #expect(canvas.text == "▚\n ▚")
  }

  @Test(
    arguments: [
      (0, "░"), (0.079, "░"), (0.08, "▒"), (0.199, "▒"), (0.2, "▓"), (0.349, "▓"), (0.35, "█"),
      (1, "█"), (.nan, " "),
    ] as [(Float, String)])
  func shadesOfShares(_ share: Float, _ shade: String) {
    #expect(String(HeatCell(share: share).shade) == shade)
    #expect(String(MatrixScale(.share, values: [share]).shade(share)) == shade)
  }

  /// The colour is that of the root: a quarter is half way.
  @Test func coloursOfShares() {
    #expect(HeatCell.style(0.25) == Style(.heat(0.5)) && HeatCell.style(1) == Style(.heat(1)))
    #expect(HeatCell.style(0.04) == Style(.heat(0.2)) && HeatCell.style(-1) == Style(.heat(0)))
  }

  @Test func cellsOfShares() {
    var canvas = Canvas(rows: 4, columns: 4)
    for (row, share) in [0.06, 0.42, 1, Float.nan].enumerated() {
      HeatCell(share: share).draw(row: row, column: 0, on: &canvas)
    }
    #expect(canvas.text == "░ 6\n█42\n█100\n  -")
  }

  @Test func signsAndSizesOfAMatrix() {
    let scale = MatrixScale(.diverging, values: [2, -8, 1, .nan])
    #expect(scale.largest == 8 && scale.strength(2) == 0.25 && scale.strength(-8) == 1)
    #expect(scale.style(-8) == Style(.series(1), bold: true))
    #expect(scale.style(4) == Style(.series(0), bold: true) && scale.style(2) == Style(.series(0)))
    #expect(scale.style(0.3) == .dim && scale.style(.nan) == .dim)
    #expect([8, 6, 3.6, 1.2, 1].map { scale.shade($0) } == ["█", "█", "▓", "▒", "░"])
    #expect(scale.text(-8) == "-8.00" && scale.text(.nan) == "-")
    let sizes = MatrixScale(.magnitude, values: [40, 10])
    #expect(sizes.style(10) == Style(.heat(0.25)) && sizes.text(10) == "10.0")
    let shares = MatrixScale(.share, values: [0.3, 0.9])
    #expect(shares.strength(0.3) == 0.3 && shares.text(0.304) == "30" && shares.text(1) == "100")
  }

  @Test func valuesOfAMatrixByRowAndColumn() {
    let matrix = ModelView.Matrix(
      rows: ["a", "b"], columns: ["x", "y", "z"], values: [1, 2, 3, 4, 5, 6], scale: .magnitude)
    #expect(matrix.value(0, 2) == 3 && matrix.value(1, 0) == 4 && matrix[1, 2] == 6)
    #expect(matrix.value(0, 3).isNaN && matrix.value(2, 0).isNaN)
  }

  /// Steps of a factor √2: of eight, even is 12.5 %.
  @Test(
    arguments: [
      (0, -4, "░"), (0.03, -4, "░"), (0.05, -3, "░"), (0.07, -2, "░"), (0.08, -1, "░"),
      (0.125, 0, "·"), (0.14, 0, "·"), (0.18, 1, "█"), (0.22, 2, "█"), (0.31, 3, "█"),
      (0.43, 4, "█"), (1, 4, "█"),
    ] as [(Float, Int, String)])
  func stepsAroundEven(_ share: Float, _ step: Int, _ glyph: String) {
    let cell = DivergingCell(share: share, count: 8)
    #expect(
      cell.step == step && String(cell.glyph) == glyph && cell.style == Style(.diverging(step)))
  }

  /// Of two, nearly all is the last step; what is even depends on how many there are.
  @Test func stepsDependOnTheCount() {
    #expect(
      [0.5, 0.56, 0.7, 0.8, 0.95, 1].map { DivergingCell(share: $0, count: 2).step }
        == [0, 1, 2, 3, 4, 4])
    #expect([0.45, 0.3, 0.2].map { DivergingCell(share: $0, count: 2).step } == [0, -1, -3])
    #expect(DivergingCell(share: 0.25, count: 4).step == 0)
    #expect(DivergingCell(share: 1, count: 1).step == 0)
    let unknown = DivergingCell(share: .nan, count: 8)
    #expect(unknown.step == 0 && unknown.glyph == " " && unknown.style == .dim)
  }

  @Test func divergingCellsHaveTheirNumberInTheColour() {
    var canvas = Canvas(rows: 1, columns: 12)
    DivergingCell(share: 0.06, count: 8).draw(row: 0, column: 0, on: &canvas)
    DivergingCell(share: 0.41, count: 8).draw(row: 0, column: 4, isSelected: true, on: &canvas)
    DivergingCell(share: 1, count: 8).draw(row: 0, column: 8, on: &canvas)
    #expect(canvas.text == "░ 6 █41 █100")
    #expect((0..<3).allSatisfy { canvas[0, $0]?.style == Style(.below2) })
    #expect((4..<7).allSatisfy { canvas[0, $0]?.style == Style(.above3, reversed: true) })
  }
}
