import Runs
import Terminal
import Testing

@testable import Interface

/// What a click and the wheel do in charts and lists.
@Suite struct MouseTests {
  private static let size = Size(rows: 40, columns: 120)

  private func app(_ keys: String = "") -> App {
    var app = Fixture.app(startable: Fixture.models)
    _ = app.update(.size(Self.size))
    app.press(keys)
    return app
  }

  private func mouse(_ app: inout App, _ action: Mouse.Action, _ row: Int, _ column: Int) {
    _ = app.update(.key(.mouse(Mouse(action, row: row, column: column))))
  }

  /// The row of the screen that holds a text, and the column where it begins.
  private func find(_ text: String, in app: App) throws -> (row: Int, column: Int) {
    let canvas = app.view(Self.size)
    // The tabs name the model that runs.
    for row in 1..<Self.size.rows {
      let line = canvas.text(row: row)
      if let found = line.firstRange(of: text) {
        return (row, line.distance(from: line.startIndex, to: found.lowerBound))
      }
    }
    throw NotFound(text: text)
  }

  private struct NotFound: Error { let text: String }

  // MARK: Curves

  @Test func aClickOnACurvePutsTheCursorAtItsStep() throws {
    // The fixture's run has no seconds.
    for unit in StepUnit.allCases where unit != .time {
      var app = app()
      app.desk.charts.unit = unit
      let areas = app.dashboard.parts(app.desk, in: app.body(of: Self.size))[0].areas
      let layout = try #require(CurveLayout(app.desk.chart(of: [2]), in: areas[2].inner))
      let plot = layout.plot
      for share in [0.0, 0.25, 0.9] {
        let column = plot.column + Int(share * Double(plot.size.columns - 1))
        mouse(&app, .left, plot.row + 2, column)
        let step = try #require(app.charts.cursor?.step)
        // The cursor stands where the click was.
        let measure = app.desk.chart(of: [2]).measure
        #expect(layout.column(of: measure.value(of: Double(step))) == column, "\(unit) \(share)")
        #expect(app.selectedTask == 2 && app.dashboard.pane == .curves)
      }
      #expect(app.charts.cursor?.mark == nil)
    }
  }

  @Test func theRightButtonMarksAndTheAxisIsNoStep() throws {
    var app = app()
    let areas = app.dashboard.parts(app.desk, in: app.body(of: Self.size))[0].areas
    let plot = try #require(CurveLayout(app.desk.chart(of: [0]), in: areas[0].inner)).plot
    mouse(&app, .left, plot.row, plot.column - 2)
    #expect(app.charts.cursor == nil)
    mouse(&app, .left, plot.row, plot.column + 20)
    let first = try #require(app.charts.cursor?.step)
    mouse(&app, .right, plot.row, plot.column + 5)
    let mark = try #require(app.charts.cursor?.mark)
    #expect(app.charts.cursor?.step == first && mark < first && mark > 0)
    mouse(&app, .left, plot.row, plot.column + 9)
    #expect(app.charts.cursor?.mark == mark)
    #expect(app.view(Self.size).text.contains("Δ "))
  }

  /// On a part of the run the steps are those that are shown.
  @Test func aClickOnAPartOfTheRun() throws {
    var app = app("++")
    let shown = app.charts.steps(last: app.desk.lastStep)
    #expect(shown.lowerBound > 0)
    let areas = app.dashboard.parts(app.desk, in: app.body(of: Self.size))[0].areas
    let plot = try #require(CurveLayout(app.desk.chart(of: [0]), in: areas[0].inner)).plot
    mouse(&app, .left, plot.row + 1, plot.column)
    #expect(app.charts.cursor?.step == shown.lowerBound)
    mouse(&app, .left, plot.row + 1, plot.column + plot.size.columns - 1)
    #expect(app.charts.cursor?.step == shown.upperBound)
  }

  // MARK: Lists

  @Test(arguments: ["", "5"]) func aClickOnATaskSelectsIt(keys: String) throws {
    var app = app(keys)
    for task in [3, 0, 2] {
      let (row, column) = try find("[x] \(seriesGlyph(task)) \(Fixture.shortNames[task])", in: app)
      mouse(&app, .left, row, column)
      #expect(app.selectedTask == task)
    }
    let heading = try find(keys.isEmpty ? "events" : "safety", in: app)
    mouse(&app, .left, heading.row, heading.column)
    #expect(app.selectedTask == 2)
  }

  @Test func aClickOnAModelOrAnOptionSelectsIt() throws {
    var app = app("6")
    let names = Fixture.models.map(\.title)
    for index in [names.count - 1, 0, 1] {
      let row = try find(" \(names[index])", in: app)
      mouse(&app, .left, row.row, row.column + 1)
      #expect(app.models.selectedModel(app.desk)?.title == names[index])
      #expect(!app.models.isOnOptions)
    }
    app = self.app("6")
    let model = try #require(app.models.selectedModel(app.desk))
    for option in model.choices.reversed() {
      let lines = (0..<40).map { String(app.view(Self.size).text(row: $0).dropFirst(36)) }
      let row = try #require(
        lines.firstIndex { $0.hasPrefix("  \(option.name) ") || $0.hasPrefix("> \(option.name) ") })
      mouse(&app, .left, row, 60)
      #expect(app.models.isOnOptions)
      let selected = app.view(Self.size).text.split(separator: "\n").first {
        $0.contains("> \(option.name)")
      }
      #expect(selected != nil, "\(option.name)")
    }
    mouse(&app, .wheelDown, 5, 3)
    #expect(!app.models.isOnOptions)
    mouse(&app, .wheelDown, 5, 60)
    #expect(app.models.isOnOptions)
  }

  @Test func aClickOnARunSelectsIt() throws {
    var app = Fixture.appWithEarlierRuns()
    _ = app.update(.size(Self.size))
    app.press("7")
    let count = app.desk.allRuns.count
    #expect(count > 2)
    for index in [0, 1, count - 1] {
      // The table begins below tabs, frame and heading.
      mouse(&app, .left, 3 + index, 20)
      let number = app.desk.allRuns[index].number
      let row = app.view(Self.size).text(row: 3 + index)
      #expect(row.contains("> ") && row.contains(" \(number)"), "\(row)")
    }
    mouse(&app, .wheelUp, 3, 20)
    #expect(app.view(Self.size).text(row: 2 + count - 1).contains("> "))
    mouse(&app, .left, 2, 20)
    #expect(app.view(Self.size).text(row: 2 + count - 1).contains("> "))
  }
}
