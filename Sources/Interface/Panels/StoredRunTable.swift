import Runs
import Terminal

/// Runs that were kept, a line each.
///
///       began             model         data              seed     step  state        click auc  tags
///     > 2026-11-27 03:12  mmoe          census-income        1    1,200  ended           0.8121  best
struct StoredRunTable {
  let runs: [StoredRun]
  let selected: Int

  /// A column of the table.
  private struct Column: Sendable {
    var title: String
    var width: Int
    var isRight = false
    var text: @Sendable (StoredRun) -> String
    var role: @Sendable (StoredRun) -> Role = { _ in .plain }
  }

  private static let columns: [Column] = [
    Column(title: "began", width: 16, text: { $0.began }),
    Column(title: "model", width: 14, text: { $0.model }),
    Column(title: "data", width: 18, text: { $0.data }),
    Column(title: "seed", width: 5, isRight: true, text: { "\($0.seed)" }),
    Column(title: "step", width: 9, isRight: true, text: { grouped($0.step) }),
    Column(
      title: "state", width: 11, text: { $0.state.rawValue },
      role: { $0.state == .live ? .good : $0.state == .interrupted ? .warning : .dim }),
  ]

  func draw(in area: Rect, frame: Rect, on canvas: inout Canvas) {
    let room = area.size.columns - 2
    let columns = Self.columns(in: room)
    let start = 2 + columns.reduce(0) { $0 + $1.width + 2 }
    let tasks = shownTasks(room: room - start)
    canvas.write(
      "  " + columns.map(Self.head).joined() + tasks.map { rightAligned($0, to: 14) }.joined()
        + "  tags", row: area.row, column: area.column, style: .dim, limit: area.size.columns)
    let list = window(in: area)
    for (line, index) in list.places.enumerated() {
      draw(
        index, columns, tasks, row: area.row + 1 + line, in: area, on: &canvas)
    }
    list.drawMore(in: frame, on: &canvas)
  }

  private func draw(
    _ index: Int, _ columns: [Column], _ tasks: [String], row: Int, in area: Rect,
    on canvas: inout Canvas
  ) {
    let run = runs[index]
    let isSelected = index == selected
    var spans = [Span(isSelected ? "> " : "  ", .hint)]
    for column in columns {
      let text = fit(column.text(run), into: column.width)
      let cell =
        column.isRight ? rightAligned(text, to: column.width) : padded(text, to: column.width)
      spans.append(Span(cell + "  ", isSelected ? .title : column.role(run)))
    }
    for name in tasks {
      let score = run.scores.first { "\($0.task) \($0.name)" == name }
      spans.append(Span(rightAligned(score.map { scoreText($0.value) } ?? "-", to: 14)))
    }
    spans.append(Span("  " + run.tags.joined(separator: " "), .dim))
    canvas.write(spans, row: row, column: area.column, limit: area.size.columns)
  }

  /// The run in a row of the screen, by its index; nil for none.
  func run(atRow row: Int, in area: Rect) -> Int? {
    let list = window(in: area)
    let index = list.places.lowerBound + row - area.row - 1
    return row > area.row && list.places.contains(index) ? index : nil
  }

  private func window(in area: Rect) -> ListWindow {
    ListWindow(count: runs.count, selected: selected, rows: area.size.rows - 1)
  }

  /// In narrow tables the data and the seed give way to what tells runs apart.
  private static func columns(in room: Int) -> [Column] {
    var columns = columns
    for title in ["seed", "data"] where columns.reduce(0, { $0 + $1.width + 2 }) > room - 18 {
      columns.removeAll { $0.title == title }
    }
    return columns
  }

  private static func head(of column: Column) -> String {
    (column.isRight
      ? rightAligned(column.title, to: column.width) : padded(column.title, to: column.width))
      + "  "
  }

  /// The scores of the selected run, or of the first that has any, for which there is room.
  private func shownTasks(room: Int) -> [String] {
    guard runs.indices.contains(selected) else { return [] }
    let scored = runs[selected].scores.isEmpty ? runs.first { !$0.scores.isEmpty } : runs[selected]
    let names = (scored?.scores ?? []).map { "\($0.task) \($0.name)" }
    return Array(names.prefix(max(0, (room - 2) / 14)))
  }
}
