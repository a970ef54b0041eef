import Runs
import Terminal

/// Why the system puts an item before a user: its own first ten, and of one of them the rating, the
/// reasons, the evidence in the data, and what the user wrote, as far as it is read.
struct ExplainScreen: Screen {
  let title = "Explain"
  let shortTitle = "Why"
  let keyGroups: Set<KeyGroup> = [.taskSwitch, .large]

  /// Whose items are shown, and which of them is explained.
  var wish = ExplanationWish()
  /// The item that stays, however the order changes; nil before it is known, and where a place is followed.
  var pin: ItemPin?
  /// Whether a place is followed, whichever item stands there.
  var follows = false
  /// The part that has the focus.
  private(set) var focus = ExplainLayout.Part.items
  /// Lines of that part that are scrolled away.
  private var scroll = 0
  /// Whether that part, or of the items the explanation, has the whole screen.
  private(set) var isZoomed = false

  func isEmpty(_ desk: Desk) -> Bool {
    desk.run.description.map { $0.pairs == nil } ?? false
  }

  /// A place among the tabs is only for data that name users and items.
  func isListed(_ desk: Desk) -> Bool { desk.run.description?.pairs != nil }

  func wants(_ desk: Desk) -> WantedViews {
    var wanted = WantedViews()
    if !isEmpty(desk) { wanted.explanation = wish }
    return wanted
  }

  func hints(_ desk: Desk) -> [String] {
    guard !isEmpty(desk) else { return Hints.always }
    return ["next user", "pin item", "user", "item", "explain again", "next pane", "full screen"]
      + Hints.always
  }

  func legend(_ desk: Desk) -> [HelpPanel.Sign] {
    [
      .init("expected", "rating that is predicted"), .init("observed", "what the data have"),
      .init("says", "the system's sentence"),
      .init("wrote", "the user's words; … is cut"),
      .init(">", "item that is explained"), .init("pinned", "stays, whatever is first"),
    ]
  }

  /// Space switches the task whose words explain, or else is ranked by: what the rating gains by it is said.
  func task(_ desk: Desk) -> String? { desk.shown.taskBesideRating ?? desk.shown.explainingTask }

  mutating func move(_ move: Move, _ desk: inout Desk) -> [Effect] {
    (focus, scroll) = held(parts(desk, in: desk.body).layout)
    switch move {
    case .down, .bottom:
      let lines = move.lines ?? 0
      if focus == .items, !isZoomed { select(by: lines, desk) } else { scroll(by: lines, desk) }
    case .right(let places): moveUser(by: places, desk)
    case .pane(let steps):
      isZoomed = false
      (focus, scroll) = (parts(desk, in: desk.body).layout.part(steps, from: focus), 0)
    case .large:
      isZoomed.toggle()
      scroll = 0
    case .back: (isZoomed, focus, scroll) = (false, .items, 0)
    }
    return []
  }

  mutating func take(_ mouse: Mouse, in body: Rect, _ desk: inout Desk) -> [Effect] {
    switch mouse.action {
    case .wheelUp: return move(.down(-1), &desk)
    case .wheelDown: return move(.down(1), &desk)
    case .left, .middle, .right, .release: return []
    }
  }

  func files(_ desk: Desk) -> [ExportedFile] {
    let effect = desk.shown.explainingEffect(columns: 1_000)
    return view(desk).map { view in
      view.files(
        course: desk.shown.pairCourse, standing: standingWords(view),
        effect: effect.map { $0.map(\.text).joined() })
    } ?? []
  }
}

// MARK: - Drawing

extension ExplainScreen {
  /// What is known of the wish, or the last that came.
  func view(_ desk: Desk) -> ExplanationView? {
    let known = [desk.shown, desk.run].compactMap(\.snapshot.explanation)
    return known.first { $0.answers(wish) } ?? known.last
  }

  func draw(_ desk: Desk, in body: Rect, on canvas: inout Canvas) {
    guard !isEmpty(desk), let view = view(desk) else {
      return drawNothing(desk, in: body, on: &canvas)
    }
    let (layout, low, effect) = parts(desk, in: body)
    var screen = self
    (screen.focus, screen.scroll) = held(layout)
    for (part, area) in layout.areas {
      screen.draw(part, view, layout, desk, in: area, on: &canvas)
    }
    if let course = layout.course {
      PairCoursePanel(
        course: desk.shown.pairCourse.isOf(view) ? desk.shown.pairCourse : PairCourse(),
        observed: view.rating?.observed, hasPair: view.item != nil,
        withoutRating: view.rating == nil && view.item != nil
          ? desk.shown.description?.modelTitle : nil,
        isOver: desk.shown.isFinished, charset: desk.settings.charset
      ).draw(in: course, on: &canvas)
    }
    for (row, line) in effect.prefix(low.size.rows).enumerated() {
      canvas.write(
        line, row: low.row + row, column: low.column + 1, limit: low.size.columns - 2)
    }
  }

  private func draw(
    _ part: ExplainLayout.Part, _ view: ExplanationView, _ layout: ExplainLayout, _ desk: Desk,
    in area: Rect, on canvas: inout Canvas
  ) {
    switch part {
    case .items:
      FirstItemsPanel(
        view: view, selected: selected(view), isWaiting: !view.answers(wish),
        isFocused: focus == .items
      ).draw(in: area, on: &canvas)
    case .reasons: reasons(view, layout, desk).draw(in: area, on: &canvas)
    case .ofUser, .ofItem:
      guard let panel = evidence(part, view, desk) else {
        return canvas.drawEmpty(["There is no such pair."], title: [], in: area)
      }
      panel.draw(in: area, on: &canvas)
    }
  }

  private func reasons(
    _ view: ExplanationView, _ layout: ExplainLayout, _ desk: Desk
  ) -> ExplanationPanel {
    let isFocused = focus == .reasons || isZoomed
    return ExplanationPanel(
      view: view, run: desk.shown, standing: standingWords(view), data: layout.withoutArea,
      waiting: view.answers(wish) ? nil : waitingWords(desk), scroll: isFocused ? scroll : 0,
      isFocused: isFocused)
  }

  private func evidence(
    _ part: ExplainLayout.Part, _ view: ExplanationView, _ desk: Desk
  ) -> EvidencePanel? {
    EvidencePanel.evidence(part, view).map { evidence, name in
      EvidencePanel(
        evidence: evidence, name: name, charset: desk.settings.charset,
        scroll: part == focus ? scroll : 0, isFocused: part == focus)
    }
  }

  /// Where the parts lie in the body of the screen, and below them what the rating gains, with its lines:
  /// for drawing and for keys alike.
  private func parts(
    _ desk: Desk, in body: Rect
  ) -> (layout: ExplainLayout, low: Rect, effect: [[Span]]) {
    let effect = desk.shown.explainingEffect(columns: body.size.columns - 2)
    let (parts, low) = body.splitTop(body.size.rows - min(2, effect.count))
    let large = isZoomed ? (focus == .items ? ExplainLayout.Part.reasons : focus) : nil
    return (ExplainLayout(parts, large: large), low, effect)
  }

  /// The focus and what is scrolled away of it; of a part that has lost its room the items have the focus.
  private func held(_ layout: ExplainLayout) -> (focus: ExplainLayout.Part, scroll: Int) {
    isZoomed || layout.area(of: focus) != nil ? (focus, scroll) : (.items, 0)
  }

  private func waitingWords(_ desk: Desk) -> String {
    guard let question = desk.run.snapshot.question, question.total > 0 else {
      return "being looked up …"
    }
    return "\(question.title): \(percent(question.share)) …"
  }

  private func drawNothing(_ desk: Desk, in body: Rect, on canvas: inout Canvas) {
    let words: [String]
    if isEmpty(desk) {
      words = [
        "These data name no user and no item, so that there is nobody to explain an item to.",
        "A schema names them by `interactions: {user: COLUMN, item: COLUMN}`;",
        "`mtl-tui data generate --preset reviews --out DIR` makes data that have both.",
        desk.run.elsewhere(than: nil),
      ]
    } else {
      words = [
        desk.run.isPaused
          ? "P goes on, . takes one step." : "The first items come with the next numbers."
      ]
    }
    canvas.drawEmpty(words, title: [Span("why", .title)], in: body)
  }
}

// MARK: - Actions

extension ExplainScreen {
  static let actions: [ScreenAction<Self>] = [
    ScreenAction(
      name: "next user", keys: keys("]"), hint: "next user",
      summary: "next user", whyNot: whyNotPairs
    ) { screen, desk, _ in
      screen.moveUser(by: 1, desk)
      return []
    },
    ScreenAction(
      name: "previous user", keys: keys("["), summary: "previous user",
      whyNot: whyNotPairs
    ) { screen, desk, _ in
      screen.moveUser(by: -1, desk)
      return []
    },
    ScreenAction(
      name: "user", form: "[WORD…]", keys: keys("U"), hint: "user", summary: "type a user's name",
      whyNot: whyNotPairs
    ) { screen, desk, invocation in
      guard let name = typed(invocation, "user", &desk) else { return [] }
      screen.show(.named(name))
      return []
    },
    ScreenAction(
      name: "item", form: "[WORD…]", keys: keys("i"), hint: "item", summary: "type an item's name",
      whyNot: whyNotPairs
    ) { screen, desk, invocation in
      guard let name = typed(invocation, "item", &desk) else { return [] }
      screen.pin(ItemPin(item: name, isPicked: true))
      screen.scroll = 0
      return []
    },
    ScreenAction(
      name: "pin item", keys: keys("p"), hint: "pin",
      hintNow: { screen, _ in screen.pin == nil ? nil : "let go" },
      summary: "keep item, or let it go", whyNot: whyNotPairs
    ) { screen, desk, _ in
      screen.togglePin(&desk)
      return []
    },
    ScreenAction(
      name: "explain again", keys: keys("T"), hint: "anew",
      summary: "with the numbers of now", whyNot: whyNotPairs
    ) { screen, desk, _ in
      screen.wish.asking += 1
      desk.say("items and reasons are looked up with the parameters of now")
      return []
    },
  ]

  private static let whyNotPairs: @Sendable (Self, Desk) -> String? = { screen, desk in
    if desk.run.description == nil { return "the data are still being read" }
    return screen.isEmpty(desk) ? "these data name no user and no item" : nil
  }

  /// The name that was typed; without one asks for it.
  private static func typed(
    _ invocation: Action.Invocation, _ kind: String, _ desk: inout Desk
  ) -> String? {
    if let words = invocation.words, !words.isEmpty { return words.joined(separator: " ") }
    var prompt = Prompt(
      asked: AskedAction(action: kind), title: "\(kind): ", editor: LineEditor())
    prompt.keepsBlanks = true
    desk.mode = .prompt(prompt)
    return nil
  }

  /// Goes to another user, and to the first after the last.
  private mutating func moveUser(by places: Int, _ desk: Desk) {
    let count = max(1, desk.run.description?.pairs?.users ?? 1)
    let place: Int =
      switch wish.user {
      case .place(let place): place
      case .named: view(desk)?.user?.place ?? 0
      }
    show(.place(((place + places) % count + count) % count))
  }

  /// Shows a user, and first of all what comes first.
  private mutating func show(_ user: ExplanationWish.User) {
    wish.user = user
    letGo()
    scroll = 0
  }

  /// Begins to read anew at the first line.
  mutating func scrollToTop() { scroll = 0 }

  /// Scrolls the part that has the focus, as far as it has lines.
  private mutating func scroll(by lines: Int, _ desk: Desk) {
    guard let view = view(desk) else { return }
    let layout = parts(desk, in: desk.body).layout
    let part = isZoomed && focus == .items ? .reasons : focus
    guard let area = layout.area(of: part) else { return }
    let columns = area.size.columns - 4
    let count =
      part == .reasons
      ? reasons(view, layout, desk).lines(columns: columns).count
      : evidence(part, view, desk)?.lines(columns: columns, withCounts: true).count ?? 0
    scroll = max(0, min(count - 1, scroll + lines))
  }
}
