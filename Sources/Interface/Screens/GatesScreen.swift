import Runs
import Terminal

/// The gates: on average, by segment, by example.
struct GatesScreen: Screen {
  /// What gates are averaged over.
  enum Mode: String, Sendable, CaseIterable {
    case mean, segment, example
  }

  let title = "Gates"
  let keyGroups: Set<KeyGroup> = [.taskSwitch, .large]

  var mode = Mode.mean
  /// The selected gate.
  var gate = 0
  /// The selected expert.
  var expert = 0
  /// The chosen column; nil for the first one.
  var column: String?
  var order = SegmentsPanel.Order.divergence
  /// The position of the shown row among the validation rows, from 0.
  var row = 0
  /// What is asked about rows.
  var asked = ExampleAsked()
  /// The first line of the list that is shown.
  var scroll = 0
  /// Whether the selected part has the whole screen.
  private var isZoomed = false
  /// Only segments, or inputs of a row, whose names contain it are listed.
  var filter = ""

  /// From more gates than these a list of them is worth a hint.
  private static let manyGates = 8

  func isEmpty(_ desk: Desk) -> Bool { !desk.run.hasGates }

  func hints(_ desk: Desk) -> [String] {
    // Where there are no gates single rows are all that is shown.
    if mode != .example, desk.run.snapshot.gates.isEmpty { return ["gates"] + Hints.always }
    let own =
      switch mode {
      case .mean:
        ["knock out", "matrix", "segment"]
          + (desk.run.snapshot.gates.count > Self.manyGates ? ["pick gate"] : [])
      case .segment: ["segment", "sort", "right"]
      case .example: ["next example", "sort", "what if", "knock out", "random example", "right"]
      }
    // A row has nothing that could be made large.
    return ["gates"] + own + (mode == .example ? [] : ["full screen"]) + Hints.always
  }

  func wants(_ desk: Desk) -> WantedViews {
    var wanted = WantedViews()
    wanted.gates = true
    wanted.ranksSegments = mode == .segment
    if mode == .segment { wanted.segmentColumn = segmentColumn(desk) }
    if mode == .example { asked.add(to: &wanted, position: row) }
    return wanted
  }

  func legend(_ desk: Desk) -> [HelpPanel.Sign] {
    [
      .init("█·░ 38", "above, at, below 1/n, in %"), .init("H", "1: all experts, 0: one"),
      .init("load", "rows that rank it first, %"), .init("×E0", "an expert that dominates"),
      .init("σ p10 p90", "spread between rows"), .init("JS", "bits apart from all rows"),
      .init("column JS", "may exceed each value's JS"),
      .init("!", "what is wrong, and why"), .init("to mean", "points above all rows"),
      .init("first", "rows that rank it first, %"),
    ]
  }

  func filter(_ desk: Desk) -> String? { mode == .mean ? nil : filter }

  mutating func setFilter(_ text: String, _ desk: inout Desk) { (filter, scroll) = (text, 0) }

  /// The task of the selected gate.
  func task(_ desk: Desk) -> String? { selectedGate(of: desk.shown)?.task }

  mutating func take(_ news: ScreenNews, _ desk: inout Desk) {
    if news == .shown { desk.tour.note(.gates) }
  }

  /// The column by whose values gates are shown: the chosen one, or the one that tells most.
  func segmentColumn(_ desk: Desk) -> String? {
    column ?? desk.run.tellingColumn(for: selectedGate(of: desk.run)?.name)
  }

  /// The number of the selected expert among all of the model.
  func selectedExpert(_ desk: Desk) -> Int {
    guard let members = selectedGate(of: desk.run)?.members, !members.isEmpty else { return 0 }
    return members[max(0, min(expert, members.count - 1))].index
  }

  /// The gate that is selected.
  func selectedGate(of run: RunState) -> GateSnapshot? {
    let all = run.snapshot.gates
    return all.isEmpty ? nil : all[max(0, min(gate, all.count - 1))]
  }
}

// MARK: - Drawing

extension GatesScreen {
  func draw(_ desk: Desk, in body: Rect, on canvas: inout Canvas) {
    switch mode {
    case .example: examplePanel(desk).draw(in: body, on: &canvas)
    case _ where desk.shown.snapshot.gates.isEmpty:
      NoGatesPanel(run: desk.run, tabs: tabs).draw(in: body, on: &canvas)
    case .mean:
      MeanGatesPanel(
        run: desk.shown, tabs: tabs, gate: gate, expert: expert, isZoomed: isZoomed,
        charset: desk.settings.charset
      ).draw(in: body, on: &canvas)
    case .segment: segmentsPanel(desk).draw(in: body, on: &canvas)
    }
  }

  /// Which of the three views is shown, as in `[mean] segment example`.
  private var tabs: [Span] {
    Mode.allCases.map { mode in
      self.mode == mode
        ? Span("[\(mode.rawValue)] ", style: Style(.title, bold: true))
        : Span(" \(mode.rawValue)  ", .dim)
    }
  }

  /// The row that is wanted, or the last one that came.
  func shownExample(_ desk: Desk) -> ExampleView? {
    let known = [desk.shown, desk.run].compactMap(\.snapshot.example)
    return known.first { $0.ordering.position == row && $0.ordering.order == asked.order }
      ?? known.last
  }

  private func examplePanel(_ desk: Desk) -> ExamplePanel {
    ExamplePanel(
      run: desk.shown, example: shownExample(desk), position: row, asked: asked, tabs: tabs,
      gate: gate, expert: expert, selected: scroll, filter: filter)
  }

  private func segmentsPanel(_ desk: Desk) -> SegmentsPanel {
    let column = segmentColumn(desk)
    let tables = [desk.shown, desk.run].compactMap(\.snapshot.segments)
    return SegmentsPanel(
      run: desk.shown, column: column, table: tables.first { $0.column == column },
      ranking: desk.shown.snapshot.segmentRanking, tabs: tabs,
      gate: gate, expert: expert, order: order, scroll: scroll, filter: filter,
      isZoomed: isZoomed, charset: desk.settings.charset)
  }
}

// MARK: - Moving

extension GatesScreen {
  mutating func move(_ move: Move, _ desk: inout Desk) throws(CommandLineError) -> [Effect] {
    switch move {
    case .bottom(let row?) where mode == .example:
      return try showExample(Action.Invocation(words: ["\(row)"]), &desk)
    case .down, .bottom: moveDown(by: move.lines ?? 0, desk)
    case .right(let columns) where mode == .mean: moveExpert(by: columns, desk)
    case .pane(let columns) where mode == .mean: moveExpert(by: columns, desk)
    case .right(let columns), .pane(let columns): moveGate(by: columns, desk)
    case .large: if mode != .example { isZoomed.toggle() }
    case .back:
      isZoomed = false
      asked.clear()
    }
    return []
  }

  private mutating func moveDown(by rows: Int, _ desk: Desk) {
    guard mode != .mean else { return moveGate(by: rows, desk) }
    let snapshot = desk.shown.snapshot
    let names =
      mode == .segment
      ? snapshot.segments?.segments.map(\.name) : snapshot.example?.inputs.map(\.name)
    let lines = (names ?? []).count { $0.passes(filter) }
    scroll = max(0, min(lines - 1, scroll + rows))
  }

  private mutating func moveGate(by lines: Int, _ desk: Desk) {
    gate = max(0, min(desk.run.snapshot.gates.count - 1, gate + lines))
  }

  mutating func moveExpert(by columns: Int, _ desk: Desk) {
    let experts = desk.run.snapshot.gates.map(\.experts.count).max() ?? 0
    expert = max(0, min(experts - 1, expert + columns))
  }
}
