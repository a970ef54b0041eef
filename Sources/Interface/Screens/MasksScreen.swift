import Runs
import Terminal

/// Which weights serve which task: the masks of a model, in numbers and weight by weight.
struct MasksScreen: Screen {
  let title = "Masks"
  let keyGroups: Set<KeyGroup> = [.taskSwitch, .large]

  private var views = ViewsPane(of: .masks)
  /// Whether a layer's map is shown, weight by weight.
  private(set) var showsMap = false
  /// The weight under the cursor.
  private(set) var cursor = MaskPlace(layer: 0, row: 0, column: 0)
  /// The first unit and the first input of the map that are shown.
  private var first = (row: 0, column: 0)

  func isEmpty(_ desk: Desk) -> Bool {
    desk.run.description.map { !$0.subjects.contains(.masks) } ?? false
  }

  func hints(_ desk: Desk) -> [String] {
    guard layer(desk) != nil else { return views.hints(desk) + Hints.always }
    return
      (showsMap
      ? ["map", "next layer", "thin"] : ["map", "thin"] + views.hints(desk))
      + Hints.always
  }

  func legend(_ desk: Desk) -> [HelpPanel.Sign] {
    [
      .init("█ ░", "kept, pruned"), .init("▏", "the share that is aimed at"),
      .init("‹ ›", "more at this side"), .init("▀ ▄", "two weights in a cell"),
      .init("▸ ◂", "the line of the cursor"), .init("w", "the weight itself"),
      .init("Tab", "map: the next task"), .init("⣿", "no colours: its mask alone"),
    ]
  }

  func filter(_ desk: Desk) -> String? { showsMap ? nil : views.filter }

  mutating func setFilter(_ text: String, _ desk: inout Desk) { views.setFilter(text) }

  func wants(_ desk: Desk) -> WantedViews {
    guard showsMap else {
      var wanted = views.wanted
      wanted.masks = true
      return wanted
    }
    var wanted = WantedViews()
    wanted.masks = true
    wanted.maskPlace = cursor
    let reach = reach(desk)
    // What is shown may have become smaller since the cursor was moved.
    let first = layer(desk).map { firstShown($0, desk) } ?? first
    wanted.maskWindow = MaskWindow(
      layer: cursor.layer, row: first.row, column: first.column, rows: reach.rows,
      columns: reach.columns, task: desk.selectedTask)
    return wanted
  }

  func draw(_ desk: Desk, in body: Rect, on canvas: inout Canvas) {
    let cost = shownCost(desk)
    let (top, below) = body.splitTop(body.size.rows - (cost == nil ? 0 : 1))
    if let cost { drawCost(cost, desk.selectedTask, in: below, on: &canvas) }
    guard showsMap, let layer = layer(desk) else {
      return views.draw(
        desk, in: top, empty: ("masks", desk.run.emptyWords(of: .masks)), on: &canvas)
    }
    let snapshot = desk.shown.snapshot
    MaskMapPanel(
      map: snapshot.maskMap, cell: snapshot.maskCell, cursor: cursor, layer: layer,
      tasks: desk.shown.taskNames, selectedTask: desk.selectedTask,
      charset: desk.settings.charset, hasColors: desk.hasColors
    ).draw(in: top, on: &canvas)
  }

  /// What pruning more would cost the selected task, once it was asked.
  private func shownCost(_ desk: Desk) -> PruningCost? {
    let names = desk.shown.taskNames
    return names.indices.contains(desk.selectedTask)
      ? desk.shown.pruningCosts[names[desk.selectedTask]] : nil
  }

  /// Draws it in a line.
  private func drawCost(
    _ cost: PruningCost, _ task: Int, in area: Rect, on canvas: inout Canvas
  ) {
    canvas.write(
      [
        Span("\(seriesGlyph(task)) ", .series(task)), Span(cost.words),
        Span("  step \(grouped(cost.step)), \(grouped(cost.rows)) validation rows", .dim),
      ], row: area.row, column: area.column + 1, limit: area.size.columns - 2)
  }

  /// The layer under the cursor, once it is known.
  private func layer(_ desk: Desk) -> MaskSummary.Layer? {
    let layers = desk.shown.snapshot.masks?.layers ?? []
    return layers.indices.contains(cursor.layer) ? layers[cursor.layer] : nil
  }

  /// Units and inputs of the map that fit onto the screen.
  private func reach(_ desk: Desk) -> (rows: Int, columns: Int) {
    let body = desk.body
    let area = body.splitTop(body.size.rows - (shownCost(desk) == nil ? 0 : 1)).0
    return MaskMapPanel.reach(
      of: area, charset: desk.settings.charset, hasColors: desk.hasColors)
  }
}

// MARK: - Files

extension MasksScreen {
  /// The view or the map that is shown, the masks in numbers, and what pruning more would cost.
  func files(_ desk: Desk) -> [ExportedFile] {
    let run = desk.shown
    let shown =
      showsMap
      ? [run.snapshot.maskMap?.file(tasks: run.taskNames)].compactMap { $0 }
      : views.files(desk)
    let masks = run.snapshot.masks
    return shown + [masks?.file, masks?.overlapFile, shownCost(desk)?.file].compactMap { $0 }
  }
}

// MARK: - Moving

extension MasksScreen {
  mutating func move(_ move: Move, _ desk: inout Desk) -> [Effect] {
    guard showsMap, let layer = layer(desk) else {
      views.move(move, desk)
      return []
    }
    switch move {
    case .down, .bottom: cursor.row += move.lines ?? 0
    case .right(let columns): cursor.column += columns
    case .pane(let step):
      let count = max(1, desk.run.taskNames.count)
      desk.selectedTask = ((desk.selectedTask + step) % count + count) % count
    case .large: break
    case .back: showsMap = false
    }
    cursor.row = max(0, min(layer.rows - 1, cursor.row))
    cursor.column = max(0, min(layer.columns - 1, cursor.column))
    first = firstShown(layer, desk)
    return []
  }

  /// The first unit and input of the part that holds the cursor, moved no further than it must be.
  private func firstShown(_ layer: MaskSummary.Layer, _ desk: Desk) -> (row: Int, column: Int) {
    let reach = reach(desk)
    func start(_ from: Int, _ here: Int, _ shown: Int, _ count: Int) -> Int {
      max(0, min(count - shown, min(here, max(from, here - shown + 1))))
    }
    return (
      start(first.row, cursor.row, reach.rows, layer.rows),
      start(first.column, cursor.column, reach.columns, layer.columns)
    )
  }
}

// MARK: - Actions

extension MasksScreen {
  static let actions: [ScreenAction<Self>] = [
    ScreenAction(
      name: "map", form: "[LAYER]", keys: keys("m"), hint: "map",
      hintNow: { screen, _ in screen.showsMap ? "numbers" : nil },
      summary: "the map, weight by weight", whyNot: whyNotMasks
    ) { screen, desk, invocation throws(CommandLineError) in
      try screen.showMap(invocation, desk)
    },
    ScreenAction(
      name: "next layer", keys: keys("]"), hint: "layer", summary: "map of the next layer",
      whyNot: whyNotMasks
    ) { screen, desk, _ in screen.showLayer(by: 1, desk) },
    ScreenAction(
      name: "previous layer", keys: keys("["), summary: "map of the layer before",
      whyNot: whyNotMasks
    ) { screen, desk, _ in screen.showLayer(by: -1, desk) },
    ScreenAction(
      name: "thin", form: "[TASK [SHARE]]", keys: keys("x"),
      hint: "cost of pruning", summary: "cost of pruning 20% more",
      whyNot: { screen, desk in desk.whyNotAsking ?? whyNotMasks(screen, desk) }
    ) { _, desk, invocation throws(CommandLineError) in try thin(invocation, &desk) },
  ]

  private static let whyNotMasks: @Sendable (Self, Desk) -> String? = { _, desk in
    if desk.run.description == nil { return "the data are still being read" }
    return desk.run.description?.subjects.contains(.masks) == true
      ? nil : "the model has no masks"
  }

  private mutating func showMap(
    _ invocation: Action.Invocation, _ desk: Desk
  ) throws(CommandLineError) -> [Effect] {
    let layers = desk.shown.snapshot.masks?.layers.count ?? 1
    guard let word = invocation.words?.first else {
      showsMap = invocation.words != nil || !showsMap
      return []
    }
    guard let index = wholeNumber(word), index < layers else {
      throw .usage("map LAYER, a number from 0 to \(layers - 1)", found: word)
    }
    showsMap = true
    return showLayer(by: index - cursor.layer, desk)
  }

  private mutating func showLayer(by step: Int, _ desk: Desk) -> [Effect] {
    let count = max(1, desk.shown.snapshot.masks?.layers.count ?? 1)
    showsMap = true
    cursor = MaskPlace(
      layer: ((cursor.layer + step) % count + count) % count, row: 0, column: 0)
    first = (0, 0)
    return []
  }

  /// Asks what a thinner mask would cost a task: the typed one, or the selected one.
  private static func thin(
    _ invocation: Action.Invocation, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect] {
    let names = desk.run.taskNames
    let words = invocation.words ?? []
    guard
      let task = words.first
        ?? (names.isEmpty ? nil : names[min(desk.selectedTask, names.count - 1)])
    else { return [] }
    guard let index = names.firstIndex(of: task) else {
      throw .unknownName(kind: "task", name: task, near: nearest(to: task, in: names))
    }
    let share = words.count > 1 ? Double(words[1]) : usualShare
    guard let share, share > 0, share < 1 else {
      throw .usage("thin TASK SHARE, with a share above 0 and below 1", found: words[1])
    }
    desk.selectedTask = index
    desk.say("scoring \(task) with \(percent(share)) of its mask pruned")
    return [.send(.thinMask(task, share: share))]
  }

  /// The share that is pruned where none is typed.
  private static let usualShare = 0.2
}
