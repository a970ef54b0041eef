import Runs
import Terminal

// The frame around every screen: tabs, body, hints, status; less of it the smaller the terminal.
extension App {
  func draw(on canvas: inout Canvas) {
    let size = canvas.size
    guard size.rows > 0, size.columns > 0 else { return }
    if size.rows < 3 || size.columns < 20 {
      drawStatus(row: size.rows - 1, on: &canvas)
    } else if size.rows < 16 || size.columns < 60 {
      drawThreeLines(on: &canvas)
    } else {
      drawScreen(on: &canvas)
    }
  }

  private func drawScreen(on canvas: inout Canvas) {
    let size = canvas.size
    drawTabs(on: &canvas)
    var top = 1
    if let found = run.divergence {
      drawBanner(found, row: top, on: &canvas)
      top += 1
    }
    let showsTour =
      memory.tour.isShown && settings.showsTour && run.isUnderWay && run.divergence == nil
      && size.rows >= 24
    let bottom = size.rows - (showsTour ? 3 : 2)
    if showsTour { drawTour(row: bottom, on: &canvas) }
    let body = Rect(row: top, column: 0, rows: bottom - top, columns: size.columns)
    drawBody(in: body, on: &canvas)
    drawHints(row: size.rows - 2, on: &canvas)
    drawStatus(row: size.rows - 1, on: &canvas)
  }

  private func drawBody(in body: Rect, on canvas: inout Canvas) {
    if (run.description == nil || run.isLoading) && screen.needsData {
      LoadingPanel(run: run, charset: settings.charset).draw(in: body, on: &canvas)
    } else {
      switch screen {
      case .dashboard: drawDashboard(in: body, on: &canvas)
      case .gates: drawGates(in: body, on: &canvas)
      case .masks: drawViews(of: .masks, in: body, on: &canvas)
      case .inspect: drawViews(of: .model, in: body, on: &canvas)
      case .tasks where tasks.showsFacts: drawFacts(in: body, on: &canvas)
      case .tasks: drawTasks(in: body, on: &canvas)
      case .models: drawModels(in: body, on: &canvas)
      case .runs: drawRuns(in: body, on: &canvas)
      }
    }
    switch mode {
    case .help(let panel): panel.draw(in: body, screen: screen, on: &canvas)
    case .question(let question): question.draw(in: body, on: &canvas)
    case .choice(let choice): choice.draw(in: body, on: &canvas)
    case .normal, .command, .prompt: break
    }
  }

  private func drawTabs(on canvas: inout Canvas) {
    let columns = canvas.size.columns
    let labels = tabLabels(columns: columns)
    let gap = columns < 100 ? 1 : 2
    // Room for the longest title of all, so that nothing moves when another screen is shown.
    let spare = labels.spare
    let width = labels.texts.reduce(0) { $0 + $1.count + gap } - gap + spare
    let start = max(0, columns - width - 3)
    var column = start + 1
    for (name, label) in zip(ScreenName.allCases, labels.texts) {
      if name == screen {
        canvas.write(
          "[\(label)]", row: 0, column: column - 1, style: Style(.title, bold: true))
      } else {
        canvas.write(label, row: 0, column: column, style: .dim)
      }
      column += label.count + gap
    }
    var name = [Span("mtl", style: Style(.title, bold: true))]
    if let run = run.description {
      name.append(Span(" \(run.modelTitle)", style: .bold))
      name.append(Span(" · \(run.data)", .dim))
    }
    canvas.write(name, row: 0, column: 1, limit: start - 2)
  }

  /// The titles of the screens: whole, cut short but for the one that is shown, or digits alone.
  private func tabLabels(columns: Int) -> (texts: [String], spare: Int) {
    let texts = ScreenName.allCases.map { name in
      let isWhole = columns >= 100 || name == screen
      let title = columns >= 100 ? name.title : name.shortTitle
      let kept = isWhole ? title : columns >= 76 ? String(title.prefix(4)) : ""
      return kept.isEmpty ? "\(name.rawValue)" : "\(name.rawValue) \(kept)"
    }
    guard columns < 100 else { return (texts, 0) }
    let longest = ScreenName.allCases.map(\.shortTitle.count).max() ?? 0
    return (texts, longest - screen.shortTitle.count)
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
    for step in Tour.Step.allCases {
      let isDone = memory.tour.done.contains(step)
      spans.append(Span(isDone ? " ✓ " : " · ", isDone ? .good : .dim))
      spans.append(Span(step.text.key, style: Style(isDone ? .dim : .hint, bold: !isDone)))
      spans.append(Span(" " + step.text.words, isDone ? .dim : .plain))
    }
    canvas.write(spans, row: row, column: 1, limit: canvas.size.columns - 2)
  }

  /// Under 60×16: what is going on, the newest losses, and how to see more.
  private func drawThreeLines(on canvas: inout Canvas) {
    let columns = canvas.size.columns
    if case .question(let question) = mode {
      canvas.write(question.title, row: 0, column: 0, style: .bold, limit: columns)
      canvas.write("y \(question.yes), Esc no", row: 1, column: 0, limit: columns)
      return drawStatus(row: canvas.size.rows - 1, on: &canvas)
    }
    drawStatus(row: 0, on: &canvas)
    var losses: [Span] = []
    for (index, task) in shown.snapshot.tasks.enumerated() {
      losses.append(Span("\(seriesGlyph(index)) ", .series(index)))
      losses.append(Span("\(task.name) \(task.isOn ? lossText(task.smoothedLoss) : "off")  "))
    }
    canvas.write(losses, row: 1, column: 0, limit: columns)
    if isTyping {
      drawHints(row: 2, on: &canvas)
    } else {
      canvas.write("enlarge to 60×16; q quits", row: 2, column: 0, style: .dim, limit: columns)
    }
  }

  /// Whether a line is being typed in place of the hints.
  var isTyping: Bool {
    switch mode {
    case .command, .prompt: true
    default: false
    }
  }
}
