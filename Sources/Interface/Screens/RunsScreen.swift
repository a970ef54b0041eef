import Runs
import Terminal

/// The runs of this session: a line each, and one of them in detail; and all runs that were kept.
struct RunsScreen: Screen {
  let title = "Runs"
  let needsData = false
  let keyGroups: Set<KeyGroup> = [.large]

  /// The selected run's number; nil for the one that goes on.
  var selected: Int?
  /// The number of the run that others are compared with; nil for the first one.
  private var baseline: Int?
  /// Whether the selected run has the whole screen.
  var isOpen = false
  /// Tasks that are scrolled away.
  private var firstTask = 0
  /// Whether runs are compared at the last step that all of them scored, not at the best of each.
  private var isAtSameStep = false
  /// Only runs whose models or options contain it are listed.
  private(set) var filter = ""
  /// The list of all runs that were kept, while it is shown in place of the session's.
  var stored = StoredList()

  func hints(_ desk: Desk) -> [String] {
    stored.isShown
      ? ["down", "go on", "all runs"] + Hints.always
      : ["down", "full screen", "baseline", "same step", "all runs"] + Hints.always
  }

  func legend(_ desk: Desk) -> [HelpPanel.Sign] {
    [
      .init("★", "best step, the one kept"), .init("=", "the run compared with"),
      .init("+0.0042", "better than in that run"), .init("╌╌", "validation loss"),
    ]
  }

  func filter(_ desk: Desk) -> String? { filter }

  mutating func setFilter(_ text: String, _ desk: inout Desk) { filter = text }

  /// The runs that pass the filter; all if none does.
  func listed(_ desk: Desk) -> [RunState] {
    let all = desk.allRuns
    let found = all.filter {
      let row = RunRow($0, now: 0)
      return "\(row.title) \(row.options)".passes(filter)
    }
    return found.isEmpty ? all : found
  }

  /// The place of the selected run among those that are listed.
  func selectedRun(_ desk: Desk) -> Int {
    let listed = listed(desk)
    return listed.firstIndex { $0.number == selected } ?? listed.count - 1
  }
}

extension Desk {
  /// The last step at which every run that was scored at all was scored.
  var commonStep: Int? {
    let steps = allRuns.map(\.scoredSteps).filter { !$0.isEmpty }
    guard let first = steps.first else { return nil }
    return steps.dropFirst().reduce(first) { $0.intersection($1) }.max()
  }
}

// MARK: - Moving

extension RunsScreen {
  mutating func move(_ move: Move, _ desk: inout Desk) -> [Effect] {
    if stored.isShown {
      // Enter, which makes a run of the session large.
      if move == .large { return selectedStored(desk).map { [.openStored($0)] } ?? [] }
      stored.move(move, among: listedStored(desk))
      return []
    }
    switch move {
    case .down, .bottom: moveRun(by: move.lines ?? 0, &desk)
    case .pane(let step): moveRun(by: step, &desk)
    case .right(let columns): moveTask(by: columns, desk)
    case .large: isOpen.toggle()
    case .back: isOpen = false
    }
    return []
  }

  private mutating func moveRun(by rows: Int, _ desk: inout Desk) {
    let all = listed(desk)
    let here = selectedRun(desk)
    if isOpen {
      let last = all[here].taskNames.count - 1
      desk.selectedTask = max(0, min(last, desk.selectedTask + rows))
    } else {
      selected = all[max(0, min(all.count - 1, here + rows))].number
    }
  }

  private mutating func moveTask(by columns: Int, _ desk: Desk) {
    let tasks = RunTable(
      rows: desk.allRuns.map { RunRow($0, now: 0) }, selected: 0, baseline: 0, firstTask: 0
    ).taskNames.count
    firstTask = max(0, min(tasks - 1, firstTask + columns))
  }
}

// MARK: - Actions

extension RunsScreen {
  static let actions: [ScreenAction<Self>] =
    [
      ScreenAction(
        name: "baseline", keys: keys("p"), hint: "compare with it", summary: "gains over this run"
      ) { screen, desk, _ in
        let run = screen.listed(desk)[screen.selectedRun(desk)]
        screen.baseline = run.number
        desk.charts.pinned = run.number
        desk.say("gains are over run \(run.number), \(RunRow(run, now: 0).title)")
        return []
      },
      ScreenAction(
        name: "same step", keys: keys("t"), hint: "best/same step",
        summary: "best scores, or same step"
      ) { screen, desk, _ in
        screen.isAtSameStep.toggle()
        desk.say(screen.comparedWords(desk))
        return []
      },
    ] + storedActions
}

// MARK: - Drawing

extension RunsScreen {
  func draw(_ desk: Desk, in body: Rect, on canvas: inout Canvas) {
    if stored.isShown { return drawStored(desk, in: body, on: &canvas) }
    let all = listed(desk)
    let selected = selectedRun(desk)
    if isOpen { return drawDetails(of: all[selected], desk, in: body, on: &canvas) }
    let (top, bottom) = body.splitTop(tableRows(all.count, in: body))
    let title = [Span("runs \(all.count)", .title), Span("  " + comparedWords(desk), .dim)]
    let inner = canvas.frame(top, title: title, isFocused: true)
    table(desk).draw(in: inner, frame: top, on: &canvas)
    guard bottom.size.rows >= Self.detailRows else { return }
    drawDetails(of: all[selected], desk, in: bottom, on: &canvas)
  }

  /// Details in fewer rows would say nothing.
  private static let detailRows = 5

  func charts(_ desk: Desk, in body: Rect) -> [PlacedChart] {
    if stored.isShown { return [] }
    let all = listed(desk)
    let run = all[selectedRun(desk)]
    let area = isOpen ? body : body.splitTop(tableRows(all.count, in: body)).rest
    guard isOpen || area.size.rows >= Self.detailRows else { return [] }
    return taskAreas(of: run, desk, in: splitDetails(area).rest)
      .filter { run.losses.indices.contains($0.task) && run.losses[$0.task].lastStep != nil }
      .map { PlacedChart(chart: desk.chart(of: $0.task, in: run), area: $0.area.inner) }
  }

  private func table(_ desk: Desk) -> RunTable {
    let all = listed(desk)
    let moment: RunRow.Moment = isAtSameStep ? .step(desk.commonStep) : .best
    return RunTable(
      rows: all.map { RunRow($0, now: desk.now, at: moment) }, selected: selectedRun(desk),
      baseline: all.firstIndex { $0.number == baseline } ?? 0, firstTask: firstTask)
  }

  /// The rows of the table of so many runs, its frame among them.
  private func tableRows(_ runs: Int, in body: Rect) -> Int {
    min(body.size.rows, max(5, min(runs + 3, body.size.rows / 2)))
  }

  /// A click on a run selects it, one on the curve of a task that task; the wheel goes through the
  /// runs.
  mutating func take(_ mouse: Mouse, in body: Rect, _ desk: inout Desk) -> [Effect] {
    switch mouse.action {
    case .wheelUp: return move(.down(-1), &desk)
    case .wheelDown: return move(.down(1), &desk)
    case .left where stored.isShown: stored.click(mouse, in: body, among: listedStored(desk))
    case .left where !isOpen:
      let all = listed(desk)
      let top = body.splitTop(tableRows(all.count, in: body)).top
      let index = table(desk).run(atRow: mouse.row, in: top.inner)
      if let index, top.contains(row: mouse.row, column: mouse.column) {
        selected = all[index].number
      }
    case .left, .middle, .right, .release: break
    }
    return []
  }

  /// The table of the runs; of an open one its scores and the charts of its tasks.
  func files(_ desk: Desk) -> [ExportedFile] {
    if stored.isShown { return [storedFile(desk)] }
    guard isOpen else { return [desk.runFile] }
    let run = listed(desk)[selectedRun(desk)]
    return [desk.scoreFile(of: run)] + desk.chartFiles(of: run)
  }

  private func comparedWords(_ desk: Desk) -> String {
    guard isAtSameStep else { return "best validation scores ★; gains over =, best to best" }
    guard let step = desk.commonStep else { return "no step was scored in every run" }
    return "validation scores, all at step \(grouped(step)); gains over ="
  }

  /// Curves and scores of a run: all tasks' where there is room, else the selected one's.
  private func drawDetails(
    of run: RunState, _ desk: Desk, in area: Rect, on canvas: inout Canvas
  ) {
    let (left, right) = splitDetails(area)
    RunScores(run: run, row: RunRow(run, now: desk.now), selected: desk.selectedTask)
      .draw(in: left, isFocused: isOpen, on: &canvas)
    guard !run.taskNames.isEmpty else {
      let inner = canvas.frame(right, title: [Span("losses", .title)])
      return canvas.drawNothing("No losses yet.", in: inner)
    }
    for (task, rect) in taskAreas(of: run, desk, in: right) {
      draw(task, of: run, desk, in: rect, on: &canvas)
    }
  }

  private func splitDetails(_ area: Rect) -> (left: Rect, rest: Rect) {
    area.splitLeft(max(38, area.size.columns * 2 / 5))
  }

  /// The tasks whose curves are drawn, and where.
  private func taskAreas(
    of run: RunState, _ desk: Desk, in area: Rect
  ) -> [(task: Int, area: Rect)] {
    let tasks = run.taskNames.count
    guard tasks > 0 else { return [] }
    let count = area.size.rows >= 12 * tasks / 2 ? tasks : 1
    let rects = DashboardLayout.grid(in: area, count: count, across: count > 1 ? 2 : 1)
    let first = count == 1 ? min(desk.selectedTask, tasks - 1) : 0
    return rects.enumerated().map { (first + $0.offset, $0.element) }
  }

  private var signs: String { "  loss, ╌ validation, ★ best" }

  private func draw(
    _ task: Int, of run: RunState, _ desk: Desk, in area: Rect, on canvas: inout Canvas
  ) {
    let title = [
      Span("\(seriesGlyph(task)) ", .series(task)), Span(run.taskNames[task], .title),
      // The signs are explained where there is room for them, and by `?`.
      Span(
        area.size.columns - columnsTaken(by: run.taskNames[task]) >= 40 ? signs : "  loss", .dim),
    ]
    let inner = canvas.frame(area, title: title)
    guard run.losses.indices.contains(task), run.losses[task].lastStep != nil else {
      return canvas.drawNothing("No losses yet.", in: inner)
    }
    desk.drawn.draw(desk.chart(of: task, in: run), in: inner, on: &canvas)
  }
}
