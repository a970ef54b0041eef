import Runs
import Terminal

/// What happened, newest at the top: an evaluation is a row of a table with a column a task.
///
///         step          ● click auc     ◆ like auc
///        1,200  epoch   epoch 2 ended
///        1,200  eval  ★ 0.8161 +.0040   0.7961 +.0040
///          900  change  click OFF
struct EventPanel {
  /// Oldest first.
  let lines: [EventLog.Line]
  /// Lines that are scrolled back.
  let scroll: Int
  /// Every task of the run.
  let tasks: [String]
  /// The task that is kept in view.
  let selected: Int
  let isFocused: Bool

  /// Columns of the steps, as wide as the newest one needs.
  private var stepColumns: Int {
    max(5, columnsTaken(by: grouped(lines.map(\.step).max() ?? 0))) + 1
  }

  /// Columns of step, kind and star.
  private var head: Int { stepColumns + 11 }

  /// The columns in which every task's score is seen with its change, those of the frame among them.
  static func wantedColumns(tasks: Int) -> Int { 20 + tasks * ScoreColumns.withChange }

  func draw(in area: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(area, title: [Span("events", .title)], isFocused: isFocused)
    guard !lines.isEmpty else {
      canvas.write(
        "Nothing happened yet.", row: inner.row, column: inner.column + 1, style: .dim,
        limit: inner.size.columns - 1)
      return
    }
    let columns = ScoreColumns(
      lines, tasks: tasks, selected: selected, room: inner.size.columns - head)
    let hasHeader = !columns.shown.isEmpty && inner.size.rows >= 3
    let (header, rest) = inner.splitTop(hasHeader ? 1 : 0)
    if hasHeader {
      canvas.write(
        [Span(padded(rightAligned("step", to: stepColumns), to: head), .dim)] + columns.header,
        row: header.row,
        column: header.column, limit: header.size.columns)
      canvas.drawHidden(columns: columns.window, noun: "task", in: area)
    } else {
      // Where two lines are all there is, the frame says what the numbers below it are.
      for (index, name) in columns.names.enumerated() {
        canvas.write(
          [Span(" ")] + name + [Span(" ")], row: area.row,
          column: inner.column + head + columns.start(of: index) - 1,
          limit: area.size.columns - 3 - head - columns.start(of: index))
      }
    }
    let width = rest.size.columns
    let list = ListWindow(count: lines.count, from: scroll, rows: rest.size.rows) {
      block(of: lines[lines.count - 1 - $0], columns, width: width).count
    }
    let shown = list.places.flatMap {
      block(of: lines[lines.count - 1 - $0], columns, width: width)
    }
    for (row, spans) in shown.prefix(rest.size.rows).enumerated() {
      canvas.write(
        spans, row: rest.row + row, column: rest.column, limit: rest.size.columns)
    }
    list.drawMore(in: area, on: &canvas)
  }

  /// The lines of an event: what does not fit into one goes on below it.
  private func block(
    of line: EventLog.Line, _ columns: ScoreColumns, width: Int
  ) -> [[Span]] {
    let start = [
      Span(rightAligned(grouped(line.step), to: stepColumns) + " ", .dim),
      Span(padded(line.kind, to: 8), line.role),
    ]
    guard line.cells.isEmpty else {
      return [start + [Span(line.isBest ? "★ " : "  ", .hint)] + columns.cells(of: line)]
    }
    let role = line.role == .good ? .plain : line.role
    let parts = wrapped(line.text, columns: width - head + 2, lines: 3)
    let indent = Span(String(repeating: " ", count: head - 2))
    return [start + [Span(parts.first ?? "", role)]]
      + parts.dropFirst().map { [indent, Span($0, role)] }
  }
}

/// The columns of the tasks' scores: as many as there is room for, with changes where they fit, too.
private struct ScoreColumns {
  /// Tasks and their main scores.
  private let all: [(index: Int, task: String, score: String)]
  let window: ListWindow
  private let width: Int
  /// Columns of a score and the gap behind it.
  static let least = 8
  /// The same with its change.
  static let withChange = 16

  init(_ lines: [EventLog.Line], tasks: [String], selected: Int, room: Int) {
    let newest = lines.last { !$0.cells.isEmpty }?.cells ?? []
    all = newest.map { cell in
      (tasks.firstIndex(of: cell.task) ?? 0, cell.task, cell.score)
    }
    // With changes, if that hides no task; else values alone, as narrow as shows every task.
    let each = room / max(1, all.count)
    width = each >= Self.withChange ? min(26, each) : max(Self.least, min(12, each))
    let fitting = max(0, room / width)
    let index = all.firstIndex { $0.index == selected } ?? 0
    window = ListWindow(count: all.count, from: index - fitting + 1, rows: fitting)
  }

  var shown: ArraySlice<(index: Int, task: String, score: String)> { all[window.places] }

  private var hasChanges: Bool { width >= Self.withChange }

  /// What each column is, no wider than the column.
  var names: [[Span]] {
    shown.map { column in
      let name = hasChanges ? "\(column.task) \(column.score)" : column.task
      return [
        Span("\(seriesGlyph(column.index)) ", .series(column.index)),
        Span(fit(name, into: width - 3), .dim),
      ]
    }
  }

  /// Where a column begins behind the first one.
  func start(of index: Int) -> Int { index * width }

  var header: [Span] {
    names.flatMap { name in
      let used = name.reduce(0) { $0 + columnsTaken(by: $1.text) }
      return name + [Span(String(repeating: " ", count: max(0, width - used)))]
    }
  }

  func cells(of line: EventLog.Line) -> [Span] {
    shown.flatMap { column -> [Span] in
      guard let cell = line.cells.first(where: { $0.task == column.task }) else {
        return [Span(padded("-", to: width), .dim)]
      }
      let value = scoreText(cell.value)
      guard hasChanges else { return [Span(padded(value, to: width))] }
      let change = cell.change.map(signed) ?? ""
      let rest = max(0, width - columnsTaken(by: value) - 1)
      return [Span(value + " "), Span(padded(change, to: rest), cell.role)]
    }
  }
}

extension EventLog.Cell {
  /// Better is good, worse is a warning, what hardly counts is dim.
  fileprivate var role: Role {
    guard let change, abs(change) >= 0.0005 else { return .dim }
    return (change > 0) == higherIsBetter ? .good : .warning
  }
}
