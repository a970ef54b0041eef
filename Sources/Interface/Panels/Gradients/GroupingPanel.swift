import Runs
import Terminal

/// Which tasks belong together: the sooner two lines meet, the more alike the gradients are.
///
///     ● click   ──┬─────────┬─
///     ◆ like    ──┘         │    +0.61
///     ■ follow  ────────────┘    -0.08!
struct GroupingPanel {
  let grouping: TaskGrouping
  /// The tasks that are grouped.
  let tasks: [String]
  /// The tasks of the run, for glyphs and colours.
  let allTasks: [String]
  var charset = Charset.braille
  /// What is said below, where there is room.
  var note = ""

  func draw(in area: Rect, frame: Rect, on canvas: inout Canvas) {
    let order = grouping.order
    let names = min(tasks.map(columnsTaken).max() ?? 4, max(6, area.size.columns / 4))
    let hasNote = area.size.rows > min(order.count, 4) && !note.isEmpty
    let list = ListWindow(count: order.count, from: 0, rows: area.size.rows - (hasNote ? 1 : 0))
    for (line, task) in order[list.places].enumerated() {
      let series = allTasks.firstIndex(of: tasks[task]) ?? task
      canvas.write(
        [
          Span("\(seriesGlyph(series)) ", .series(series)), Span(padded(tasks[task], to: names)),
        ], row: area.row + line, column: area.column + 1)
    }
    let plot = Rect(
      row: area.row, column: area.column + names + 4, rows: list.places.count,
      columns: area.size.columns - names - 4 - 9)
    if plot.size.columns > 4 { drawTree(order, in: plot, on: &canvas) }
    list.drawMore(in: frame, on: &canvas)
    guard hasNote else { return }
    canvas.write(
      note, row: area.row + list.places.count, column: area.column + 1, style: .dim,
      limit: area.size.columns - 2)
  }

  /// The columns at which joins are drawn: 1 at the left, the least similarity at the right, and each
  /// behind the ones that it joins.
  static func columns(of grouping: TaskGrouping, width: Int) -> [Int] {
    let known = grouping.joins.map(\.similarity).filter { !$0.isNaN }
    let least = min(known.min() ?? 0, 0.5)
    var ends = [Int](repeating: 0, count: grouping.count)
    return grouping.joins.enumerated().map { place, join in
      let share = join.similarity.isNaN ? 1 : (1 - join.similarity) / (1 - least)
      let members = join.first + join.second
      let free = (members.map { ends[$0] }.max() ?? 0) + 1
      let left = grouping.joins.count - 1 - place
      let column = min(max(free, Int((share * Double(width - 1)).rounded())), width - 1 - left)
      for member in members { ends[member] = column }
      return column
    }
  }

  private func drawTree(_ order: [Int], in plot: Rect, on canvas: inout Canvas) {
    let isPlain = charset == .ascii
    let columns = Self.columns(of: grouping, width: plot.size.columns)
    var ends = [Int](repeating: -1, count: grouping.count)
    func put(_ character: Character, _ twin: Character, _ row: Int, _ column: Int, _ style: Style) {
      guard row < plot.size.rows else { return }
      canvas.put(
        isPlain ? twin : character, row: plot.row + row, column: plot.column + column, style: style)
    }
    for (place, join) in grouping.joins.enumerated() {
      let rows = [join.first[0], join.second[0]].map { order.firstIndex(of: $0) ?? 0 }
      let style = join.similarity > 0 ? Style(.good) : Style(.warning)
      for (row, from) in zip(rows, [ends[join.first[0]], ends[join.second[0]]]) {
        for column in (from + 1)..<max(columns[place], from + 1) {
          put("─", "-", row, column, style)
        }
      }
      put("┬", "+", rows[0], columns[place], style)
      put("┘", "+", rows[1], columns[place], style)
      for row in (rows[0] + 1)..<max(rows[1], rows[0] + 1) {
        put("│", "|", row, columns[place], style)
      }
      for member in join.first + join.second { ends[member] = columns[place] }
      let number = signedFixed(join.similarity, 2) + (join.similarity < 0 ? "!" : " ")
      guard rows[1] < plot.size.rows else { continue }
      canvas.write(
        rightAligned(number, to: 7), row: plot.row + rows[1],
        column: plot.column + plot.size.columns + 1, style: join.similarity < 0 ? style : .plain)
    }
  }
}
