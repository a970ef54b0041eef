import Runs
import Terminal

/// Texts to be read, one below another: what each is at the left, its words beside it on as many lines
/// as they take.
///
///       true       works well, but the cable is too
///                  short
///     > generated  works well and the price is good
struct PassagesPanel {
  let passages: [ModelView.Passages.Passage]
  let ink: ViewInk

  /// Lines of one text at least and at most: as many as leave room for the others.
  static let fewestLines = 3
  static let mostLines = 12

  func draw(in area: Rect, frame: Rect, on canvas: inout Canvas) {
    guard !passages.isEmpty else { return canvas.drawNothing("no texts yet", in: area) }
    let widest = passages.map { columnsTaken(by: $0.name) }.max() ?? 0
    let name = max(2, min(widest, max(8, area.size.columns / 3)))
    let start = 2 + name + 2
    let width = max(1, area.size.columns - start)
    let most = min(
      Self.mostLines, max(Self.fewestLines, area.size.rows / passages.count))
    let texts = ListWindow(
      count: passages.count, from: ink.scroll.row, rows: area.size.rows
    ) { Self.lines(of: passages[$0], columns: width, most).count }
    var line = 0
    // Of the one behind the last that is whole there is as much as has room.
    let next = min(passages.count, texts.places.upperBound + 1)
    for passage in passages[texts.places.lowerBound..<next] where line < area.size.rows {
      let row = area.row + line
      canvas.write(
        [Span(passage.isMarked ? "> " : "  ", .hint), Span(passage.name, .dim)], row: row,
        column: area.column, limit: start - 1)
      let lines = Self.lines(of: passage, columns: width, min(most, area.size.rows - line))
      for (place, text) in lines.enumerated() {
        canvas.write(
          text, row: row + place, column: area.column + start,
          style: passage.isMarked ? .bold : .plain, limit: width)
      }
      line += lines.count
    }
    texts.drawMore(in: frame, on: &canvas)
  }

  private static func lines(
    of passage: ModelView.Passages.Passage, columns: Int, _ most: Int
  ) -> [String] {
    let lines = wrapped(passage.text, columns: columns, lines: most)
    return lines.isEmpty ? ["—"] : lines
  }
}
