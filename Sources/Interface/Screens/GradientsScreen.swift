import Runs
import Terminal

/// How the tasks pull at what they share: cosines and norms of their gradients, conflicts over the
/// steps, what the update makes of them, and which tasks belong together.
struct GradientsScreen: Screen {
  /// The parts of the screen, in their order.
  enum Pane: Int, Sendable, CaseIterable {
    case cosine, norms, conflict, balance, affinity, together, tensors, weights
  }

  let title = "Gradients"
  let shortTitle = "Grad"
  let keyGroups: Set<KeyGroup> = [.taskSwitch, .large]

  private(set) var pane = Pane.cosine
  private(set) var isZoomed = false
  /// The array that is looked at, by its place among the parts; 0 for everything.
  private(set) var part = 0

  func isEmpty(_ desk: Desk) -> Bool {
    desk.run.description.map { !$0.hasSharedGradients } ?? false
  }

  func wants(_ desk: Desk) -> WantedViews {
    var wanted = WantedViews()
    wanted.gradients = true
    return wanted
  }

  /// The chart that has the focus as a picture, text and numbers, then every table of the screen.
  func files(_ desk: Desk) -> [ExportedFile] {
    let charts = GradientCharts(course: desk.shown.gradientCourse, tasks: desk.shown.taskNames)
    let ink = ViewInk(charset: desk.settings.charset, tasks: desk.shown.taskNames)
    let chart: ModelView? =
      switch pane {
      case .norms: charts.norms
      case .conflict: charts.conflict
      case .weights: charts.weights
      case .cosine, .balance, .affinity, .together, .tensors: nil
      }
    let shadow = desk.shown.snapshot.shadow.map { [$0.file] } ?? []
    return (chart?.files(ink) ?? []) + desk.gradientFiles + shadow
  }

  func hints(_ desk: Desk) -> [String] {
    guard look(desk) != nil else { return Hints.always }
    return ["next pane", "next part", "full screen"] + Hints.always
  }

  func legend(_ desk: Desk) -> [HelpPanel.Sign] {
    [
      .init("!", "pull against each other"), .init("cos", "1 same way, -1 opposite"),
      .init("norm", "length of a gradient"), .init("u", "the sum that is followed"),
      .init("falls by", "share of the loss, by u"),
      .init("affinity", "row's step, column's loss"),
      .init("┬ ┘", "alike: they meet early"), .init("n/m", "pairs in conflict of all"),
    ]
  }

  func names(_ desk: Desk) -> [NameKind: [String]] {
    [.array: look(desk).map { look in look.parts.map { look.name(of: $0) } } ?? []]
  }

  /// The newest look.
  private func look(_ desk: Desk) -> GradientSnapshot? {
    desk.shown.snapshot.gradients ?? desk.run.snapshot.gradients
  }

  /// The part that is looked at.
  private func selectedPart(_ look: GradientSnapshot) -> GradientSnapshot.Part {
    let parts = look.parts
    return parts[max(0, min(part, parts.count - 1))]
  }
}

// MARK: - Drawing

extension GradientsScreen {
  func draw(_ desk: Desk, in body: Rect, on canvas: inout Canvas) {
    guard let look = look(desk) else { return drawNothing(desk, in: body, on: &canvas) }
    let areas = panes(desk, in: body)
    alarms(desk).draw(in: areas.alarms, on: &canvas)
    shadowLine(desk)?.draw(in: areas.shadow, on: &canvas)
    let shown = self.areas(in: areas.parts)
    drawHead(look, shown: shown.count, in: areas.head, on: &canvas)
    for (pane, area) in shown { draw(pane, look, desk, in: area, on: &canvas) }
  }

  private func alarms(_ desk: Desk) -> AlarmLines {
    AlarmLines(gates: [], gradients: desk.shown.gradientAlarms)
  }

  private func shadowLine(_ desk: Desk) -> ShadowLine? {
    desk.shown.snapshot.shadow.map { ShadowLine(shadow: $0, tasks: desk.shown.taskNames) }
  }

  /// A line of words, the parts, what the shadow says, and lines of what is wrong.
  private func panes(
    _ desk: Desk, in body: Rect
  ) -> (head: Rect, parts: Rect, shadow: Rect, alarms: Rect) {
    let most = body.size.rows < 30 ? 1 : 2
    let (top, low) = body.splitTop(body.size.rows - alarms(desk).height(upTo: most))
    let lines = shadowLine(desk)?.lines(columns: body.size.columns - 2, most: most).count ?? 0
    let (upper, shadow) = top.splitTop(top.size.rows - lines)
    let (head, parts) = upper.splitTop(1)
    return (head, parts, shadow, low)
  }

  /// What is looked at and what it costs, and which page of the parts is shown.
  private func drawHead(
    _ look: GradientSnapshot, shown count: Int, in area: Rect, on canvas: inout Canvas
  ) {
    let isAll = count == Pane.allCases.count
    let page = isAll ? "" : "\(pane.rawValue + 1)/\(Pane.allCases.count) Tab"
    let room = area.size.columns - 3 - page.count
    canvas.write(
      look.costWords(columns: room), row: area.row, column: area.column + 1, style: .dim,
      limit: room)
    canvas.writeRight(page + " ", row: area.row, in: area, style: Style(.hint))
  }

  /// The parts that are shown: as many as fit, a page of them that holds the selected one.
  private func areas(in body: Rect) -> [(pane: Pane, area: Rect)] {
    guard !isZoomed else { return [(pane, body)] }
    let across = body.size.columns >= 150 ? 3 : body.size.columns >= 76 ? 2 : 1
    let all = Pane.allCases
    let down = max(
      1, min(body.size.rows / Self.leastRows, (all.count + across - 1) / across))
    let page = pane.rawValue / (across * down) * across * down
    let shown = Array(all[page..<min(all.count, page + across * down)])
    var areas: [(pane: Pane, area: Rect)] = []
    var rest = body
    let lines = (shown.count + across - 1) / across
    for line in 0..<lines {
      let (row, below) = rest.splitTop(rest.size.rows / (lines - line))
      rest = below
      let here = Array(shown[(line * across)..<min(shown.count, (line + 1) * across)])
      var left = row
      for (place, pane) in here.enumerated() {
        let (area, right) = left.splitLeft(left.size.columns / (here.count - place))
        areas.append((pane, area))
        left = right
      }
    }
    return areas
  }

  /// Rows of a part with its frame at least.
  private static let leastRows = 9

  private func draw(
    _ pane: Pane, _ look: GradientSnapshot, _ desk: Desk, in area: Rect, on canvas: inout Canvas
  ) {
    let isFocused = pane == self.pane
    let ink = ViewInk(charset: desk.settings.charset, tasks: desk.shown.taskNames)
    let charts = GradientCharts(course: desk.shown.gradientCourse, tasks: desk.shown.taskNames)
    let part = selectedPart(look)
    func table(_ table: ModelView.Table, _ title: String, note: String = "") {
      let inner = canvas.frame(area, title: [Span(title, .title)], isFocused: isFocused)
      let (top, low) = inner.splitTop(inner.size.rows - (note.isEmpty ? 0 : 1))
      TablePanel(table: table, ink: ink).draw(in: top, frame: area, on: &canvas)
      canvas.write(
        note, row: low.row, column: low.column + 1, style: .dim, limit: low.size.columns - 2)
    }
    switch pane {
    case .cosine, .affinity: drawMatrix(pane, look, desk, in: area, on: &canvas)
    case .together: drawTogether(desk, in: area, on: &canvas)
    case .norms: charts.norms.draw(in: area, ink: ink, isFocused: isFocused, on: &canvas)
    case .conflict: charts.conflict.draw(in: area, ink: ink, isFocused: isFocused, on: &canvas)
    case .weights: charts.weights.draw(in: area, ink: ink, isFocused: isFocused, on: &canvas)
    case .balance:
      table(
        look.balanceTable(of: part), "update  \(look.balancer)", note: look.updateWords(of: part))
    case .tensors: table(look.tensorTable(selected: part), "norms by array")
    }
  }

  private func drawMatrix(
    _ pane: Pane, _ look: GradientSnapshot, _ desk: Desk, in area: Rect, on canvas: inout Canvas
  ) {
    let part = selectedPart(look)
    let isCosine = pane == .cosine
    let names = desk.shown.taskNames
    let (gram, tasks) = (look.gram(of: part), look.tasks.indices)
    let values =
      isCosine
      ? tasks.flatMap { i in tasks.map { gram.cosine(i, $0) } } : look.affinities(of: part)
    let unit = isCosine ? 1 : PairMatrixPanel.unit(of: values)
    let title = isCosine ? "cosine of task gradients" : "affinity in \(scientific(unit)) of a loss"
    let inner = canvas.frame(
      area, title: [Span(title, .title), Span("  \(look.name(of: part))", .dim)],
      isFocused: pane == self.pane)
    PairMatrixPanel(
      kind: isCosine ? .cosine : .affinity, tasks: look.tasks, values: values, allTasks: names,
      selected: names.indices.contains(desk.selectedTask) ? names[desk.selectedTask] : nil,
      unit: unit,
      note: isCosine
        ? look.conflictWords(of: part) : "what a step of the row takes off the column's loss"
    ).draw(in: inner, frame: area, on: &canvas)
  }

  private func drawTogether(_ desk: Desk, in area: Rect, on canvas: inout Canvas) {
    let window = desk.shown.gradientCourse.window(of: GradientCharts.steps)
    let looks = counted(window.count, "look")
    let inner = canvas.frame(
      area, title: [Span("together", .title), Span("  mean cosine of \(looks)", .dim)],
      isFocused: pane == .together)
    guard let newest = window.last else { return }
    let grouping = TaskGrouping(window.means(\.cosines), count: newest.tasks.count)
    GroupingPanel(
      grouping: grouping, tasks: newest.tasks, allTasks: desk.shown.taskNames,
      charset: desk.settings.charset, note: grouping.words(newest.tasks)
    ).draw(in: inner, frame: area, on: &canvas)
  }

  private func drawNothing(_ desk: Desk, in body: Rect, on canvas: inout Canvas) {
    canvas.drawEmpty(emptyWords(desk), title: [Span("gradients", .title)], in: body)
  }

  private func emptyWords(_ desk: Desk) -> [String] {
    let name = desk.run.description?.modelTitle ?? "This model"
    guard desk.run.description?.hasSharedGradients == true else {
      return [
        "\(name) has no numbers that the gradients of two tasks move.",
        "This screen shows how tasks pull at what they share. 6 starts a system that shares.",
      ]
    }
    let isAlone = desk.run.snapshot.tasks.count { $0.isOn } < 2
    if isAlone {
      return ["Only one task is on: nothing pulls against it.", "5 switches others on."]
    }
    let next = desk.run.isPaused ? "P goes on, . takes one step." : "It comes with the next step."
    return ["The gradients of the tasks have not been looked at yet.", next]
  }
}

extension TaskGrouping {
  /// Which tasks pull the same way on the mean: `together: click like · alone: follow`.
  fileprivate func words(_ tasks: [String]) -> String {
    let groups = groups()
    let together = groups.filter { $0.count > 1 }.map {
      $0.map { tasks[$0] }.joined(separator: " ")
    }
    let alone = groups.filter { $0.count == 1 }.map { tasks[$0[0]] }
    let parts =
      (together.isEmpty ? [] : ["together: " + together.joined(separator: " | ")])
      + (alone.isEmpty ? [] : ["alone: " + alone.joined(separator: " ")])
    return parts.joined(separator: " · ")
  }
}

// MARK: - Moving

extension GradientsScreen {
  mutating func move(_ move: Move, _ desk: inout Desk) -> [Effect] {
    switch move {
    case .pane(let step):
      let count = Pane.allCases.count
      pane = Pane(rawValue: ((pane.rawValue + step) % count + count) % count) ?? .cosine
    case .down, .bottom:
      let lines = move.lines ?? 0
      if pane == .tensors { movePart(by: lines, desk) } else { desk.moveTask(by: lines) }
    case .right(let step): movePart(by: step, desk)
    case .large: isZoomed.toggle()
    case .back: isZoomed = false
    }
    return []
  }

  /// A click on a part of the screen selects it; the wheel moves in the selected one.
  mutating func take(_ mouse: Mouse, in body: Rect, _ desk: inout Desk) -> [Effect] {
    switch mouse.action {
    case .wheelUp: return move(.down(-1), &desk)
    case .wheelDown: return move(.down(1), &desk)
    case .left:
      let hit = areas(in: panes(desk, in: body).parts).first { _, area in
        (area.row..<area.row + area.size.rows).contains(mouse.row)
          && (area.column..<area.column + area.size.columns).contains(mouse.column)
      }
      pane = hit?.pane ?? pane
    case .middle, .right, .release: break
    }
    return []
  }

  private mutating func movePart(by step: Int, _ desk: Desk) {
    let count = look(desk)?.parts.count ?? 1
    part = max(0, min(count - 1, part + step))
  }
}

// MARK: - Actions

extension GradientsScreen {
  static let actions: [ScreenAction<Self>] = [
    ScreenAction(
      name: "part", form: "[ARRAY]", summary: "what is looked at", whyNot: whyNotGradients
    ) { screen, desk, invocation throws(CommandLineError) in
      try screen.choosePart(invocation, desk)
    },
    ScreenAction(
      name: "next part", keys: keys("]"), hint: "trunk, tables, array",
      summary: "trunk, tables, next array", whyNot: whyNotGradients
    ) { screen, desk, _ in
      screen.movePart(by: 1, desk)
      return []
    },
    ScreenAction(
      name: "previous part", keys: keys("["), summary: "the array before",
      whyNot: whyNotGradients
    ) { screen, desk, _ in
      screen.movePart(by: -1, desk)
      return []
    },
  ]

  private static let whyNotGradients: @Sendable (Self, Desk) -> String? = { screen, desk in
    if desk.run.description == nil { return "the data are still being read" }
    if desk.run.description?.hasSharedGradients != true { return "the tasks share no numbers" }
    return screen.look(desk) == nil ? "no gradients have been looked at yet" : nil
  }

  private mutating func choosePart(
    _ invocation: Action.Invocation, _ desk: Desk
  ) throws(CommandLineError) -> [Effect] {
    guard let look = look(desk) else { return [] }
    let names = look.parts.map { look.name(of: $0) }
    guard let word = invocation.words?.joinedBySpaces, !word.isEmpty else {
      part = 0
      return []
    }
    guard let index = names.firstIndex(of: word) else {
      throw .unknownName(kind: "array", name: word, near: nearest(to: word, in: names))
    }
    part = index
    return []
  }
}
