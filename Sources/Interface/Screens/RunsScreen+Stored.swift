import Runs
import Terminal

/// The list of all runs that were kept, while it is shown.
struct StoredList: Sendable, Equatable {
  /// Whether it is shown in place of the session's runs.
  var isShown = false
  /// The selected run, by its id; nil for the newest.
  private(set) var selected: String?

  /// The index of the selected run.
  func index(among runs: [StoredRun]) -> Int { runs.firstIndex { $0.id == selected } ?? 0 }

  mutating func move(_ move: Move, among runs: [StoredRun]) {
    switch move {
    case .down, .bottom:
      guard !runs.isEmpty else { return }
      selected = runs[max(0, min(runs.count - 1, index(among: runs) + (move.lines ?? 0)))].id
    case .back: isShown = false
    case .right, .pane, .large: break
    }
  }

  mutating func click(_ mouse: Mouse, in body: Rect, among runs: [StoredRun]) {
    let table = StoredRunTable(runs: runs, selected: index(among: runs))
    if let index = table.run(atRow: mouse.row, in: body.inner) { selected = runs[index].id }
  }
}

extension RunsScreen {
  /// The runs that were kept and pass the filter; all if none does.
  func listedStored(_ desk: Desk) -> [StoredRun] {
    let all = desk.stored ?? []
    let found = all.filter {
      "\($0.id) \($0.model) \($0.data) \($0.tags.joinedBySpaces)".passes(filter)
    }
    return found.isEmpty ? all : found
  }

  /// The run that was kept and is selected, in the list of all or among the session's.
  func selectedStored(_ desk: Desk) -> StoredRun? {
    guard stored.isShown else { return listed(desk)[selectedRun(desk)].stored }
    let all = listedStored(desk)
    return all.isEmpty ? nil : all[stored.index(among: all)]
  }

  static let storedActions: [ScreenAction<Self>] = [
    ScreenAction(
      name: "all runs", keys: keys("K"), hint: "all runs",
      hintNow: { screen, _ in screen.stored.isShown ? "this session" : nil },
      summary: "all runs, or the session's"
    ) { screen, _, _ in
      screen.stored.isShown.toggle()
      screen.isOpen = false
      return screen.stored.isShown ? [.listStored] : []
    },
    ScreenAction(
      name: "go on", keys: keys("R"), hint: "go on with it", summary: "go on with a kept run",
      whyNot: { screen, desk in screen.whyNotResume(desk) }
    ) { screen, desk, _ in screen.selectedStored(desk).map { desk.resume($0, from: nil) } ?? [] },
  ]

  private func whyNotResume(_ desk: Desk) -> String? {
    guard let run = selectedStored(desk) else {
      return stored.isShown ? "no run was kept yet" : "K lists the runs that were kept"
    }
    if desk.run.stored?.id == run.id, !desk.run.isFinished { return "it goes on already" }
    if run.isOwn { return "it goes on already" }
    return run.state == .live ? "another process trains it; it can be attached to" : nil
  }

  mutating func take(_ news: ScreenNews, _ desk: inout Desk) {
    switch news {
    case .opened(let run):
      selected = run
      stored.isShown = false
    case .began: stored.isShown = false
    case .shown, .refused, .explained: break
    }
  }

  func drawStored(_ desk: Desk, in body: Rect, on canvas: inout Canvas) {
    let all = listedStored(desk)
    let title = [
      Span("all runs \(all.count)", .title),
      Span("  Enter looks at one, R goes on with it, K this session", .dim),
    ]
    let inner = canvas.frame(body, title: title, isFocused: true)
    guard !all.isEmpty else {
      return canvas.drawNothing(
        desk.stored == nil ? "No runs are kept here." : "No run was kept yet.", in: inner)
    }
    StoredRunTable(runs: all, selected: stored.index(among: all))
      .draw(in: inner, frame: body, on: &canvas)
  }

  /// The runs that were kept, a row a score.
  func storedFile(_ desk: Desk) -> ExportedFile {
    var table = CSVTable(head: [
      "run", "began", "model", "data", "seed", "step", "state", "tags", "task", "score", "value",
    ])
    for run in listedStored(desk) {
      let start: [CSVTable.Field] = [
        .text(run.id), .text(run.began), .text(run.model), .text(run.data), .text("\(run.seed)"),
        .number(Double(run.step)), .text(run.state.rawValue), .text(run.tags.joinedBySpaces),
      ]
      for score in run.scores {
        table.rows.append(start + [.text(score.task), .text(score.name), .number(score.value)])
      }
      if run.scores.isEmpty { table.rows.append(start + [.text(""), .text(""), .number(.nan)]) }
    }
    return ExportedFile("all-runs", ending: "csv", text: table.text)
  }
}

extension Desk {
  /// Goes on with a run that was kept, from a checkpoint or its last one, or asks first if a run would
  /// end.
  mutating func resume(_ stored: StoredRun, from step: Int?) -> [Effect] {
    let effects: [Effect] = [.resume(stored, from: step)]
    guard !run.isFinished else { return effects }
    let place = step.map { " from step \(grouped($0))" } ?? ""
    mode = .question(
      Question(
        title: "go on with \(stored.id)\(place)?",
        lines: [
          "The run of \(run.description?.modelTitle ?? "now") ends.",
          "It is kept, and can be resumed as well.",
        ],
        yes: "end it and go on", effects: effects))
    return []
  }
}
