import Runs
import Terminal

/// The dashboard: curves, tasks, gates and events.
struct DashboardScreen: Screen {
  /// The parts of the dashboard, in the order of Tab.
  enum Pane: Int, Sendable, CaseIterable {
    case curves, tasks, gates, events
  }

  let title = "Dashboard"
  let shortTitle = "Dash"
  let keyGroups: Set<KeyGroup> = [.tasks, .taskSwitch, .large]

  private(set) var pane = Pane.curves
  /// Whether the selected part has the whole screen.
  private(set) var isZoomed = false
  /// Lines of the event list that are scrolled back.
  private var eventScroll = 0
  /// Only events that contain it are listed.
  private var eventFilter = ""

  func hints(_ desk: Desk) -> [String] {
    ["task", "next pane", "full screen", "cursor", "zoom in", "y", "smooth", "scale"] + Hints.always
  }

  func legend(_ desk: Desk) -> [HelpPanel.Sign] {
    let ranks: [HelpPanel.Sign] =
      desk.shown.snapshot.ranks == nil
      ? [] : [.init("2 12 ms 24%", "rank: own step, talk")]
    return ranks + [
      .init("╌╌", "validation loss or score"), .init("★", "best step, the one kept"),
      .init("band", "p10 to p90 of the losses"), .init("┊", "what a person changed"),
      .init("▲0.76", "beyond the losses shown"), .init("┬", "epoch ended, phase began"),
      .init("↓ ↑ ─", "loss falls, rises, stays"), .init("[x] [ ]", "trained, not trained"),
      .init("[~]", "a change is on its way"), .init("×0.50", "weight of the task's loss"),
      .init("█·░ 38", "above, at, below 1/n, in %"), .init("H", "1: all experts, 0: one"),
      .init("×E0", "an expert that dominates"), .init("!", "what is wrong, and why"),
      .init("margin", "negative minus own loss"), .init("σ²", "in the label's deviations"),
    ]
  }

  func filter(_ desk: Desk) -> String? { pane == .events ? eventFilter : desk.taskFilter }

  mutating func setFilter(_ text: String, _ desk: inout Desk) {
    if pane == .events {
      (eventFilter, eventScroll) = (text, 0)
    } else {
      desk.filterTasks(by: text)
    }
  }

  func wants(_ desk: Desk) -> WantedViews {
    var wanted = WantedViews()
    wanted.gates = true
    wanted.masks = desk.run.description?.subjects.contains(.masks) == true
    return wanted
  }

  mutating func take(_ news: ScreenNews, _ desk: inout Desk) {
    if case .began = news { desk.show(name) }
  }

  func draw(_ desk: Desk, in body: Rect, on canvas: inout Canvas) {
    for (part, areas) in parts(desk, in: body) { draw(part, desk, in: areas, on: &canvas) }
    let areas = areas(desk, in: body)
    shadowLine(desk)?.draw(in: areas.shadow, on: &canvas)
    ranksLine(desk)?.draw(in: areas.ranks, on: &canvas)
    alarms(desk).draw(in: areas.alarms, on: &canvas)
  }

  private func alarms(_ desk: Desk) -> AlarmLines {
    AlarmLines(
      gates: desk.shown.alarms, gateKey: "2", gradients: desk.shown.gradientAlarms,
      gradientKey: "8")
  }

  private func shadowLine(_ desk: Desk) -> ShadowLine? {
    desk.shown.snapshot.shadow.map { ShadowLine(shadow: $0, tasks: desk.shown.taskNames) }
  }

  private func ranksLine(_ desk: Desk) -> RanksLine? {
    desk.shown.snapshot.ranks.map { RanksLine(snapshot: $0) }
  }

  /// The parts above, and below them what the shadow says, how ranks get on, and lines of what is wrong
  /// with gates, experts and gradients.
  private func areas(
    _ desk: Desk, in body: Rect
  ) -> (parts: Rect, shadow: Rect, ranks: Rect, alarms: Rect) {
    let most = isZoomed || body.size.rows < 18 ? 0 : body.size.rows < 28 ? 1 : 3
    let (upper, low) = body.splitTop(body.size.rows - alarms(desk).height(upTo: most))
    let columns = body.size.columns - 2
    let room = body.size.rows < 12 ? 0 : body.size.rows < 28 ? 2 : 3
    let shadowLines = shadowLine(desk)?.lines(columns: columns, most: room).count ?? 0
    let ranksLines = ranksLine(desk)?.lines(columns: columns, most: min(room, 2)).count ?? 0
    let (above, ranks) = upper.splitTop(upper.size.rows - ranksLines)
    let (parts, shadow) = above.splitTop(above.size.rows - shadowLines)
    return (parts, shadow, ranks, low)
  }

  /// The parts that are shown, and where: the curves in several areas.
  func parts(_ desk: Desk, in whole: Rect) -> [(pane: Pane, areas: [Rect])] {
    let body = areas(desk, in: whole).parts
    if isZoomed || body.size.columns < 80 || body.size.rows < 18 { return [(pane, [body])] }
    let count = desk.listedTasks.count
    let charted = desk.charts.isOverlay ? min(1, count) : count
    let layout = DashboardLayout(
      body: body,
      .init(
        charts: charted, tasks: count, gates: desk.shown.snapshot.gates.count,
        masks: desk.shown.snapshot.masks?.tasks.count ?? 0,
        gateColumns: GateStrip(run: desk.shown, isFocused: false).wantedColumns,
        eventColumns: EventPanel.wantedColumns(tasks: desk.shown.taskNames.count)))
    var parts: [(pane: Pane, areas: [Rect])] = [(.curves, layout.charts)]
    if let area = layout.tasks { parts.append((.tasks, [area])) }
    let strips = [layout.gates, layout.masks].compactMap { $0 }
    if !strips.isEmpty { parts.append((.gates, strips)) }
    if let area = layout.events { parts.append((.events, [area])) }
    return parts
  }

  /// Draws a part; curves into several areas.
  private func draw(
    _ part: Pane, _ desk: Desk, in areas: [Rect], on canvas: inout Canvas
  ) {
    guard let area = areas.first else { return }
    let run = desk.shown
    let isFocused = pane == part
    switch part {
    case .curves where desk.charts.isOverlay: drawOverlay(desk, in: area, on: &canvas)
    case .curves:
      for (panel, area) in panels(desk, in: areas) { panel.draw(in: area, on: &canvas) }
    case .tasks: taskStrip(desk).draw(in: area, on: &canvas)
    case .gates:
      InnerStrips(run: run, charset: desk.settings.charset, isFocused: isFocused)
        .draw(in: areas, on: &canvas)
    case .events:
      EventPanel(
        lines: events(desk), scroll: eventScroll, tasks: run.taskNames,
        selected: desk.selectedTask, isFocused: isFocused
      ).draw(in: area, on: &canvas)
    }
  }

  private func taskStrip(_ desk: Desk) -> TaskStrip {
    TaskStrip(
      run: desk.shown, boxes: desk.shown.taskNames.indices.map(desk.box), tasks: desk.listedTasks,
      selected: desk.selectedTask, smoothing: desk.charts.smoothing,
      charset: desk.settings.charset, isFocused: pane == .tasks)
  }

  /// What happened and passes the filter, oldest first.
  private func events(_ desk: Desk) -> [EventLog.Line] {
    let lines = desk.shown.log.lines
    guard !eventFilter.isEmpty else { return lines }
    return lines.filter { $0.kind.passes(eventFilter) || $0.text.passes(eventFilter) }
  }

  /// The charts of single tasks.
  private func panels(_ desk: Desk, in areas: [Rect]) -> [(panel: LossPanel, area: Rect)] {
    let tasks = desk.listedTasks
    let first = firstTask(desk, areas: areas.count)
    return areas.enumerated().filter { tasks.indices.contains(first + $0.offset) }.map {
      index, area in
      let task = tasks[first + index]
      let panel = LossPanel(
        run: desk.shown, task: task,
        chart: desk.chart(of: [task]), drawn: desk.drawn,
        smoothing: desk.charts.smoothing,
        isFocused: pane == .curves && desk.selectedTask == task,
        hiddenTasks: index == areas.count - 1 ? tasks.count - first - areas.count : 0,
        saysManner: index == 0)
      return (panel, area)
    }
  }

  func charts(_ desk: Desk, in body: Rect) -> [PlacedChart] {
    guard let areas = parts(desk, in: body).first(where: { $0.pane == .curves })?.areas else {
      return []
    }
    guard desk.charts.isOverlay else {
      return panels(desk, in: areas).compactMap { $0.panel.placed(in: $0.area) }
    }
    return areas.prefix(1).map {
      PlacedChart(chart: desk.chart(of: desk.listedTasks), area: $0.inner)
    }
  }

  /// Which of the listed tasks has the first of so many charts.
  private func firstTask(_ desk: Desk, areas: Int) -> Int {
    max(0, (desk.listedTasks.firstIndex(of: desk.selectedTask) ?? 0) - areas + 1)
  }

  private func drawOverlay(_ desk: Desk, in area: Rect, on canvas: inout Canvas) {
    let tasks = desk.listedTasks
    var title = [Span("losses  ", .title)]
    for task in tasks {
      title.append(Span("\(seriesGlyph(task)) \(desk.shown.taskNames[task])  ", .series(task)))
    }
    let inner = canvas.frame(area, title: title, isFocused: pane == .curves)
    let chart = desk.chart(of: tasks)
    canvas.drawManner(of: chart, in: area)
    desk.drawn.draw(chart, in: inner, on: &canvas)
  }
}

// MARK: - Moving

extension DashboardScreen {
  mutating func move(_ move: Move, _ desk: inout Desk) -> [Effect] {
    switch move {
    case .down, .bottom:
      let lines = move.lines ?? 0
      if pane == .events {
        eventScroll = max(0, min(events(desk).count - 1, eventScroll - lines))
      } else {
        desk.moveTask(by: lines)
      }
    case .right(let columns):
      guard pane == .curves, desk.moveCursor(by: columns) else {
        desk.moveTask(by: columns)
        break
      }
    case .pane(let step): movePane(by: step, &desk)
    case .large:
      isZoomed.toggle()
      if isZoomed { desk.tour.note(.look) }
    case .back: isZoomed = false
    }
    return []
  }

  /// Goes to the next part, through the curves of all tasks first.
  private mutating func movePane(by step: Int, _ desk: inout Desk) {
    let isOverlay = desk.charts.isOverlay
    let tasks = desk.listedTasks
    let curves = isOverlay ? 1 : max(1, tasks.count)
    let others = Pane.allCases.count - 1
    let here =
      pane == .curves
      ? (isOverlay ? 0 : tasks.firstIndex(of: desk.selectedTask) ?? 0) : curves + pane.rawValue - 1
    let all = curves + others
    let next = ((here + step) % all + all) % all
    pane = next < curves ? .curves : Pane(rawValue: next - curves + 1) ?? .curves
    if tasks.indices.contains(next), pane == .curves, !isOverlay { desk.selectedTask = tasks[next] }
  }
}

// MARK: - The mouse

extension DashboardScreen {
  /// A click takes the focus, on a chart puts the cursor at its step (the right button the mark), and
  /// on a task selects it; the wheel zooms curves and moves in what lies under it.
  mutating func take(_ mouse: Mouse, in body: Rect, _ desk: inout Desk) -> [Effect] {
    for (part, areas) in parts(desk, in: body) {
      guard
        let index = areas.firstIndex(where: { $0.contains(row: mouse.row, column: mouse.column) })
      else { continue }
      switch mouse.action {
      case .wheelUp, .wheelDown:
        let isUp = mouse.action == .wheelUp
        pane = part
        if part == .curves {
          desk.charts.zoom(in: isUp, last: desk.lastStep)
          return []
        }
        return move(.down(isUp ? -1 : 1), &desk)
      case .left, .right:
        pane = part
        click(part, index, of: areas, mouse, &desk)
      case .middle, .release: break
      }
      return []
    }
    return []
  }

  private mutating func click(
    _ part: Pane, _ index: Int, of areas: [Rect], _ mouse: Mouse, _ desk: inout Desk
  ) {
    let tasks = desk.listedTasks
    switch part {
    case .curves:
      let task = firstTask(desk, areas: areas.count) + index
      if !desk.charts.isOverlay {
        guard tasks.indices.contains(task) else { return }
        desk.selectedTask = tasks[task]
      }
      let chart = desk.chart(of: desk.charts.isOverlay ? tasks : [tasks[task]])
      desk.point(
        at: chart.step(atRow: mouse.row, column: mouse.column, in: areas[index].inner), mouse)
    case .tasks:
      let task = taskStrip(desk).task(atRow: mouse.row, in: areas[index])
      desk.selectedTask = task ?? desk.selectedTask
    case .gates, .events: break
    }
  }
}

// MARK: - Actions

extension DashboardScreen {
  static let actions: [ScreenAction<Self>] = curveActions

  func files(_ desk: Desk) -> [ExportedFile] {
    switch pane {
    case .curves where desk.charts.isOverlay: desk.overlayFiles
    case .curves: desk.chartFiles(of: desk.selectedTask)
    case .tasks: [desk.taskFile]
    case .gates: desk.gateFile.map { [$0] } ?? []
    case .events: [desk.eventFile]
    }
  }

  /// While there is a cursor on the curves, some keys are its own.
  mutating func handle(_ key: Key, _ desk: inout Desk) -> [Effect]? {
    pane == .curves ? desk.handleCursor(key) : nil
  }
}
