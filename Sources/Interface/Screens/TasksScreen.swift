import Runs
import Terminal

/// The tasks: toggles, weights, rates; or the page of facts about the data.
struct TasksScreen: Screen {
  let title = "Tasks"
  let keyGroups: Set<KeyGroup> = [.tasks, .taskSwitch, .large]

  /// Whether the facts about the data are shown in place of the tasks.
  private(set) var showsFacts = false
  /// Lines of the facts that are scrolled away.
  private var scroll = 0
  /// Whether the selected task's curve and scores have the whole screen.
  private(set) var isOpen = false

  func hints(_ desk: Desk) -> [String] {
    showsFacts
      ? ["facts", "down", "pause", "help"]
      : ["task", "weight", "facts", "solo", "all", "lr", "full screen"] + Hints.always
  }

  func legend(_ desk: Desk) -> [HelpPanel.Sign] {
    [
      .init("[x] [ ]", "trained, not trained"), .init("[~]", "a change is on its way"),
      .init("σ²", "in the label's deviations"), .init("label", "share of ones, or the mean"),
    ]
  }

  func filter(_ desk: Desk) -> String? { showsFacts ? nil : desk.taskFilter }

  mutating func setFilter(_ text: String, _ desk: inout Desk) { desk.filterTasks(by: text) }

  /// The tasks rather than the page of facts that is beside them.
  mutating func take(_ news: ScreenNews, _ desk: inout Desk) {
    if news == .shown { showsFacts = false }
  }

  func draw(_ desk: Desk, in body: Rect, on canvas: inout Canvas) {
    let run = desk.shown
    guard !showsFacts else {
      return FactsPage(run: run, scroll: scroll).draw(in: body, on: &canvas)
    }
    guard !isOpen else { return drawSelected(desk, in: body, on: &canvas) }
    let (top, bottom) = areas(desk, in: body)
    table(desk).draw(in: top, on: &canvas)
    if bottom.size.rows > 0 { drawSelected(desk, in: bottom, on: &canvas) }
  }

  private func table(_ desk: Desk) -> TaskTable {
    let run = desk.shown
    return TaskTable(
      run: run, control: desk.control, boxes: run.snapshot.tasks.indices.map(desk.box),
      tasks: desk.listedTasks.filter(run.snapshot.tasks.indices.contains),
      selected: desk.selectedTask, smoothing: desk.charts.smoothing,
      charset: desk.settings.charset)
  }

  /// The table, and what is left below it where that is enough for a chart.
  private func areas(_ desk: Desk, in body: Rect) -> (table: Rect, below: Rect) {
    let wanted = table(desk).rows(columns: body.size.columns)
    let isRoomy = body.size.columns >= 100 && body.size.rows - wanted >= 10
    let (top, bottom) = body.splitTop(isRoomy ? wanted : body.size.rows)
    return (top, bottom)
  }

  /// A click on a task selects it; the wheel goes through the tasks, or through the facts.
  mutating func take(_ mouse: Mouse, in body: Rect, _ desk: inout Desk) -> [Effect] {
    switch mouse.action {
    case .wheelUp: return move(.down(-1), &desk)
    case .wheelDown: return move(.down(1), &desk)
    case .left where !showsFacts && !isOpen:
      let area = areas(desk, in: body).table
      let task = table(desk).task(atRow: mouse.row, in: area)
      desk.selectedTask = task ?? desk.selectedTask
    case .left, .middle, .right, .release: break
    }
    return []
  }

  func files(_ desk: Desk) -> [ExportedFile] {
    if showsFacts { return [desk.factsFile] }
    return isOpen ? desk.chartFiles(of: desk.selectedTask) : [desk.taskFile]
  }

  /// Where there is room: the curve of the selected task, and every score of the run.
  private func drawSelected(_ desk: Desk, in area: Rect, on canvas: inout Canvas) {
    let run = desk.shown
    let (left, right) = split(area)
    let task = shownTask(desk)
    panel(desk).draw(in: left, on: &canvas)
    RunScores(run: run, row: RunRow(run, now: desk.now), selected: task)
      .draw(in: right, isFocused: isOpen, on: &canvas)
  }

  /// The chart of the selected task, where it is shown.
  func charts(_ desk: Desk, in body: Rect) -> [PlacedChart] {
    let area = isOpen ? body : areas(desk, in: body).below
    guard !showsFacts, area.size.rows > 0 else { return [] }
    return [panel(desk).placed(in: split(area).left)].compactMap { $0 }
  }

  private func split(_ area: Rect) -> (left: Rect, rest: Rect) {
    area.splitLeft(area.size.columns - min(60, area.size.columns * 2 / 5))
  }

  private func shownTask(_ desk: Desk) -> Int {
    max(0, min(desk.selectedTask, desk.shown.taskNames.count - 1))
  }

  private func panel(_ desk: Desk) -> LossPanel {
    let task = shownTask(desk)
    return LossPanel(
      run: desk.shown, task: task, chart: desk.chart(of: [task]), drawn: desk.drawn,
      smoothing: desk.charts.smoothing, isFocused: isOpen)
  }

  mutating func move(_ move: Move, _ desk: inout Desk) -> [Effect] {
    switch move {
    case .down, .bottom:
      let lines = move.lines ?? 0
      if showsFacts { scrollFacts(by: lines, desk) } else { desk.moveTask(by: lines) }
    case .right(let places), .pane(let places): desk.moveTask(by: places)
    case .back: (showsFacts, isOpen) = (false, false)
    case .large where showsFacts: break
    case .large: isOpen.toggle()
    }
    return []
  }

  private mutating func scrollFacts(by lines: Int, _ desk: Desk) {
    // As wide as it is drawn: inside a frame, between margins.
    let last = FactsPage(run: desk.shown).lines(columns: desk.size.columns - 4).count - 1
    scroll = max(0, min(last, scroll + lines))
  }
}

// MARK: - Actions

extension TasksScreen {
  static let actions: [ScreenAction<Self>] = [
    ScreenAction(
      name: "facts", keys: keys("d"), hint: "data facts",
      hintNow: { screen, _ in screen.showsFacts ? "tasks" : nil },
      summary: "the data's rows and labels",
      whyNot: { _, desk in desk.run.description == nil ? "the data are still being read" : nil }
    ) { screen, _, _ in
      screen.showsFacts.toggle()
      screen.scroll = 0
      return []
    },
    ScreenAction(
      name: "lr", form: "[xFACTOR]", keys: keys("r"), hint: "rate",
      summary: "factor on learning rate", staysHere: true,
      whyNot: { _, desk in desk.whyNotTraining }
    ) { _, desk, invocation throws(CommandLineError) in try desk.setLearningRate(invocation) },
  ]
}

extension Desk {
  fileprivate mutating func setLearningRate(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    if let word = invocation.words?.first {
      guard let factor = factor(word) else {
        throw .usage("lr xFACTOR, as in lr x0.5", found: word)
      }
      return [.send(.setLearningRateFactor(factor))]
    }
    mode = .prompt(
      Prompt(
        asked: AskedAction(action: "lr"), title: "learning rate ×",
        editor: LineEditor(proposing: sixDigits(run.snapshot.learningRateFactor))))
    return []
  }
}
