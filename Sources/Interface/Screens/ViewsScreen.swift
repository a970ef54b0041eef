import Runs
import Terminal

/// What is selected on a screen of views.
struct ViewsState: Sendable {
  /// The selected view.
  var selected = 0
  /// Whether the selected view has the whole screen; keys then scroll it.
  var isZoomed = false
  var scroll = ViewScroll()
  /// The selected dial.
  var dial = 0
}

// What a model shows of itself: the masks, and all else.
extension App {
  /// The subject of the screen that is shown, if it is one of views.
  var shownSubject: ModelView.Subject? {
    switch screen {
    case .masks: .masks
    case .inspect: .model
    default: nil
    }
  }

  /// The views of a subject, newest first known.
  func views(of subject: ModelView.Subject) -> [ModelView] {
    let views = shown.snapshot.views.filter { $0.subject == subject }
    // A frozen display has none of a screen that was not shown when it was frozen.
    return views.isEmpty ? run.snapshot.views.filter { $0.subject == subject } : views
  }

  func drawViews(of subject: ModelView.Subject, in body: Rect, on canvas: inout Canvas) {
    let views = views(of: subject)
    let hasDials = subject == .model && !dials.isEmpty
    let (body, below) = body.splitTop(body.size.rows - (hasDials ? 1 : 0))
    if hasDials { drawDials(in: below, on: &canvas) }
    guard !views.isEmpty else { return drawNoViews(of: subject, in: body, on: &canvas) }
    let state = viewStates[subject] ?? ViewsState()
    let selected = max(0, min(state.selected, views.count - 1))
    let notes = wrapped(views[selected].note, columns: body.size.columns - 2, lines: 2)
    let (top, bottom) = body.splitTop(body.size.rows - notes.count)
    let layout = ViewsLayout(
      body: top, views: views, selected: selected, isZoomed: state.isZoomed)
    if let list = layout.list { drawList(views, selected, in: list, on: &canvas) }
    if let strip = layout.strip { drawStrip(views, selected, in: strip, on: &canvas) }
    for (place, area) in layout.areas {
      let isSelected = place == selected
      let ink = ViewInk(
        charset: settings.charset, tasks: shown.taskNames,
        scroll: isSelected ? state.scroll : ViewScroll())
      views[place].draw(in: area, ink: ink, isFocused: isSelected, on: &canvas)
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
    for (line, place) in list.places.enumerated() {
      let isSelected = place == selected
      canvas.write(
        [
          Span(isSelected ? "> " : "  ", .hint),
          Span(views[place].title, style: isSelected ? .bold : .plain),
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
    let widths = views.map { min(24, columnsTaken(by: $0.title)) + 3 }
    var first = selected
    var used = widths[selected]
    while first > 0, used + widths[first - 1] <= room * 2 / 3 {
      first -= 1
      used += widths[first]
    }
    var spans = [Span(count, .dim), Span(first > 0 ? "‹" : " ", .hint)]
    used = 0
    for place in first..<views.count {
      guard used + widths[place] <= room || place == first else {
        spans.append(Span("›", .hint))
        break
      }
      let title = fit(views[place].title, into: 24)
      spans.append(
        place == selected
          ? Span("[\(title)] ", style: Style(.title, bold: true)) : Span(" \(title)  ", .dim))
      used += widths[place]
    }
    canvas.write(spans, row: area.row, column: area.column + 1, limit: area.size.columns - 2)
  }

  // MARK: Nothing to show

  private func drawNoViews(
    of subject: ModelView.Subject, in body: Rect, on canvas: inout Canvas
  ) {
    let inner = canvas.frame(body, title: [Span(subject.words.title, .title)], isFocused: true)
    var row = inner.row + 1
    for (place, text) in emptyWords(of: subject).enumerated() {
      for line in wrapped(text, columns: inner.size.columns - 4, lines: 4)
      where row < inner.row + inner.size.rows {
        canvas.write(
          line, row: row, column: inner.column + 2, style: place == 0 ? .plain : .dim,
          limit: inner.size.columns - 3)
        row += 1
      }
    }
  }

  private func emptyWords(of subject: ModelView.Subject) -> [String] {
    let name = run.description?.modelTitle ?? "This model"
    if run.description?.subjects.contains(subject) == true {
      let next = run.isPaused ? "P goes on, . takes one step." : "They come with the next numbers."
      return ["\(name) has \(subject.words.what) to show.", next]
    }
    if subject == .model, whyNotDials == nil {
      return [
        "\(name) has dials, in the line below: + and - turn one, ] selects the next, e types it.",
        "It declares nothing else to show here. 3 shows masks, 2 gates; 1 goes back to the curves.",
      ]
    }
    return [
      "\(name) has nothing to show here.",
      "This screen shows \(subject.words.what), where a model declares them.",
      subject == .masks
        ? "4 shows what else it has inside; 2 shows its gates; 1 goes back to the curves."
        : "3 shows its masks, 2 its gates; 1 goes back to the curves.",
    ]
  }
}

extension ModelView.Subject {
  /// The title of an empty screen, and what would be on it.
  fileprivate var words: (title: String, what: String) {
    switch self {
    case .masks:
      ("masks", "which weights serve which task: masks, their density and their overlap")
    case .model:
      ("inside the model", "what a system has beyond its gates: matrices, attention, curves")
    }
  }
}
