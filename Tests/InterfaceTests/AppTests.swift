import Runs
import Terminal
import Testing

@testable import Interface

@Suite struct AppTests {
  /// A frame is drawn anew only if something changed.
  @Test func revisionsCountWhatAFrameWouldShow() {
    var app = Fixture.app()
    let before = app.revision
    _ = app.update(.time(101))
    _ = app.update(.losses([]))
    _ = app.update(.events([]))
    _ = app.update(.size(Size(rows: 24, columns: 80)))
    #expect(app.revision == before)
    _ = app.update(.size(Size(rows: 25, columns: 80)))
    #expect(app.revision == before + 1)
  }

  @Test func messagesGoAfterFourSeconds() {
    var app = Fixture.app()
    app.press("s")
    #expect(app.control.message != nil)
    _ = app.update(.time(103.9))
    #expect(app.control.message != nil)
    _ = app.update(.time(104.1))
    #expect(app.control.message == nil)
  }

  /// While paused nothing changes by itself, so that nothing is written.
  @Test func messagesStayWhilePaused() {
    var app = Fixture.app()
    var snapshot = Fixture.snapshot()
    snapshot.phase = .paused("by you")
    _ = app.update(.snapshot(snapshot))
    app.press("s")
    let before = app.revision
    for second in 101..<200 { _ = app.update(.time(Double(second))) }
    #expect(app.control.message != nil)
    #expect(app.revision == before)
    app.press("j")
    #expect(app.control.message == nil)
  }

  @Test func wantedViewsAreToldOnceWhenTheyChange() {
    var app = App()
    let first = app.update(.time(0))
    #expect(first.count == 1)
    #expect(app.update(.time(1)).isEmpty)
    _ = app.update(.events([.prepared(Fixture.description())]))
    app.press("2m")
    #expect(app.press("m").count == 1)
  }

  @Test func smoothingGoesThroughItsLevels() {
    var app = Fixture.app()
    #expect(app.charts.smoothing == 1)
    app.press("SSSS")
    #expect(app.charts.smoothing == nil)
    app.press("ssssss")
    #expect(app.charts.smoothing == 3)
  }

  @Test func zoomingAndPanning() {
    var charts = ChartSettings()
    #expect(charts.steps(last: 1_000) == 0...1_000)
    charts.zoom(in: true, last: 1_000)
    #expect(charts.steps(last: 1_000) == 500...1_000)
    // The window follows the newest step until it is panned away.
    #expect(charts.steps(last: 1_400) == 900...1_400)
    charts.pan(-1, last: 1_000)
    #expect(charts.steps(last: 1_400) == 375...875)
    charts.pan(-9, last: 1_400)
    #expect(charts.steps(last: 1_400) == 0...500)
    charts.pan(99, last: 1_400)
    #expect(charts.window?.end == nil)
    charts.zoom(in: false, last: 1_400)
    charts.zoom(in: false, last: 1_400)
    #expect(charts.window == nil)
    for _ in 0..<30 { charts.zoom(in: true, last: 1_400) }
    #expect(charts.window?.width == ChartSettings.leastWidth)
    var short = ChartSettings()
    short.zoom(in: true, last: 4)
    #expect(short.steps(last: 4) == 0...4)
  }

  @Test func tabGoesThroughCurvesAndPanes() {
    var app = Fixture.app()
    var seen: [String] = []
    for _ in 0..<7 {
      app.press("", .tab)
      seen.append(app.dashboard.pane == .curves ? "\(app.selectedTask)" : "\(app.dashboard.pane)")
    }
    #expect(seen == ["1", "2", "3", "tasks", "gates", "events", "0"])
    app.press("", .backTab)
    #expect(app.dashboard.pane == .events)
  }

  @Test func historiesStayBounded() {
    var scores = ScoreHistory()
    var gates = GateHistory()
    for step in 0..<10_000 {
      let result = TaskScores(
        task: "a", scores: [Score(name: "auc", value: 0.5, higherIsBetter: true)])
      scores.add(result, step: step)
      gates.add(Fixture.gates(["a"], experts: 2), step: step)
    }
    #expect(scores.entries.count < ScoreHistory.capacity)
    #expect(scores.entries.first?.step == 0)
    #expect(scores.newest?.step == 9_999)
    #expect(gates.samples.count < GateHistory.capacity)
    #expect(gates.samples.first?.step == 0)
    #expect((gates.samples.last?.step ?? 0) > 9_800)
  }

  @Test func validationLossIsOnTheScaleOfTheTrainingLoss() {
    var history = ScoreHistory()
    history.add(
      TaskScores(
        task: "a",
        scores: [
          Score(name: "auc", value: 0.8, higherIsBetter: true),
          Score(name: "logloss", value: 0.3, higherIsBetter: false),
        ]), step: 1)
    history.add(
      TaskScores(task: "b", scores: [Score(name: "rmse", value: 0.5, higherIsBetter: false)]),
      of: .amount, step: 2)
    #expect(history.entries.map(\.loss) == [0.3, 0.25])
    #expect(history.entries.map(\.score) == [0.8, 0.5])
  }

  @Test func oldGatesStayUntilNewOnesCome() {
    var app = Fixture.app()
    _ = app.update(.snapshot(Fixture.snapshot(step: 1_900, experts: 0)))
    app.press("2")
    #expect(app.view(Size(rows: 24, columns: 80)).text.contains("█38"))
  }

  @Test func spaceOnTheGatesScreenMeansTheGatesTask() {
    var app = Fixture.app()
    app.press("2")
    let effects = app.press("jj ")
    #expect(effects.contains(.send(.setTask("follow", isOn: false))))
  }

  @Test func theStatusLineDropsFieldsFromTheRight() {
    let app = Fixture.app()
    let fields = [
      "TRAIN", "step 1,800", "36%", "412 st/s", "ETA", "4/4 tasks", "epoch", "lr 0.001",
    ]
    var before = fields.count
    for columns in stride(from: 140, to: 1, by: -1) {
      let canvas = app.view(Size(rows: 24, columns: columns))
      let status = canvas.text(row: columns < 60 ? 0 : 23)
      guard columns >= 60 else { continue }
      // Under 100 columns the bar is shorter, which gives room for another field.
      if columns == 99 { before = fields.count }
      let shown = fields.prefix { status.contains($0) }.count
      #expect(fields.dropFirst(shown).allSatisfy { !status.contains($0) }, "\(columns)")
      #expect(shown <= before)
      before = shown
    }
    #expect(before >= 2)
  }

  @Test func theStateIsAWord() {
    for (phase, word) in [
      (.running, "TRAIN"), (.paused("x"), "PAUSE"), (.evaluating, "EVAL"), (.finished, "DONE"),
      (.loading(0.1, "x"), "LOAD"),
    ] as [(Snapshot.Phase, String)] {
      var app = Fixture.app()
      var snapshot = Fixture.snapshot()
      snapshot.phase = phase
      _ = app.update(.snapshot(snapshot))
      for size in [
        Size(rows: 24, columns: 80), Size(rows: 5, columns: 30), Size(rows: 1, columns: 12),
      ] {
        #expect(app.view(size).text.contains(word), "\(word) at \(size)")
      }
    }
  }

  @Test func everySizeCanBeDrawn() {
    let screens: [GoldenScreen] = [
      .dashboard, .tasks, .gatesMean, .gatesSegment, .gatesExample, .help, .lastTask, .columns,
      .loading, .commandLine, .diverged,
    ]
    for screen in screens {
      let app = screen.app
      for rows in [0, 1, 2, 3, 7, 15, 16, 17, 19, 23, 27, 28, 29] {
        for columns in [0, 1, 2, 19, 20, 21, 59, 60, 61, 79, 81, 109, 110] {
          let size = Size(rows: rows, columns: columns)
          #expect(app.view(size).size == size)
        }
      }
    }
  }
}
