import Runs
import Terminal

/// Runs line by line, with the scores of every task that there is room for.
///
///       run  model          params   secs   state    step  click auc        like auc
///     >   1= MMoE            214k     14   ended  ★1,200   0.8121           0.7921
///         2  PLE             320k     21    runs    ★600   0.8163 +0.0042   0.7930 +0.0009
struct RunTable {
  let rows: [RunRow]
  let selected: Int
  /// The row with which the others are compared.
  let baseline: Int
  /// Tasks that are scrolled away.
  let firstTask: Int

  func draw(in area: Rect, frame: Rect, on canvas: inout Canvas) {
    let tasks = taskNames
    let names = rows.map { columnsTaken(by: words(of: $0)) }.max() ?? 0
    let name = max(5, min(names, max(12, area.size.columns / 4)))
    let hasGains = rows.count > 1
    let scores = min(tasks.count, Self.keptTasks) * (hasGains ? 15 : 12)
    let columns = columns(room: area.size.columns - 5 - numberColumns - name - scores)
    let start = 4 + numberColumns + name + columns.reduce(0) { $0 + $1.columns } + 1
    let room = area.size.columns - start
    let each = room / max(1, tasks.count)
    let cell = hasGains ? (each >= 17 ? 17 : 15) : max(12, min(18, each))
    let shown = ListWindow(
      count: tasks.count, from: firstTask, rows: max(1, room / cell))
    canvas.write(
      "  " + (numberColumns > 0 ? "run" : "") + "  " + padded("model", to: name)
        + columns.map { rightAligned($0.title, to: $0.columns) }.joined(), row: area.row,
      column: area.column, style: .dim, limit: area.size.columns)
    for (column, task) in shown.places.enumerated() {
      canvas.write(
        head(of: tasks[task], columns: cell - 1), row: area.row,
        column: area.column + start + column * cell, style: .dim, limit: cell - 1)
    }
    let list = window(in: area)
    for (line, index) in list.places.enumerated() {
      let at = area.row + 1 + line
      draw(index, columns, name: name, row: at, in: area, on: &canvas)
      for (column, task) in shown.places.enumerated() {
        canvas.write(
          cellSpans(index, tasks[task], width: cell - 1), row: at,
          column: area.column + start + column * cell, limit: cell - 1)
      }
    }
    list.drawMore(in: frame, on: &canvas)
    canvas.drawHidden(columns: shown, noun: "task", in: frame)
  }

  /// The runs that are listed below the heading.
  private func window(in area: Rect) -> ListWindow {
    ListWindow(count: rows.count, selected: selected, rows: area.size.rows - 1)
  }

  /// The index of the run in a row of the screen; nil for none.
  func run(atRow row: Int, in area: Rect) -> Int? {
    let list = window(in: area)
    let index = list.places.lowerBound + row - area.row - 1
    return row > area.row && list.places.contains(index) ? index : nil
  }

  /// Columns of the runs' numbers; rows of a comparison have none.
  private var numberColumns: Int { rows.contains { $0.number != nil } ? 3 : 0 }

  /// A column between the model and its scores.
  private struct Column {
    var title: String
    var columns: Int
    var text: (RunRow) -> String
    var role: (RunRow) -> Role = { _ in .plain }
  }

  /// So many tasks' scores come before the other columns: as many as the sample has.
  private static let keptTasks = 5

  /// The columns for which there is room beside the scores; only runs of a session have a step of
  /// their own, which always stands by its scores.
  private func columns(room: Int) -> [Column] {
    let hasSteps = rows.contains { $0.step != nil }
    let step = Column(title: "step", columns: 10) { run in
      run.step.map { (run.isBest ? "★" : "") + grouped($0) } ?? "-"
    }
    let state = Column(title: "state", columns: 8, text: \.state) {
      $0.state == "runs" ? .good : .dim
    }
    let seconds = Column(title: "secs", columns: 7) { run in
      run.seconds.map { $0 < 100 ? fixed($0, 1) : fixed($0, 0) } ?? "-"
    }
    let parameters = Column(title: "params", columns: 8) {
      $0.parameterCount.map { abbreviated(Double($0)) } ?? "-"
    }
    var left = room - (hasSteps ? step.columns : 0)
    var columns = hasSteps ? [step] : []
    // The most wanted first; the others stand before it.
    for column in [state, seconds, parameters] {
      left -= column.columns
      guard left >= 0 else { break }
      columns.insert(column, at: 0)
    }
    return columns
  }

  private func draw(
    _ index: Int, _ columns: [Column], name: Int, row: Int, in area: Rect,
    on canvas: inout Canvas
  ) {
    let run = rows[index]
    let isSelected = index == selected
    let number = run.number.map { "\($0)" } ?? ""
    let head = [
      Span(isSelected ? "> " : "  ", .hint), Span(rightAligned(number, to: numberColumns), .dim),
      Span(index == baseline && rows.count > 1 ? "= " : "  ", .hint),
      Span(padded(words(of: run), to: name), style: isSelected ? .bold : .plain),
    ]
    let cells = columns.map { Span(rightAligned($0.text(run), to: $0.columns), $0.role(run)) }
    canvas.write(head + cells, row: row, column: area.column, limit: area.size.columns)
  }

  /// The score, with the deviation or with the gain over the baseline.
  private func cellSpans(_ index: Int, _ task: String, width: Int) -> [Span] {
    guard let cell = rows[index].cell(of: task), cell.value.isFinite else {
      return [Span(rightAligned("-", to: width - (rows.count > 1 ? 8 : 0)), .dim)]
    }
    let value = scoreText(cell.value)
    guard rows.count > 1 else { return [Span(rightAligned(value, to: width))] }
    let base = Span(rightAligned(value, to: width - 8))
    guard index != baseline, rows.indices.contains(baseline),
      let gain = rows[index].gain(of: task, over: rows[baseline])
    else {
      let deviation = cell.deviation.map { " ±" + scoreText($0) } ?? ""
      return [base, Span(deviation, .dim)]
    }
    let role: Role = abs(gain) < 0.0005 ? .dim : gain > 0 ? .good : .warning
    return [base, Span(" " + signed(gain), role)]
  }

  private func words(of run: RunRow) -> String {
    run.options.isEmpty ? run.title : "\(run.title) \(run.options)"
  }

  /// The task and its score at the right of so many columns: the score stays whole.
  private func head(of task: String, columns: Int) -> String {
    let score = rows.lazy.compactMap { $0.cell(of: task)?.score }.first ?? ""
    let name = fit(task, into: max(3, columns - 1 - columnsTaken(by: score)))
    return rightAligned("\(name) \(score)", to: columns)
  }

  /// Every task that a row knows, in the order of the newest.
  var taskNames: [String] {
    var names: [String] = []
    for row in rows.reversed() {
      names += row.cells.map(\.task).filter { !names.contains($0) }
    }
    return names
  }
}
