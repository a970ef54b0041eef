import Runs
import Terminal
import Testing

@testable import Interface

/// One loss of a task at one moment: charts, tasks and the smallest screen say the same number.
@Suite struct ShownLossTests {
  private func app(smoothing: Int?) -> App {
    var app = Fixture.app()
    app.desk.charts.smoothing = smoothing
    return app
  }

  /// The words of a row that names a task, behind its name.
  private func words(_ text: String, _ start: String) -> [Substring] {
    let row = text.split(separator: "\n").first { $0.contains(start) } ?? ""
    let behind = row.firstRange(of: start).map { row[$0.upperBound...] } ?? ""
    return behind.split(separator: " ")
  }

  @Test(arguments: [nil, 0, 1, 2, 3] as [Int?]) func titlePaneAndTableAgree(level: Int?) throws {
    let app = app(smoothing: level)
    for (task, name) in Fixture.shortNames.enumerated() {
      let glyph = seriesGlyph(task)
      let loss = try #require(app.run.shownLoss(of: task, smoothing: level))
      let unit = task == 3 ? "σ²" : ""
      let shown = lossText(loss) + unit
      let dashboard = app.view(Size(rows: 40, columns: 120)).text
      #expect(
        words(dashboard, "─ \(glyph) \(name)").first == "\(shown)"
          || words(dashboard, "━ \(glyph) \(name)").first == "\(shown)")
      #expect(words(dashboard, "[x] \(glyph) \(name)").dropFirst().first == "\(shown)")
      var tasks = app
      tasks.press("5")
      let table = tasks.view(Size(rows: 40, columns: 120)).text
      #expect(words(table, "[x] \(glyph) \(name)").dropFirst(2).first == "\(shown)")
      let least = app.view(Size(rows: 10, columns: 59)).text
      #expect(words(least, "\(glyph) \(name)").first == "\(shown)")
    }
  }

  /// Smoothed it is the series' own mean, not the engine's; unsmoothed that of the newest step.
  @Test func itIsTheSeries() {
    let run = Fixture.app().run
    #expect(run.shownLoss(of: 1, smoothing: 2) == run.losses[1].smoothedLoss(level: 2))
    #expect(run.shownLoss(of: 1, smoothing: nil) == run.snapshot.tasks[1].loss)
    #expect(run.losses[1].smoothedLoss(level: 2) != run.snapshot.tasks[1].smoothedLoss)
  }

  /// A task that never trained has none; one that is off keeps its smoothed one and has no newest.
  @Test func withoutLossesThereIsNone() {
    var run = RunState()
    run.take(.prepared(Fixture.description()))
    run.take(Fixture.snapshot(off: [0]))
    #expect(
      run.shownLoss(of: 1, smoothing: 1) == nil && run.shownLoss(of: 1, smoothing: nil) == nil)
    run.take(Fixture.losses(tasks: 1, steps: 0..<30))
    #expect(
      run.shownLoss(of: 0, smoothing: 1) != nil && run.shownLoss(of: 0, smoothing: nil) == nil)
    #expect(run.shownLoss(of: 9, smoothing: 1) == nil)
  }

  /// Cells of a column are aligned at their numbers, whichever of them has a unit.
  @Test func unitsDoNotShiftNumbers() {
    let run = Fixture.app().run
    let cells = (0..<4).map { run.lossCell(of: $0, smoothing: 1) }
    #expect(cells[3].hasSuffix("σ²") && cells[0].hasSuffix("  "))
    #expect(Set(cells.map(columnsTaken)).count == 1)
    #expect(!run.lossCell(of: 0, smoothing: 1).contains("σ"))
  }
}
