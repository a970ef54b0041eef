import Runs
import Terminal
import Testing

@testable import Interface

/// What Rank and Rate shows of itself: how far items move, which most, and points over two axes.
@Suite struct RankAndRateScreenTests {
  /// Points on a broad line.
  static let scatter = ModelView(
    name: "scores_ratings", title: "rank score × predicted rating",
    note: "A point a validation row.", step: 1_790,
    content: .scatter(
      .init(
        x: "rank score", y: "rating",
        points: (0..<300).map { row in
          let x = Float(row * 37 % 300) / 60 - 2.5
          let off = Float(row * 53 % 97) / 97 - 0.5
          return .init(x: x, y: 3.4 + 0.4 * x + 1.6 * off)
        })))

  /// The views of the model, with names as data have them.
  static let views: [ModelView] = [
    ModelView(
      name: "moves", title: "how far items move", note: "Items by ‖D_i‖.", step: 1_790,
      content: .bars(
        .init(
          bars: (0..<10).map { bin in
            .init(
              name: "\(hundredths(12 * bin))–\(hundredths(12 * bin + 12))",
              values: [[0.31, 0.24, 0.14, 0.11, 0.09, 0.05, 0.03, 0.02, 0, 0.01][bin]])
          }))),
    ModelView(
      name: "movers", title: "items that move most",
      note: "What the move changes of an item's predicted rating.", step: 1_790,
      content: .table(
        .init(
          columns: ["item", "‖D‖", "rating change", "once consumed"],
          rows: [
            ["Toy Story (1995)", "1.180", "+0.412", "better"],
            ["千と千尋の神隠し", "0.961", "-0.377", "worse"],
            ["البؤساء", "0.915", "-0.201", "worse"], ["a\u{1B}[2Jb", "0.802", "+0.105", "better"],
          ]))), scatter,
  ]

  @Test(arguments: [
    Size(rows: 24, columns: 80), Size(rows: 10, columns: 40), Size(rows: 60, columns: 200),
  ])
  func screen(_ size: Size) {
    var app = Fixture.app(showing: Self.views)
    app.press("4")
    Golden.check(app.view(size).text, "rankAndRate_\(size.columns)x\(size.rows)")
  }

  @Test(arguments: [
    Size(rows: 24, columns: 80), Size(rows: 10, columns: 40), Size(rows: 60, columns: 200),
  ])
  func points(_ size: Size) {
    var canvas = Canvas(rows: size.rows, columns: size.columns)
    Self.scatter.draw(in: canvas.area, ink: ViewInk(), isFocused: true, on: &canvas)
    Golden.check(canvas.text, "scatter_\(size.columns)x\(size.rows)")
  }

  /// The dots of a line that rises are at its ends: least at the lower left, largest at the upper right.
  @Test func pointsLieWhereTheirNumbersSay() {
    let view = ModelView(
      name: "s", title: "s", note: "",
      content: .scatter(
        .init(
          x: "across", y: "up",
          points: [.init(x: 0, y: 10), .init(x: 4, y: 30), .init(x: 4, y: .nan)])))
    var canvas = Canvas(rows: 12, columns: 40)
    view.draw(
      in: canvas.area, ink: ViewInk(charset: .ascii), isFocused: false, on: &canvas)
    #expect(canvas.text.contains("↑ up") && canvas.text.contains("correlation 1.00"))
    #expect(canvas.text.contains("2 points") && canvas.text.contains(" across "))
    let stars = (0..<12).flatMap { row in
      (0..<40).filter { canvas[row, $0]?.text == "*" }.map { (row: row, column: $0) }
    }
    #expect(stars.count == 2)
    let (upper, lower) = (stars.first, stars.last)
    #expect(upper?.column == 38)
    #expect((upper?.row ?? 99) < (lower?.row ?? 0) && (lower?.column ?? 99) < 10)
  }

  /// Correlations by hand, and none where a number does not vary.
  @Test func correlationsByHand() {
    func correlation(_ points: [(Float, Float)]) -> Double {
      ModelView.Scatter(x: "", y: "", points: points.map { .init(x: $0.0, y: $0.1) }).correlation
    }
    #expect(abs(correlation([(1, 2), (2, 4), (4, 8)]) - 1) < 1e-12)
    #expect(abs(correlation([(1, 3), (2, 1), (3, 2)]) + 0.5) < 1e-12)
    #expect(abs(correlation([(1, 3), (2, 1), (.nan, 7), (3, 2)]) + 0.5) < 1e-12)
    #expect(correlation([(1, 3), (1, 5)]).isNaN && correlation([(1, 3)]).isNaN)
  }
}

/// A number of hundredths, `1.08` of 108.
private func hundredths(_ count: Int) -> String {
  "\(count / 100).\(count % 100 < 10 ? "0" : "")\(count % 100)"
}
