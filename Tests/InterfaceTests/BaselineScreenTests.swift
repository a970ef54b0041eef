import Runs
import Terminal
import Testing

@testable import Interface

/// The inspectors of NRT, NARRE, PMF, BPR-MF and CAML at three sizes: all of their views are seen, frames
/// stand one below the other, and nothing of the data reaches the terminal raw.
@Suite struct BaselineScreenTests {
  struct System: CustomStringConvertible, Sendable {
    let name: String
    let views: [ModelView]
    var description: String { name }
  }

  static let systems = [
    System(name: "nrt", views: Fixture.nrtViews), System(name: "narre", views: Fixture.narreViews),
    System(name: "pmf", views: Fixture.pmfViews), System(name: "bprMF", views: Fixture.bprViews),
    System(name: "caml", views: Fixture.camlViews),
  ]
  static let sizes = [(24, 80), (40, 120), (60, 200)].map { Size(rows: $0.0, columns: $0.1) }

  private func app(_ system: System) -> App {
    var app = Fixture.app(showing: system.views)
    app.press("4")
    return app
  }

  @Test(arguments: systems, sizes) func screen(_ system: System, _ size: Size) {
    let canvas = app(system).view(size)
    Golden.check(canvas.text, "\(system.name)_\(size.columns)x\(size.rows)")
    let scalars = canvas.text.unicodeScalars
    #expect(!scalars.contains("\u{1B}") && !scalars.contains("\u{7}"))
    guard size.columns >= 100 else { return }
    for view in system.views { #expect(canvas.text.contains(view.title), "\(view.title)") }
  }

  /// The right edge of every row of the views is a frame's, whatever the texts are.
  @Test(arguments: systems, sizes) func textsKeepTheirColumns(_ system: System, _ size: Size) {
    let app = app(system)
    let (canvas, body) = (app.view(size), app.body(of: size))
    let first = body.row + (size.columns < 100 ? 1 : 0)
    let edges: Set<Character> = ["│", "┃", "┐", "┓", "┘", "┛", "─", "━"]
    for row in first..<(first + 12) {
      let cell = canvas[row, size.columns - 1]?.text
      #expect(cell.map(edges.contains) == true, "row \(row) ends in \(cell.debugDescription)")
    }
  }

  /// Lists have their lines before charts grow beyond what is enough for them.
  @Test func listsComeBeforeCharts() {
    let list = ViewRoom(least: 6, most: 16)
    let chart = ViewRoom(least: 5, enough: 8, most: 24)
    #expect(ViewsLayout.heights(of: [list, chart], in: 12) == nil)
    #expect(ViewsLayout.heights(of: [list, chart], in: 15) == [8, 7])
    #expect(ViewsLayout.heights(of: [list, chart], in: 26) == [16, 10])
    #expect(ViewsLayout.heights(of: [list, chart], in: 28) == [18, 10])
    #expect(ViewsLayout.heights(of: [list, chart], in: 34) == [18, 16])
  }

  /// Charts stand alone before they get too coarse below one another, but not beside one another.
  @Test func aCoarseChartStandsAlone() {
    func count(_ rows: Int, _ columns: Int) -> Int {
      ViewsLayout(
        body: Rect(row: 0, column: 0, rows: rows, columns: columns),
        views: Fixture.nrtViews.suffix(2),
        selected: 0, isZoomed: false
      ).areas.count
    }
    // A line is for the titles.
    #expect(count(18, 80) == 1 && count(19, 80) == 2)
    #expect(count(6, 120) == 1 && count(7, 120) == 2)
  }

  /// Ranges of all dials, or where there is no room that of the selected one; no range is cut.
  @Test func noRangeIsCut() {
    let entries = ["prior", "text-prior", "policy", "l2"].map {
      DialLine.Entry(
        dial: Dial(name: $0, summary: $0, range: 0...100, start: 0.1), value: 0.1,
        isPending: false)
    }
    func text(_ columns: Int, _ selected: Int) -> String {
      var canvas = Canvas(rows: 1, columns: columns)
      DialLine(entries: entries, selected: selected).draw(in: canvas.area, on: &canvas)
      return canvas.text
    }
    #expect(text(120, 0).components(separatedBy: "0…100").count == 5)
    #expect(text(70, 0).contains(">prior 0.1 0…100   text-prior 0.1   policy 0.1   l2 0.1"))
    #expect(text(70, 3).contains(">l2 0.1 0…100") && !text(70, 3).contains("prior 0.1 0…"))
  }
}
