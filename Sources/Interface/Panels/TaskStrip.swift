import Runs
import Terminal

/// The tasks on the dashboard: one line each, more where there is room.
struct TaskStrip {
  let run: RunState
  /// `[x]` on, `[ ]` off, `[~]` on its way, by task.
  let boxes: [String]
  /// The tasks that are listed, by index.
  let tasks: [Int]
  let selected: Int
  let charset: Charset
  let isFocused: Bool

  func draw(in area: Rect, on canvas: inout Canvas) {
    let isTall = area.size.rows >= tasks.count * 3 + 1
    let figures = area.size.columns < 44 ? "  loss · score" : "  loss · score · weight"
    let title = [Span("tasks", .title), Span(figures, .dim)]
    let inner = canvas.frame(area, title: title, isFocused: isFocused)
    let each = isTall ? 3 : 1
    let list = ListWindow(
      count: tasks.count, selected: tasks.firstIndex(of: selected) ?? 0,
      rows: inner.size.rows / each)
    for (line, place) in list.places.enumerated() {
      let task = tasks[place]
      let row = inner.row + line * each
      drawTaskLine(task, row: row, in: inner, on: &canvas)
      if isTall { drawTaskDetails(task, row: row + 1, in: inner, on: &canvas) }
    }
    list.drawMore(in: area, on: &canvas)
  }

  private func drawTaskLine(
    _ task: Int, row: Int, in area: Rect, on canvas: inout Canvas
  ) {
    let numbers = run.task(task)
    let score = run.scores.indices.contains(task) ? run.scores[task].newest?.score : nil
    let widest = min(16, run.taskNames.map(columnsTaken).max() ?? 0)
    let room = area.size.columns - 9 - widest
    var right = rightAligned(numbers.map { lossText($0.smoothedLoss) } ?? "-", to: 7)
    let mark = run.isAtBest ? "★" : ""
    if room >= 15 { right += rightAligned(score.map { scoreText($0) + mark } ?? "-", to: 8) }
    if room >= 22 { right += rightAligned("×" + weightText(numbers?.weight ?? 1), to: 7) }
    let columns = columnsTaken(by: right)
    let nameColumns = max(4, area.size.columns - columns - 9)
    let isSelected = task == selected
    canvas.write(
      [
        Span(isSelected ? ">" : " ", .hint), Span(boxes[task], .plain),
        Span(" \(seriesGlyph(task)) ", .series(task)),
        Span(
          padded(run.taskNames[task], to: nameColumns),
          style: isFocused && isSelected ? .bold : .plain),
        Span(" " + right),
      ], row: row, column: area.column, limit: area.size.columns)
  }

  private func drawTaskDetails(_ task: Int, row: Int, in area: Rect, on canvas: inout Canvas) {
    let columns = max(4, area.size.columns - 21)
    let values =
      run.losses.indices.contains(task) ? run.losses[task].recentMeans(count: columns) : []
    canvas.write(
      sparkline(values, charset: charset), row: row, column: area.column + 5,
      style: Style(.series(task)), limit: columns)
    let ratio = run.task(task)?.calibration ?? .nan
    let text = ratio.isFinite ? "pred÷obs \(fixed(ratio, 2))" : ""
    canvas.writeRight(text, row: row, in: area, style: .dim)
  }
}

/// A weight in at most five columns.
func weightText(_ weight: Double) -> String {
  weight < 100 ? fixed(weight, 2) : abbreviated(weight)
}

extension LossSeries {
  /// The means of equal parts of the whole run, oldest first, at most `count`.
  func recentMeans(count: Int) -> [Double] {
    guard count > 0, !history.isEmpty else { return [] }
    let parts = min(count, history.count)
    return (0..<parts).map { part in
      let bins = history[(history.count * part / parts)..<(history.count * (part + 1) / parts)]
      let steps = bins.reduce(0) { $0 + Double($1.count) }
      return bins.reduce(0) { $0 + $1.sum } / steps
    }
  }
}
