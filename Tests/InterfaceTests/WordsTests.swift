import Runs
import Terminal
import Testing

@testable import Interface

/// What the frame around the screens says is true, and whole where there is room.
@Suite struct WordsTests {
  // MARK: Help

  private func headings(_ app: App) -> [String] {
    guard case .help(let panel) = app.mode else { return [] }
    return app.helpLines(of: panel).filter(\.isHeading).map(\.text)
  }

  /// What is found on other screens stands under their names, behind what acts here.
  @Test func aSearchSaysWhoseKeysTheyAre() {
    var app = Fixture.app()
    app.press("7?column")
    let lines = app.helpLines(of: HelpPanel(search: "column"))
    #expect(headings(app) == ["On 2 Gates"], "\(headings(app))")
    #expect(lines.contains { $0.keys == "C" && $0.text == "choose the column" })
    app.press("", .escape)
    app.press("2?column")
    #expect(headings(app).first == "This screen: Gates")
    #expect(!headings(app).contains { $0.hasPrefix("On 2") })
  }

  /// Keys of some screens are not called keys of a screen that does not take them.
  @Test func groupsOfKeysAreNotThoseOfAScreenWithout() {
    var app = Fixture.app()
    app.press("7?solo")
    #expect(headings(app) == ["On other screens"], "\(headings(app))")
    app.press("", .escape)
    app.press("5?solo")
    #expect(headings(app) == ["Training"])
  }

  // MARK: Tabs

  /// At 80 columns every title is whole, and the brackets take no gap.
  @Test func titlesAreWholeAtEightyColumns() {
    var app = Fixture.app()
    // The last one has a tab only where the data name users and items.
    let titles = app.screens.dropLast().map(\.shortTitle)
    #expect(titles.prefix(4) == ["Dash", "Gates", "Masks", "Inspect"])
    for (index, title) in titles.enumerated() {
      app.press("\(index + 1)")
      let row = app.view(Size(rows: 24, columns: 80)).text(row: 0)
      #expect(row.contains("[\(index + 1) \(title)]"))
      #expect(row.hasPrefix(" mtl MMoE"))
      for (other, name) in titles.enumerated() where other != index {
        #expect(row.contains(" \(other + 1) \(name)"), "\(row)")
      }
    }
  }

  @Test(arguments: [60, 65, 66, 79, 80, 97, 98, 120, 200]) func tabsNeverLeaveTheScreen(
    columns: Int
  ) {
    var app = Fixture.app()
    let last = app.screens.count - 1
    for index in 1...last {
      app.press("\(index)")
      let row = app.view(Size(rows: 24, columns: columns)).text(row: 0)
      #expect(row.contains("\(last) \(app.screens[last - 1].shortTitle.prefix(4))") || columns < 80)
      // Where titles are cut, a tab that leads to nothing has its number alone.
      #expect(row.contains("2 Gate") || columns < 76)
      #expect(row.contains("[\(index)") && row.contains("\(last)"))
    }
  }

  // MARK: While data are read

  @Test func hintsAreTrueWhileDataAreRead() {
    var app = App()
    var snapshot = Snapshot()
    snapshot.phase = .loading(0.42, "reading log.csv")
    _ = app.update(.snapshot(snapshot))
    let row = app.view(Size(rows: 24, columns: 80)).text(row: 22)
    let hints = String(row.reversed().drop { $0 == " " }.reversed())
    #expect(hints == " 1-\(app.screens.count) screens  6 models  : command  q quit  ? help")
  }

  /// What was said while the data were read goes once they are.
  @Test func whatWasSaidWhileLoadingGoes() {
    var app = App()
    app.press("P")
    #expect(app.control.message?.text == "the data are still being read")
    _ = app.update(.events([.prepared(Fixture.description())]))
    #expect(app.control.message == nil)
  }

  // MARK: Narrow and wide

  /// What an option means comes before its default where both do not fit.
  @Test func meaningsComeBeforeDefaults() throws {
    var app = Fixture.app(startable: Fixture.models)
    app.press("6")
    let model = try #require(app.models.selectedModel(app.desk))
    let narrow = app.view(Size(rows: 24, columns: 80)).text
    let wide = app.view(Size(rows: 40, columns: 120)).text
    #expect(wide.contains("default") && !narrow.contains("default"))
    for option in model.choices.prefix(3) {
      #expect(narrow.contains(fit(option.summary, into: 24)), "\(option.summary)")
    }
  }

  /// In a tall pane the pictures of the losses grow, in a wide table they reach its edge.
  @Test func picturesTakeWhatIsLeft() {
    var app = Fixture.app(experts: 0)
    func blocks(_ row: String) -> Int { row.count { "▁▂▃▄▅▆▇█".contains($0) } }
    let tall = app.view(Size(rows: 60, columns: 200))
    let rows = (0..<60).filter { row in
      blocks(String(tall.text(row: row).suffix(58))) > 0
    }
    #expect(rows.count >= 4 * 6)
    app.press("5")
    let table = app.view(Size(rows: 40, columns: 200))
    #expect(blocks(table.text(row: 3)) > 100)
  }

  /// A fitted model has no rate to change.
  @Test func aFittedModelHasNoRateToChange() {
    var app = Fixture.app()
    app.press("5")
    #expect(app.view(Size(rows: 40, columns: 120)).text.contains("0.001   (r changes it)"))
    var snapshot = Fixture.snapshot()
    snapshot.learningRate = 0
    _ = app.update(.snapshot(snapshot))
    let text = app.view(Size(rows: 40, columns: 120)).text
    #expect(text.contains("none: it is fitted") && !text.contains("r changes it"))
  }

  /// The smallest screen has a line a task where there are lines, else all on one.
  @Test func theSmallestScreenUsesItsLines() {
    let app = Fixture.app()
    let tall = app.view(Size(rows: 10, columns: 40))
    for (task, name) in Fixture.shortNames.enumerated() {
      #expect(tall.text(row: 1 + task).hasPrefix("\(seriesGlyph(task)) \(name) "))
    }
    #expect(tall.text(row: 5).hasPrefix("enlarge"))
    let low = app.view(Size(rows: 5, columns: 59))
    #expect(low.text(row: 1).contains("click") && low.text(row: 1).contains("like"))
    #expect(low.text(row: 2).hasPrefix("enlarge"))
  }

  // MARK: Curves by keys

  /// c puts the cursor, h, l, H and L move it, Enter marks, and the read-out says the difference.
  @Test func theCursorIsMovedByKeysAndSaysADifference() throws {
    let robot = Robot(Size(rows: 40, columns: 120))
    robot.start()
    robot.press("c")
    let end = try #require(robot.loop.app.charts.cursor?.step)
    #expect(end == robot.loop.app.desk.lastStep)
    robot.press("h")
    let left = try #require(robot.loop.app.charts.cursor?.step)
    #expect(left < end)
    robot.press("H")
    let far = try #require(robot.loop.app.charts.cursor?.step)
    #expect(end - far > 5 * (end - left))
    robot.press("", .enter)
    #expect(robot.loop.app.charts.cursor?.mark == far)
    robot.press("L")
    #expect(robot.loop.app.charts.cursor?.step == left)
    #expect(robot.text.contains("Δ \(left - far) steps"))
    let series = robot.loop.app.run.losses[0]
    let line = CurveChart.Line(
      series: series, glyph: "*", style: .plain, smoothing: robot.loop.app.charts.smoothing)
    let change = try #require(line.value(at: left)) - (try #require(line.value(at: far)))
    #expect(robot.text.contains("Δ \(signed(change))"))
    robot.press("", .enter)
    #expect(robot.loop.app.charts.cursor?.mark == nil)
    robot.press("", .escape)
    #expect(robot.loop.app.charts.cursor == nil)
  }

  /// Zoomed in on the end, the newest step stays in sight while training goes on; moved back, the
  /// window stands still.
  @Test func zoomKeepsTheLiveTail() {
    let robot = Robot()
    robot.start()
    robot.press("++")
    let before = robot.loop.app.charts.steps(last: robot.loop.app.desk.lastStep)
    #expect(before.upperBound == 399 && before.lowerBound > 200)
    robot.link.losses = Fixture.losses(tasks: 4, steps: 400..<500)
    robot.wait(2)
    let after = robot.loop.app.charts.steps(last: robot.loop.app.desk.lastStep)
    #expect(after.upperBound == 499 && after.count == before.count)
    robot.press("[")
    let moved = robot.loop.app.charts.steps(last: robot.loop.app.desk.lastStep)
    robot.link.losses = Fixture.losses(tasks: 4, steps: 500..<600)
    robot.wait(2)
    #expect(robot.loop.app.charts.steps(last: robot.loop.app.desk.lastStep) == moved)
    #expect(moved.upperBound < 499)
  }

  /// Along the time, a step lies where its seconds of training do, and the axis is in seconds.
  @Test func theTimeAxisIsThatOfTraining() {
    var run = RunState()
    run.take(.prepared(Fixture.description()))
    run.take(Fixture.losses(tasks: 4, steps: 0..<300))
    // A hundred steps in two seconds, the next two hundred in ten.
    for (step, seconds) in [(50, 1.0), (100, 2), (200, 7), (300, 12)] {
      var snapshot = Fixture.snapshot(step: step)
      snapshot.trainingSeconds = seconds
      run.take(snapshot)
    }
    var desk = Fixture.app().desk
    desk.run = run
    desk.charts.unit = .time
    let chart = desk.chart(of: [0])
    #expect(abs(chart.measure.value(of: 100) - 2) < 1e-9)
    #expect(abs(chart.measure.value(of: 150) - 4.5) < 1e-9)
    #expect(abs(chart.stepAxis.high - chart.measure.value(of: 299)) < 1e-9)
    #expect(chart.stepAxis.high > 11.9 && chart.stepAxis.high <= 12)
    #expect(chart.measure.step(of: 4.5, in: 0...299) == 150)
    var canvas = Canvas(rows: 10, columns: 60)
    chart.draw(in: canvas.area, on: &canvas)
    #expect(canvas.text.contains("─0:10") && chart.stepAxis.label(5) == "0:05")
  }
}
