import Runs
import Terminal

/// The masks on the dashboard: how sparse each task's is, what they share, how the contrast goes.
///
///     ● click   ██████░░░░  62 %   margin +0.123 ↑
///     all keep 11 % of what any keeps · click–like .42
struct MaskStrip {
  let masks: MaskSummary
  /// The tasks' names in the order of their colours.
  let tasks: [String]
  var charset = Charset.braille
  var isFocused = false

  func draw(in area: Rect, on canvas: inout Canvas) {
    let phase = masks.phase.map { "  \($0.line)" } ?? ""
    let inner = canvas.frame(
      area, title: [Span("masks", .title), Span(phase, .dim)], isFocused: isFocused)
    guard inner.size.rows > 0 else { return }
    let note = overlapWords(columns: inner.size.columns - 2)
    let hasNote = inner.size.rows > masks.tasks.count
    let list = ListWindow(
      count: masks.tasks.count, from: 0, rows: inner.size.rows - (hasNote ? 1 : 0))
    for (line, task) in list.places.enumerated() {
      canvas.write(
        spans(of: task, columns: inner.size.columns - 1), row: inner.row + line,
        column: inner.column, limit: inner.size.columns - 1)
    }
    list.drawMore(in: area, on: &canvas)
    guard hasNote else { return }
    canvas.write(
      note, row: inner.row + list.places.count, column: inner.column + 1, style: .dim,
      limit: inner.size.columns - 2)
  }

  private func spans(of index: Int, columns: Int) -> [Span] {
    let task = masks.tasks[index]
    let series = tasks.firstIndex(of: task.name) ?? index
    let widest = masks.tasks.map { columnsTaken(by: $0.name) }.max() ?? 4
    let name = max(4, min(widest, columns / 3))
    let margin = marginWords(of: task)
    // Bars of one strip have one length for the same share, whatever stands behind them.
    let words = masks.tasks.map { columnsTaken(by: marginWords(of: $0)) }.max() ?? 0
    let left = columns - 3 - name - 1 - 6 - (words == 0 ? 0 : words + 2)
    let room = max(0, min(20, left))
    let drawn = bar(task.sparsity, columns: room, charset: charset)
    return [
      Span(" "), Span("\(seriesGlyph(series)) ", .series(series)),
      Span(padded(task.name, to: name) + " "), Span(drawn, .series(series)),
      Span(rightAligned(percent(task.sparsity), to: 6)),
      Span(margin.isEmpty ? "" : "  " + margin, style: marginStyle(of: task)),
    ]
  }

  private func marginWords(of task: MaskSummary.Task) -> String {
    guard masks.isContrasting != nil else { return "" }
    guard let margin = task.margin else { return "margin -" }
    let arrow =
      switch task.direction {
      case .rising: " ↑"
      case .falling: " ↓"
      case .steady: " ="
      case nil: ""
      }
    return "margin \(signed(margin))\(arrow)"
  }

  /// Below 0 the negative network is the better one.
  private func marginStyle(of task: MaskSummary.Task) -> Style {
    guard let margin = task.margin else { return .dim }
    return margin < 0 ? Style(.warning) : .plain
  }

  /// What all share, and the two tasks that share most.
  private func overlapWords(columns: Int) -> String {
    let start = "all keep \(percent(masks.overlapOfAll)) of what any keeps"
    let count = masks.tasks.count
    let pairs = masks.tasks.indices.flatMap { a in (0..<a).map { ($0, a) } }
      .filter { masks.overlap.indices.contains($0.0 * count + $0.1) }
    guard count > 2,
      let most = pairs.max(by: {
        masks.overlap[$0.0 * count + $0.1] < masks.overlap[$1.0 * count + $1.1]
      })
    else { return start }
    let words =
      "\(masks.tasks[most.0].name) and \(masks.tasks[most.1].name) "
      + percent(masks.overlap[most.0 * count + most.1])
    let whole = "\(start) · \(words)"
    return columnsTaken(by: whole) <= columns ? whole : start
  }
}
