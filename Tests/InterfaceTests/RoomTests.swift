import Runs
import Terminal
import Testing

@testable import Interface

/// Room is used: no pane lies empty while another one cuts its text off.
@Suite struct RoomTests {
  private static let large = [(40, 120), (60, 200)].map { Size(rows: $0.0, columns: $0.1) }

  // MARK: Layout

  /// Whatever there is to show, the parts cover the body and none covers another.
  @Test(
    arguments: [(22, 80), (20, 110), (36, 120), (57, 200), (57, 149), (28, 150)], [1, 2, 4, 11])
  func partsCoverTheBody(size: (Int, Int), tasks: Int) {
    let body = Rect(row: 1, column: 0, rows: size.0, columns: size.1)
    for (gates, masks) in [(0, 0), (4, 0), (0, 4), (4, 4), (11, 3)] {
      let layout = DashboardLayout(
        body: body,
        .init(charts: tasks, tasks: tasks, gates: gates, masks: masks))
      let others = [layout.tasks, layout.gates, layout.masks, layout.events]
      var covered = [Int](repeating: 0, count: size.0 * size.1)
      for area in layout.charts + others.compactMap({ $0 }) {
        for row in area.row..<(area.row + area.size.rows) {
          for column in area.column..<(area.column + area.size.columns) {
            covered[(row - 1) * size.1 + column] += 1
          }
        }
      }
      #expect(covered.allSatisfy { $0 == 1 }, "\(size) \(tasks) \(gates) \(masks)")
      #expect((layout.gates != nil) == (gates > 0))
      // Gates come first, and where they lie above the masks they have the rows that they need.
      if let upper = layout.gates, let lower = layout.masks {
        #expect((upper.row, upper.column) < (lower.row, lower.column))
        if upper.column == lower.column, size.0 * 2 / 5 >= gates + masks + 5 {
          #expect(upper.size.rows == gates + 3)
        }
      }
      #expect(masks == 0 || layout.masks != nil || gates > 0 && size.0 < 28)
    }
  }

  /// What is wrong stands below the parts, whole and with the key that helps, and hides none of them.
  @Test(arguments: [(24, 80, 1), (40, 120, 3), (60, 200, 3)])
  func alarmsStandBelow(rows: Int, columns: Int, lines: Int) {
    let app = Fixture.alarmingApp()
    let canvas = app.view(Size(rows: rows, columns: columns))
    let body = (0..<rows).map { canvas.text(row: $0) }
    let first = body.firstIndex { $0.contains("E5 is dead: 97 % of its outputs are zero") }
    // Below stand the first steps, the hints and the status.
    #expect(first == rows - 3 - lines)
    #expect(body[rows - 4].contains("\(5 - lines) more"))
    if columns >= 120 { #expect(first.map { body[$0].contains(" · 2 x ") } == true) }
    var zoomed = app
    zoomed.press("z")
    #expect(!zoomed.view(Size(rows: rows, columns: columns)).text.contains("E5 is dead"))
  }

  // MARK: Events

  private static func cells(_ values: [Double], _ changes: [Double?]) -> [EventLog.Cell] {
    zip(["click", "watch"], zip(values, changes)).map { task, pair in
      EventLog.Cell(
        task: task, score: task == "click" ? "auc" : "rmse", value: pair.0, change: pair.1,
        higherIsBetter: task == "click")
    }
  }

  private static let lines = [
    EventLog.Line(
      step: 600, kind: "eval", text: "", role: .good, cells: cells([0.8121, 2.5], [nil, nil]),
      isBest: true),
    EventLog.Line(step: 757, kind: "change", text: "watch OFF", role: .plain),
    EventLog.Line(
      step: 1_200, kind: "eval", text: "", role: .plain,
      cells: cells([0.8, 2.25], [-0.0121, -0.25])),
  ]

  private func panel(columns: Int, selected: Int = 0) -> [String] {
    var canvas = Canvas(rows: 6, columns: columns)
    EventPanel(
      lines: Self.lines, scroll: 0, tasks: ["click", "watch"], selected: selected, isFocused: false
    ).draw(in: canvas.area, on: &canvas)
    return (1..<5).map { canvas.text(row: $0) }
  }

  @Test func anEvaluationIsARow() {
    #expect(
      panel(columns: 62) == [
        "│  step           ● click auc          ◆ watch rmse          │",
        "│ 1,200 eval      0.8000 -0.0121       2.2500 -0.2500        │",
        "│   757 change  watch OFF                                    │",
        "│   600 eval    ★ 0.8121               2.5000                │",
      ])
  }

  /// Where there is little room values come before changes, and the selected task before the others.
  @Test func scoresAreWhatIsKept() {
    #expect(panel(columns: 40)[1] == "│ 1,200 eval      0.8000    2.2500     │")
    #expect(panel(columns: 31)[0].contains("● click"))
    #expect(panel(columns: 31, selected: 1)[0].contains("◆ watch"))
    #expect(panel(columns: 31, selected: 1)[1].contains("2.2500"))
    #expect(!panel(columns: 31, selected: 1)[1].contains("0.8000"))
  }

  /// The five tasks of the sample are all seen beside the gates, of four experts and of eight.
  @Test(arguments: [4, 8]) func everyTaskOfTheSampleIsSeen(experts: Int) {
    let names = ["click", "cart", "purchase", "like", "watch"]
    let app = Fixture.app(names, experts: experts)
    let text = app.view(Size(rows: 40, columns: 120)).text
    let head = text.split(separator: "\n").first { $0.contains("step  ") && $0.contains("● cl") }
    for task in names.indices {
      #expect(head?.contains("\(seriesGlyph(task)) \(names[task].prefix(4))") == true)
    }
    #expect(!text.contains("more task") && !text.contains("more expert"))
    #expect(text.contains("score · loss · weight"))
  }

  /// What gates do not need the events get, though never more than leaves the gates whole.
  @Test func eventsTakeWhatGatesLeave() {
    let body = Rect(row: 1, column: 0, rows: 36, columns: 120)
    func widths(_ gates: Int, _ events: Int) -> [Int?] {
      let layout = DashboardLayout(
        body: body,
        .init(charts: 4, tasks: 4, gates: 4, gateColumns: gates, eventColumns: events))
      return [layout.gates?.size.columns, layout.events?.size.columns]
    }
    #expect(widths(40, 100) == [40, 80] && widths(40, 70) == [50, 70])
    #expect(widths(40, 50) == [60, 60] && widths(90, 100) == [60, 60])
  }

  /// What does not fit into a line goes on below, and the last page is full.
  @Test func longTextsAreNotCut() {
    let words = (0..<9).map { "number\($0)" }.joined(separator: " ")
    let long = EventLog.Line(step: 3, kind: "note", text: words, role: .warning)
    for scroll in [0, 1, 99] {
      var canvas = Canvas(rows: 6, columns: 50)
      EventPanel(
        lines: [EventLog.Line(step: 1, kind: "ready", text: "first", role: .plain), long, long],
        scroll: scroll, tasks: [], selected: 0, isFocused: false
      ).draw(in: canvas.area, on: &canvas)
      #expect(canvas.text.contains("number8"))
      #expect(canvas.text.contains("first") == (scroll > 0))
      #expect(canvas.text.contains(scroll > 0 ? "↑ 1 more" : "↓ 2 more"))
    }
  }

  @Test func betterAndWorseAreToldApart() {
    var canvas = Canvas(rows: 6, columns: 62)
    EventPanel(
      lines: Self.lines, scroll: 0, tasks: ["click", "watch"], selected: 0, isFocused: false
    ).draw(in: canvas.area, on: &canvas)
    // A smaller AUC is worse, a smaller error better.
    #expect(canvas[2, 25]?.style.role == .warning)
    #expect(canvas[2, 46]?.style.role == .good)
  }

  // MARK: Effects

  private func evaluation(_ step: Int, click: Double, watch: Double) -> Evaluation {
    Evaluation(
      step: step, epoch: 0, split: .validation,
      tasks: [
        TaskScores(
          task: "click", scores: [Score(name: "auc", value: click, higherIsBetter: true)]),
        TaskScores(
          task: "watch", scores: [Score(name: "rmse", value: watch, higherIsBetter: false)]),
      ], score: click, isBest: false)
  }

  private func text(_ run: RunState, columns: Int = 200) -> [String] {
    (run.lastChange?.lines(columns: columns) ?? []).map { $0.map(\.text).joined() }
  }

  /// What is compared are the newest scores before the change and the newest since.
  @Test func theEffectOfTheLastChange() {
    var run = RunState()
    run.take(.prepared(Fixture.description(["click", "watch"])))
    let off = Command.setTask("watch", isOn: false)
    run.take(.evaluated(evaluation(500, click: 0.7, watch: 3)))
    run.take(.evaluated(evaluation(700, click: 0.75, watch: 2.5)))
    #expect(run.lastChange == nil)
    run.take(
      .acknowledged(
        Acknowledgement(id: 1, command: off, effect: off, step: 757, outcome: .applied)))
    #expect(text(run) == ["watch OFF at 757: not scored since; E scores now"])
    // Scores of the step of the change are those before it.
    run.take(.evaluated(evaluation(757, click: 0.76, watch: 2.5)))
    #expect(text(run) == ["watch OFF at 757: not scored since; E scores now"])
    run.take(.evaluated(evaluation(900, click: 0.74, watch: 2.25)))
    run.take(.evaluated(evaluation(1_057, click: 0.7521, watch: 2.6)))
    #expect(
      text(run) == [
        "watch OFF at 757: click +.0021, watch +.1000 after 300 steps (steps 700 → 1,057)"
      ])
    #expect(run.lastChange?.differences.map(\.isBetter) == [true, false])
    #expect(
      text(run, columns: 36) == [
        "watch OFF at 757: click +.0021,", "watch +.1000 after 300 steps",
        "(steps 700 → 1,057)",
      ])
    // A question changes nothing; a refusal neither.
    run.take(
      .acknowledged(
        Acknowledgement(
          id: 2, command: .pause, effect: .pause, step: 1_100, outcome: .applied)))
    run.take(
      .acknowledged(
        Acknowledgement(
          id: 3, command: off, effect: off, step: 1_100, outcome: .refused("no"))))
    #expect(run.lastChange?.step == 757)
  }

  @Test(arguments: [(0.0021, "+.0021"), (-0.0004, "-.0004"), (1.5, "+1.5000"), (.nan, "-")])
  func shortDifferences(difference: Double, text: String) {
    #expect(shortSigned(difference) == text)
  }

  @Test func aChangeBeforeTheFirstScoresHasNoEffectToShow() {
    var run = RunState()
    let off = Command.setTask("watch", isOn: false)
    run.take(
      .acknowledged(Acknowledgement(id: 1, command: off, effect: off, step: 3, outcome: .applied)))
    #expect(text(run) == ["watch OFF at 3: not scored yet"])
    run.take(.evaluated(evaluation(100, click: 0.7, watch: 3)))
    #expect(text(run) == ["watch OFF at 3: nothing was scored before it"])
  }

  // MARK: Pictures

  @Test func picturesOfSeveralRows() {
    #expect(sparklines([0, 1, 2, 3], rows: 2, charset: .braille) == ["  ▃█", "▁▆██"])
    #expect(sparklines([3, .nan, 0], rows: 2, charset: .ascii) == ["#  ", "# ."])
    #expect(sparklines([1, 1], rows: 3, charset: .braille) == ["  ", "▄▄", "██"])
    #expect(sparklines([.nan], rows: 2, charset: .braille) == [" ", " "])
    #expect(
      sparklines([0, 3], rows: 1, charset: .braille) == [sparkline([0, 3], charset: .braille)])
  }

  // MARK: Panes

  /// The pane of tasks is at least half full or nothing is cut off beside it; it shows best step,
  /// label and effect in words.
  @Test(arguments: large, [2, 3, 4])
  func tasksFillTheirPane(size: Size, count: Int) {
    var app = Fixture.app(Array(Fixture.shortNames.prefix(count)))
    _ = app.update(.size(size))
    let layout = DashboardLayout(
      body: Rect(row: 1, column: 0, rows: size.rows - 4, columns: size.columns),
      .init(charts: count, tasks: count, gates: count))
    let canvas = app.view(size)
    guard let area = layout.tasks else {
      Issue.record("no tasks")
      return
    }
    let inner = area.inner
    let lines = (inner.row..<(inner.row + inner.size.rows)).map { row in
      String(
        (inner.column..<(inner.column + inner.size.columns)).map { canvas[row, $0]?.text ?? " " })
    }
    let filled = lines.count { $0.contains { $0 != " " } }
    if let events = layout.events {
      let cut = (events.row..<(events.row + events.size.rows)).contains { row in
        (events.column..<(events.column + events.size.columns)).contains {
          canvas[row, $0]?.text == "…"
        }
      }
      #expect(filled * 2 >= lines.count || !cut, "\(filled) of \(lines.count)")
    }
    let words = lines.joined(separator: " ")
    for part in ["best 0.8161★ at 1,200", "label 31%", "click OFF at 900:", "after 300 steps"] {
      #expect(words.contains(part), "\(part)")
    }
    #expect(!words.contains("…"))
  }

  @Test(arguments: large) func noScoreOfAnEvaluationIsCutOff(size: Size) {
    var app = Fixture.app()
    _ = app.update(.size(size))
    let text = app.view(size).text
    for value in ["0.8161", "0.7961", "0.7761", "0.6660", "0.8121", "0.7921", "0.7721", "0.6700"] {
      #expect(text.contains(value))
    }
  }

  /// Scores are the last thing that a narrow screen drops.
  @Test func narrowScreensKeepScores() {
    var app = Fixture.app()
    for columns in stride(from: 120, through: 60, by: -1) {
      app.press("1")
      let dashboard = app.view(Size(rows: 24, columns: columns)).text
      if columns >= 80 { #expect(dashboard.contains("0.8161★"), "\(columns)") }
      app.press("5")
      #expect(app.view(Size(rows: 24, columns: columns)).text.contains("auc 0.8161★"), "\(columns)")
    }
    var runs = Fixture.appWithEarlierRuns()
    runs.press("7")
    for columns in stride(from: 120, through: 60, by: -1) {
      let text = runs.view(Size(rows: 24, columns: columns)).text
      #expect(text.contains("0.8241") && text.contains("click auc"), "\(columns)")
    }
  }

  /// On a large terminal the screen of tasks shows the selected one's curve and every score, too.
  @Test(arguments: large) func theTasksScreenShowsTheSelectedTask(size: Size) {
    var app = Fixture.app()
    _ = app.update(.size(size))
    app.press("5jj")
    let text = app.view(size).text
    for part in ["■ follow 0.", "validation at step 1,200 ★", "logloss 0.1260", "last action"] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(text.contains("└0"))
    #expect(!app.view(Size(rows: 24, columns: 120)).text.contains("└0"))
  }

  /// Enter opens the selected task where there is no room for it beside the table.
  @Test func enterOpensTheSelectedTask() {
    var app = Fixture.app()
    app.press("5j", .enter)
    let size = Size(rows: 24, columns: 80)
    #expect(app.view(size).text.contains("━ ◆ like 0."))
    #expect(app.view(size).text.contains("logloss 0.2360"))
    app.press("j")
    #expect(app.view(size).text.contains("━ ■ follow 0."))
    app.press("", .escape)
    #expect(app.view(size).text.contains("last action"))
    app.press("d", .enter)
    #expect(app.view(size).text.contains("rate or mean"))
  }

  // MARK: Tabs

  /// A screen for which the system has nothing stands back in the row of tabs.
  @Test func tabsOfEmptyScreensAreDim() {
    func role(of title: String, _ app: App) -> Role? {
      let canvas = app.view(Size(rows: 24, columns: 120))
      let row = Array(canvas.text(row: 0))
      let word = Array(title)
      let place = row.indices.first { row[$0...].starts(with: word) }
      return place.flatMap { canvas[0, $0]?.style.role }
    }
    let plain = Fixture.app()
    #expect(role(of: "3 Masks", plain) == .dim && role(of: "4 Inspect", plain) == .dim)
    #expect(role(of: "2 Gates", plain) == .plain)
    let masked = Fixture.app(showing: Fixture.maskViews())
    #expect(role(of: "3 Masks", masked) == .plain && role(of: "4 Inspect", masked) == .dim)
    let dialled = Fixture.app(showing: Fixture.maskViews(), dials: Fixture.dials)
    #expect(role(of: "4 Inspect", dialled) == .plain)
    // Before the data are read nothing is known.
    #expect(role(of: "3 Masks", App()) == .plain)
  }
}
