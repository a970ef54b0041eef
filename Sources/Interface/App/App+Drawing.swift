import Runs
import Terminal

// The frame around every screen: tabs, body, hints, status; less of it the smaller the terminal.
extension App {
  func draw(on canvas: inout Canvas) {
    let size = canvas.size
    guard size.rows > 0, size.columns > 0 else { return }
    if size.rows < 3 || size.columns < 20 {
      statusLine.draw(row: size.rows - 1, on: &canvas)
    } else if !Self.hasRoom(size) {
      drawThreeLines(on: &canvas)
    } else {
      drawScreen(on: &canvas)
    }
  }

  /// The charts that ``drawScreen(on:)`` is about to draw.
  func charts(in size: Size) -> [PlacedChart] {
    guard Self.hasRoom(size), !isWaiting else { return [] }
    return screen.charts(desk, in: body(of: size))
  }

  /// Whether there is room for more than three lines.
  private static func hasRoom(_ size: Size) -> Bool { size.rows >= 16 && size.columns >= 60 }

  private func drawScreen(on canvas: inout Canvas) {
    let size = canvas.size
    tabRow.draw(on: &canvas)
    if let found = desk.run.divergence { drawBanner(found, row: 1, on: &canvas) }
    let body = body(of: size)
    if desk.showsTour(size) { drawTour(row: body.row + body.size.rows, on: &canvas) }
    drawBody(in: body, on: &canvas)
    hintRow.draw(row: size.rows - 2, on: &canvas)
    statusLine.draw(row: size.rows - 1, on: &canvas)
  }

  /// What tabs, banner, tour, hints and status leave to the screen.
  func body(of size: Size) -> Rect { desk.body(of: size) }

  var tabRow: TabRow {
    TabRow(
      screens: screens,
      listed: screens.indices.filter { $0 == shown || screens[$0].isListed(desk) },
      empty: Set(screens.indices.filter { screens[$0].isEmpty(desk) }),
      shown: shown, run: desk.run,
      attached: desk.settings.attachment.map {
        AttachedRun(attachment: $0, run: desk.settings.attachedRun ?? "a run")
      })
  }

  /// Whether the screen has nothing to show until the data are read.
  private var isWaiting: Bool {
    (desk.run.description == nil || desk.run.isLoading) && screen.needsData
  }

  /// What can be done until then.
  private var waitingHints: [(String, String)] {
    let models =
      screens.firstIndex { !$0.needsData }.map { [("\($0 + 1)", screens[$0].name)] } ?? []
    return [("1-\(screens.count)", "screens")] + models + hints(of: ["command", "q", "help"])
  }

  private func drawBody(in body: Rect, on canvas: inout Canvas) {
    if isWaiting {
      LoadingPanel(run: desk.run, charset: desk.settings.charset).draw(in: body, on: &canvas)
    } else {
      screen.draw(desk, in: body, on: &canvas)
    }
    switch desk.mode {
    case .help(let panel): panel.draw(helpLines(of: panel), in: body, on: &canvas)
    case .question(let question): question.draw(in: body, on: &canvas)
    case .choice(let choice): choice.draw(in: body, on: &canvas)
    case .normal, .command, .prompt, .filter: break
    }
  }

  private func drawBanner(_ found: Divergence, row: Int, on canvas: inout Canvas) {
    let style = Style(.error, bold: true, reversed: true)
    canvas.fill(Rect(row: row, column: 0, rows: 1, columns: canvas.size.columns), style: style)
    canvas.write(
      " ✖ DIVERGED  \(found.task)  loss \(found.lossInWords) at step \(grouped(found.step)), \(found.place)"
        + " · try :lr x0.1, then P",
      row: row, column: 0, style: style, limit: canvas.size.columns)
  }

  private func drawTour(row: Int, on canvas: inout Canvas) {
    var spans = [Span("first steps", style: Style(.title, bold: true))]
    for step in desk.tour.steps(of: desk.run) {
      let isDone = desk.tour.done.contains(step)
      spans.append(Span(isDone ? " ✓ " : " · ", isDone ? .good : .dim))
      spans.append(Span(step.text.key, style: Style(isDone ? .dim : .hint, bold: !isDone)))
      spans.append(Span(" " + step.text.words, isDone ? .dim : .plain))
    }
    canvas.write(spans, row: row, column: 1, limit: canvas.size.columns - 2)
  }

  /// Under 60×16: what is going on, the newest losses, and how to see more.
  private func drawThreeLines(on canvas: inout Canvas) {
    let columns = canvas.size.columns
    if case .question(let question) = desk.mode {
      canvas.write(question.title, row: 0, column: 0, style: .bold, limit: columns)
      canvas.write("y \(question.yes), Esc no", row: 1, column: 0, limit: columns)
      return statusLine.draw(row: canvas.size.rows - 1, on: &canvas)
    }
    statusLine.draw(row: 0, on: &canvas)
    let losses = desk.shown.snapshot.tasks.indices.map(lossSpans)
    // A task a line, where that hides none.
    let lines = losses.count + 2 <= canvas.size.rows ? losses : [losses.flatMap { $0 }]
    for (line, spans) in lines.enumerated() {
      canvas.write(spans, row: 1 + line, column: 0, limit: columns)
    }
    let last = min(canvas.size.rows - 1, 1 + max(1, lines.count))
    switch desk.mode {
    case .command, .prompt, .filter: hintRow.draw(row: last, on: &canvas)
    default:
      canvas.write("enlarge to 60×16; q quits", row: last, column: 0, style: .dim, limit: columns)
    }
  }

  /// `● click 0.4812`.
  private func lossSpans(of task: Int) -> [Span] {
    let numbers = desk.shown.snapshot.tasks[task]
    let loss = desk.shown.shownLoss(of: task, smoothing: desk.charts.smoothing)
    let words = loss.map { desk.shown.lossWords($0, of: task) } ?? "-"
    return [
      Span("\(seriesGlyph(task)) ", .series(task)),
      Span("\(numbers.name) \(numbers.isOn ? words : "off")  "),
    ]
  }
}

// MARK: - What the panels draw

extension App {
  private var statusLine: StatusLine {
    var complaint: String?
    if case .prompt(let prompt) = desk.mode { complaint = prompt.complaint }
    let isScreen = keyInput.count.map { screens.indices.contains($0 - 1) } ?? true
    return StatusLine(
      run: desk.run, frozen: desk.frozen, control: desk.control, complaint: complaint,
      count: isScreen ? nil : keyInput.count, chord: keyInput.chord.first,
      filter: screen.filter(desk) ?? "", charset: desk.settings.charset)
  }

  private var hintRow: HintRow {
    switch desk.mode {
    case .normal: .hints(isWaiting ? waitingHints : hints(of: screen.hints(desk)))
    case .help: .hints([("type", "to search"), ("↑↓", "scroll"), ("Esc", "close")])
    case .question(let question): .hints([("y", question.yes), ("Esc", "no")])
    case .choice:
      .hints([("type", "to filter"), ("↑↓", "move"), ("Enter", "choose"), ("Esc", "close")])
    case .prompt(let prompt): .line(prompt.title, prompt.editor)
    case .filter(let editor): .line("filter: ", editor)
    case .command(let line):
      .command(
        line,
        CandidateList(
          candidates: line.candidates.isEmpty
            ? completions(of: line.editor.text) : line.candidates,
          chosen: line.chosen, usage: usage(of: line.editor.text)))
    }
  }

  /// Key and words of actions that can be done just now; words that say what the key does just now.
  private func hints(of names: [String]) -> [(String, String)] {
    names.compactMap { name in
      guard let action = keymap.action(named: name, on: shown), let hint = action.hint,
        let key = action.keys.first, action.whyNot(self) == nil
      else { return nil }
      return (key.map(\.name).joined(), action.hintNow(self) ?? hint)
    }
  }

  /// What help lists on the screen that is shown.
  func helpLines(of panel: HelpPanel) -> [HelpPanel.Line] {
    panel.lines(
      of: keymap.actions, here: keymap.actions(on: shown), screen: screen.title,
      screens: screens.map(\.title), signs: screen.legend(desk))
  }
}
