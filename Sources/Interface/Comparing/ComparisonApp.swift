public import Runs
public import Terminal

/// A comparison as a value: a line a model, one of them in detail, and what goes on just now.
public struct ComparisonApp: Sendable {
  private(set) var table: ComparisonTable?
  /// What goes on just now, in a line.
  private(set) var line = "getting ready"
  private(set) var selected = 0
  private(set) var firstTask = 0
  private(set) var isOpen = false
  /// Whether leaving has been asked for once while runs go on.
  private(set) var asksToLeave = false
  /// Whether nothing more will come.
  public private(set) var isEnded = false
  /// Whether a person left.
  public private(set) var isLeft = false
  private let charset: Charset

  /// A comparison of which nothing is known yet.
  public init(charset: Charset = .braille) { self.charset = charset }

  /// Takes in what happened.
  public mutating func take(_ event: CompareEvent) {
    switch event {
    case .loading(let share, let what): line = "\(percent(share)) \(what)"
    case .planned(let runs, let found):
      line = counted(runs, "run") + (found > 0 ? ", \(found) of them done before" : "")
    case .notice(let text): line = text
    case .began(let place): line = "\(place.line)  preparing"
    case .progress(let place, let snapshot, let left):
      let total = snapshot.totalSteps > 0 ? "/\(grouped(snapshot.totalSteps))" : ""
      let eta = left.map { "  ETA \(clock($0))" } ?? ""
      line = "\(place.line)  step \(grouped(snapshot.step))\(total)\(eta)"
    case .ended(let place, let run):
      line = "\(place.line)  ended after \(clock(run.seconds))"
    case .table(let newest): table = newest
    case .run: break
    }
  }

  /// Nothing more will come; the table is that of the end, or there is a reason for none.
  public mutating func end(_ newest: ComparisonTable?, _ reason: String? = nil) {
    table = newest ?? table
    isEnded = true
    asksToLeave = false
    line = reason ?? (table?.isComplete == true ? "every run is done" : "stopped")
  }

  /// Does what a key asks for.
  public mutating func handle(_ key: Key) {
    let isLeaving = key == .character("q") || key == .control("c") || key == .character("Q")
    defer { if !isLeaving { asksToLeave = false } }
    switch key {
    case .character("j"), .down: selected += 1
    case .character("k"), .up: selected -= 1
    case .character("g"), .home: selected = 0
    case .character("G"), .end: selected = .max / 2
    case .character("l"), .right: firstTask += 1
    case .character("h"), .left: firstTask -= 1
    case .enter, .character("z"):
      isOpen.toggle()
      firstTask = 0
    case .escape: isOpen = false
    default: break
    }
    selected = max(0, min(selected, (table?.rows.count ?? 1) - 1))
    let columns = isOpen ? Self.columns.count - 1 : table?.tasks.count ?? 1
    firstTask = max(0, min(firstTask, columns - 1))
    if isLeaving {
      isLeft = isEnded || asksToLeave || key == .character("Q")
      asksToLeave = true
    }
  }
}

extension ComparedPlace {
  /// `3/11 MMoE seed 2`.
  fileprivate var line: String {
    "\(number)/\(count) \(title)" + (seed.map { " seed \($0)" } ?? "")
  }
}

// MARK: - Drawing

extension ComparisonApp {
  /// Draws the newest frame.
  public func view(_ size: Size) -> Canvas {
    var canvas = Canvas(rows: size.rows, columns: size.columns)
    var name = [Span("mtl", style: Style(.title, bold: true)), Span(" compare", style: .bold)]
    if let table {
      name.append(Span(" · \(table.data)", .dim))
      name.append(Span("  \(counted(table.seeds.count, "seed"))", .dim))
    }
    canvas.write(name, row: 0, column: 1, limit: size.columns - 2)
    let body = Rect(row: 1, column: 0, rows: size.rows - 3, columns: size.columns)
    if let table, !table.rows.isEmpty {
      draw(table, in: body, on: &canvas)
    } else {
      let inner = canvas.frame(body, title: [Span("models", .title)], isFocused: true)
      canvas.drawNothing("The table comes with the first run that ends.", in: inner)
    }
    drawFooter(size, on: &canvas)
    if charset == .ascii { canvas.makeASCII() }
    return canvas
  }

  private func drawFooter(_ size: Size, on canvas: inout Canvas) {
    let keys = [
      ("j k", "model"), ("h l", isOpen ? "column" : "task"), ("Enter", isOpen ? "close" : "open"),
      ("q", "leave"),
    ]
    let hints = keys.flatMap { key, words in
      [Span(key, style: Style(.hint, bold: true)), Span(" \(words)  ", .dim)]
    }
    canvas.write(hints, row: size.rows - 2, column: 1, limit: size.columns - 2)
    let state = isEnded ? Span("■ DONE", .good) : Span("● RUNS", .good)
    let words =
      asksToLeave && !isEnded
      ? Span("q again stops; the same command goes on where this one ended", .warning)
      : Span(line, .status)
    canvas.write(
      [state, Span("  "), words], row: size.rows - 1, column: 1, limit: size.columns - 2)
  }

  private func draw(_ table: ComparisonTable, in body: Rect, on canvas: inout Canvas) {
    let row = table.rows[max(0, min(selected, table.rows.count - 1))]
    if isOpen { return drawDetails(of: row, table, in: body, on: &canvas) }
    let details = table.tasks.count + 4
    let isTall = body.size.rows >= details + 8
    let (top, bottom) = body.splitTop(isTall ? body.size.rows - details : body.size.rows)
    let words = table.reference.map { "  test scores; gains over \($0), marked =" } ?? ""
    let title = [Span("models \(table.rows.count)", .title), Span(words, .dim)]
    let inner = canvas.frame(top, title: title, isFocused: true)
    let baseline = table.rows.firstIndex { $0.model == table.reference } ?? -1
    RunTable(
      rows: table.rows.map { RunRow($0, tasks: table.tasks) }, selected: selected,
      baseline: baseline, firstTask: firstTask
    ).draw(in: inner, frame: top, on: &canvas)
    if isTall { drawDetails(of: row, table, in: bottom, on: &canvas) }
  }

  /// Every number of a model: mean, deviation, gain, test, and the score of each seed.
  private func drawDetails(
    of row: ComparisonRow, _ table: ComparisonTable, in area: Rect, on canvas: inout Canvas
  ) {
    let shown = RunRow(row, tasks: table.tasks)
    let about = [shown.state, shown.options].filter { !$0.isEmpty }.map { "  " + $0 }.joined()
    let title = [Span(row.title, .title), Span(about, .dim)]
    let inner = canvas.frame(area, title: title, isFocused: isOpen)
    switch row.status {
    case .unfit(let reason), .failed(let reason):
      let lines = wrapped(reason, columns: inner.size.columns - 2, lines: inner.size.rows)
      for (line, text) in lines.enumerated() {
        canvas.write(text, row: inner.row + line, column: inner.column + 1, style: Style(.warning))
      }
    case .waiting, .running, .done:
      let rows = zip(table.tasks, row.cells).map { task, cell in Self.cells(task, cell) }
      let numbers = ModelView.Table(
        columns: Self.columns, rows: rows)
      let tasks = table.tasks.map { "\($0.name) \($0.score)" }
      let scroll = ViewScroll(row: 0, column: isOpen ? firstTask : 0)
      TablePanel(table: numbers, ink: ViewInk(charset: charset, tasks: tasks, scroll: scroll))
        .draw(in: inner, frame: area, on: &canvas)
    }
  }

  private static let columns = ["task", "mean", "±", "gain", "p (Holm)", "of bound", "by seed"]

  private static func cells(_ task: ComparedTask, _ cell: ComparisonCell) -> [String] {
    [
      "\(task.name) \(task.score)", scoreText(cell.mean),
      cell.deviation.map(scoreText) ?? "-",
      cell.gain.map(signed) ?? "-",
      cell.test.map { $0.p < 0.001 ? "<0.001" : fixed($0.p, 3) } ?? "-",
      task.shareOfBound(cell.mean).map(percent) ?? "-",
      cell.values.isEmpty ? "-" : cell.values.map(scoreText).joined(separator: " "),
    ]
  }
}
