import Runs
import Terminal

/// What every task's score changes by without each expert, with the share of rows that rank the
/// expert first below it.
///
///     task               E0       E1       E2
///     ● click auc   -0.0123  -0.0004  +0.0001
///          first       41 %     22 %      8 %
struct KnockOutMatrixPanel {
  let matrix: KnockOutMatrix
  /// How far it is worked out; nil once it is whole.
  var progress: QuestionProgress?
  /// The tasks' names in the order of their colours.
  let tasks: [String]
  /// The expert that is marked, and kept in view.
  var expert = 0
  /// The task that is kept in view; nil: the first ones are shown.
  var task: String?
  var charset = Charset.braille

  private static let cellWidth = 9
  /// A change below this is no more than the score's last digit.
  private static let least = 0.00005

  func draw(in area: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(area, title: title)
    guard inner.size.rows > 1, inner.size.columns > 12, !matrix.experts.isEmpty else { return }
    let names = matrix.lines.map { "\($0.task) \($0.score)" }
    let widest = names.map(columnsTaken).max() ?? 0
    let name = max(5, min(widest, inner.size.columns - 4 - Self.cellWidth * 2))
    let start = 3 + name
    let window = ListWindow(
      count: matrix.experts.count, selected: max(0, min(expert, matrix.experts.count - 1)),
      rows: max(1, (inner.size.columns - start) / Self.cellWidth))
    drawHead(window, start: start, in: inner, on: &canvas)
    let showsFirst = inner.size.rows - 1 >= 2 * matrix.lines.count
    let lines = ListWindow(
      count: matrix.lines.count, selected: matrix.lines.firstIndex { $0.task == task } ?? 0,
      rows: (inner.size.rows - 1) / (showsFirst ? 2 : 1))
    for (line, task) in lines.places.enumerated() {
      let row = inner.row + 1 + line * (showsFirst ? 2 : 1)
      draw(task, names[task], name, window, start: start, row: row, in: inner, on: &canvas)
      guard showsFirst else { continue }
      drawFirst(task, window, start: start, row: row + 1, in: inner, on: &canvas)
    }
    lines.drawMore(in: area, on: &canvas)
    canvas.drawHidden(columns: window, noun: "expert", in: area)
  }

  private var title: [Span] {
    var spans = [
      Span("score without each expert", .title),
      Span("  step \(grouped(matrix.step)), \(grouped(matrix.rows)) rows", .dim),
    ]
    guard let progress else { return spans }
    let words = progress.trainingWaits ? "training waits" : "training goes on"
    spans.append(
      Span(
        "  \(bar(progress.share, columns: 8, charset: charset)) \(percent(progress.share)), \(words)",
        .warning))
    return spans
  }

  private func drawHead(
    _ window: ListWindow, start: Int, in area: Rect, on canvas: inout Canvas
  ) {
    canvas.write("task", row: area.row, column: area.column + 3, style: .dim)
    for (cell, index) in window.places.enumerated() {
      canvas.write(
        rightAligned(matrix.experts[index], to: Self.cellWidth - 1), row: area.row,
        column: area.column + start + 1 + cell * Self.cellWidth,
        style: index == expert ? .bold : .dim, limit: Self.cellWidth - 1)
    }
  }

  private func draw(
    _ task: Int, _ words: String, _ name: Int, _ window: ListWindow, start: Int, row: Int,
    in area: Rect, on canvas: inout Canvas
  ) {
    let line = matrix.lines[task]
    let series = tasks.firstIndex(of: line.task) ?? task
    canvas.write(
      [Span(" "), Span("\(seriesGlyph(series)) ", .series(series)), Span(fit(words, into: name))],
      row: row, column: area.column, limit: start)
    for (cell, index) in window.places.enumerated() {
      let change = line.change(without: index)
      let text = change.isNaN ? "…" : signed(change)
      canvas.write(
        rightAligned(progress == nil && change.isNaN ? "-" : text, to: Self.cellWidth - 1),
        row: row, column: area.column + start + 1 + cell * Self.cellWidth,
        style: style(of: line.cost(without: index)), limit: Self.cellWidth - 1)
    }
  }

  private func drawFirst(
    _ task: Int, _ window: ListWindow, start: Int, row: Int, in area: Rect, on canvas: inout Canvas
  ) {
    let shares = matrix.lines[task].firstChoices
    guard shares.contains(where: { !$0.isNaN }) else { return }
    canvas.write("first", row: row, column: area.column + 3, style: .dim)
    for (cell, index) in window.places.enumerated() where shares.indices.contains(index) {
      let text = shares[index].isNaN ? "" : percent(Double(shares[index]))
      canvas.write(
        rightAligned(text, to: Self.cellWidth - 1), row: row,
        column: area.column + start + 1 + cell * Self.cellWidth, style: .dim,
        limit: Self.cellWidth - 1)
    }
  }

  /// Orange for what a task would miss, blue for what it would be better off without, by the largest
  /// change of all; the sign says it without colour.
  private func style(of cost: Double) -> Style {
    let costs = matrix.lines.flatMap { line in
      matrix.experts.indices.map { abs(line.cost(without: $0)) }
    }
    let largest = costs.filter(\.isFinite).max() ?? 0
    guard cost.isFinite, abs(cost) >= Self.least, largest > 0 else { return .dim }
    let step = Int((4 * abs(cost) / largest).rounded(.up))
    return Style(.diverging(cost > 0 ? step : -step), bold: step == 4)
  }
}
