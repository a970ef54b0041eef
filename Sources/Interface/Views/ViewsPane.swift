import Runs
import Terminal

/// What a model shows of itself about one subject, and which of it is selected.
///
/// The screens of views are made of one each.
struct ViewsPane: Sendable {
  let subject: ModelView.Subject
  /// The selected view.
  private var selected = 0
  /// Whether the selected view has the whole screen; keys then scroll it.
  private var isZoomed = false
  private var scroll = ViewScroll()
  /// Only views whose titles contain it are listed.
  private(set) var filter = ""

  /// Lines at most of what is said about the selected view.
  private static let mostNoteLines = 3
  /// Columns that a title in the line of titles has at least.
  private static let leastTitle = 16

  init(of subject: ModelView.Subject) { self.subject = subject }

  /// What the engine must fill in.
  var wanted: WantedViews {
    var wanted = WantedViews()
    wanted.subjects = [subject]
    return wanted
  }

  /// The actions for the row of hints, where there is something to see.
  func hints(_ desk: Desk) -> [String] {
    views(desk).isEmpty ? [] : ["next pane", "full screen"]
  }

  /// Lists only the views whose titles contain a text.
  mutating func setFilter(_ text: String) {
    (filter, selected, scroll) = (text, 0, ViewScroll())
  }

  /// The views that pass the filter.
  private func views(_ desk: Desk) -> [ModelView] {
    all(desk).filter { $0.title.passes(filter) }
  }

  /// The views of the subject, newest first known.
  private func all(_ desk: Desk) -> [ModelView] {
    let views = desk.shown.snapshot.views.filter { $0.subject == subject }
    // A frozen display has none of a screen that was not shown when it was frozen.
    return views.isEmpty ? desk.run.snapshot.views.filter { $0.subject == subject } : views
  }
}

// MARK: - Files

extension ViewsPane {
  /// The selected view.
  func files(_ desk: Desk) -> [ExportedFile] {
    let views = views(desk)
    guard !views.isEmpty else { return [] }
    let ink = ViewInk(charset: desk.settings.charset, tasks: desk.shown.taskNames)
    return views[max(0, min(selected, views.count - 1))].files(ink)
  }
}

// MARK: - Moving

extension ViewsPane {
  mutating func move(_ move: Move, _ desk: Desk) {
    switch move {
    case .down, .bottom: moveView(move.lines ?? 0, isDown: true, desk)
    case .right(let columns): moveView(columns, isDown: false, desk)
    case .pane(let step): select(by: step, desk)
    case .large:
      isZoomed.toggle()
      scroll = ViewScroll()
    case .back: isZoomed = false
    }
  }

  /// Goes to another view, and around at the end.
  private mutating func select(by step: Int, _ desk: Desk) {
    let count = views(desk).count
    guard count > 0 else { return }
    selected = ((min(selected, count - 1) + step) % count + count) % count
    scroll = ViewScroll()
  }

  /// Goes to another view; scrolls one that is large.
  private mutating func moveView(_ lines: Int, isDown: Bool, _ desk: Desk) {
    let views = views(desk)
    guard !views.isEmpty else { return }
    let last = views.count - 1
    let extent = views[max(0, min(selected, last))].extent
    let isScrolled = isZoomed || views.count == 1
    if isScrolled, isDown {
      scroll.row = max(0, min(extent.rows - 1, scroll.row + lines))
    } else if isScrolled {
      scroll.column = max(0, min(extent.columns - 1, scroll.column + lines))
    } else {
      let step = isDown && isGrid(views, desk.size) ? 2 * lines : lines
      selected = max(0, min(last, min(selected, last) + step))
      scroll = ViewScroll()
    }
  }

  /// Whether views lie beside each other, so that down is two further.
  private func isGrid(_ views: [ModelView], _ size: Size) -> Bool {
    let body = Rect(row: 1, column: 0, rows: size.rows - 5, columns: size.columns)
    let layout = ViewsLayout(body: body, views: views, selected: 0, isZoomed: false)
    return layout.list == nil && layout.strip == nil && layout.areas.count > 1
  }
}

// MARK: - Drawing

extension ViewsPane {
  /// Draws the views; where there are none, these paragraphs under a title.
  func draw(
    _ desk: Desk, in body: Rect, empty: (title: String, words: [String]),
    on canvas: inout Canvas
  ) {
    let views = views(desk)
    guard !views.isEmpty else {
      let none = (empty.title, ["No title contains '\(filter)'. Esc shows every view."])
      return draw(filter.isEmpty ? empty : none, in: body, on: &canvas)
    }
    let selected = max(0, min(selected, views.count - 1))
    let notes = wrapped(
      views[selected].note, columns: body.size.columns - 2, lines: Self.mostNoteLines)
    let (top, bottom) = body.splitTop(body.size.rows - notes.count)
    let layout = ViewsLayout(body: top, views: views, selected: selected, isZoomed: isZoomed)
    if let list = layout.list { drawList(views, selected, in: list, on: &canvas) }
    if let strip = layout.strip { drawStrip(views, selected, in: strip, on: &canvas) }
    for (index, area) in layout.areas {
      let isSelected = index == selected
      let ink = ViewInk(
        charset: desk.settings.charset, tasks: desk.shown.taskNames,
        scroll: isSelected ? scroll : ViewScroll())
      views[index].draw(in: area, ink: ink, isFocused: isSelected, on: &canvas)
    }
    for (line, note) in notes.enumerated() {
      canvas.write(
        note, row: bottom.row + line, column: bottom.column + 1, style: .dim,
        limit: bottom.size.columns - 2)
    }
  }

  private func drawList(
    _ views: [ModelView], _ selected: Int, in area: Rect, on canvas: inout Canvas
  ) {
    let inner = canvas.frame(area, title: [Span("views \(views.count)", .title)])
    let list = ListWindow(count: views.count, selected: selected, rows: inner.size.rows)
    for (line, index) in list.places.enumerated() {
      let isSelected = index == selected
      canvas.write(
        [
          Span(isSelected ? "> " : "  ", .hint),
          Span(views[index].title, style: isSelected ? .bold : .plain),
        ], row: inner.row + line, column: inner.column + 1, limit: inner.size.columns - 2)
    }
    list.drawMore(in: area, on: &canvas)
  }

  /// Titles in a line, from such a one that the selected one is seen.
  private func drawStrip(
    _ views: [ModelView], _ selected: Int, in area: Rect, on canvas: inout Canvas
  ) {
    let count = "\(selected + 1)/\(views.count) "
    let room = area.size.columns - columnsTaken(by: count) - 3
    // Two titles are whole, if they are no longer than half of the line: what stands before the selected
    // one leaves it that much.
    let most = max(Self.leastTitle, room / 2 - 4)
    let widths = views.map { min(most, columnsTaken(by: $0.title)) + 3 }
    var first = selected
    var used = widths[selected]
    while first > 0, used + widths[first - 1] <= room * 2 / 3 {
      first -= 1
      used += widths[first]
    }
    var spans = [Span(count, .dim), Span(first > 0 ? "‹" : " ", .hint)]
    var left = room
    for index in first..<views.count {
      let whole = columnsTaken(by: views[index].title)
      guard min(whole, Self.leastTitle) + 3 <= left || index == first else {
        spans.append(Span("›", .hint))
        break
      }
      let title = fit(views[index].title, into: index < selected ? most : left - 3)
      spans.append(
        index == selected
          ? Span("[\(title)] ", style: Style(.title, bold: true)) : Span(" \(title)  ", .dim))
      left -= columnsTaken(by: title) + 3
    }
    canvas.write(spans, row: area.row, column: area.column + 1, limit: area.size.columns - 2)
  }

  private func draw(
    _ empty: (title: String, words: [String]), in body: Rect, on canvas: inout Canvas
  ) {
    canvas.drawEmpty(empty.words, title: [Span(empty.title, .title)], in: body)
  }
}
