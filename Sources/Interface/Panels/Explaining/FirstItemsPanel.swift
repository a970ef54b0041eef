import Runs
import Terminal

/// The items that a model puts first for a user.
///
///     u17  3 of 400
///     by ranking, of all 190 items new …
///                           expects
///     > 1 i203      0.6614     4.61
///       2 i18       0.6410     4.40
struct FirstItemsPanel {
  let view: ExplanationView
  /// The place of the item that is explained; nil for one that is not among them.
  let selected: Int?
  let isWaiting: Bool
  let isFocused: Bool

  func draw(in area: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(area, title: title, isFocused: isFocused)
    let width = inner.size.columns
    let hasRatings = width >= Self.leastWithRatings && view.first.contains { $0.rating != nil }
    let words = wrapped(view.firstWords, columns: width - 2, lines: 2).map { [Span($0, .dim)] }
    let heads = words + (hasRatings ? [[Span(rightAligned("expects", to: width - 3), .dim)]] : [])
    for (row, line) in heads.enumerated() {
      canvas.write(line, row: inner.row + row, column: inner.column + 1, limit: width - 2)
    }
    let (_, rest) = inner.splitTop(heads.count)
    let list = ListWindow(
      count: view.first.count, selected: selected ?? 0, rows: rest.size.rows)
    for (line, place) in list.places.enumerated() {
      canvas.write(
        row(place, width: width, hasRatings: hasRatings), row: rest.row + line,
        column: rest.column, limit: width - 1)
    }
    list.drawMore(in: area, on: &canvas)
  }

  /// Columns from which on the rating has room beside the score.
  private static let leastWithRatings = 34

  private func row(_ place: Int, width: Int, hasRatings: Bool) -> [Span] {
    let item = view.first[place]
    let isSelected = place == selected
    let rating = item.rating.map { rightAligned(fixed($0, 2), to: 8) } ?? ""
    let name = max(4, width - 15 - (hasRatings ? 8 : 0))
    return [
      Span(isSelected ? ">" : " ", .hint),
      Span(rightAligned("\(place + 1)", to: 2) + " ", .dim),
      Span(padded(item.name, to: name), style: isSelected ? .bold : .plain),
      Span(rightAligned(lossText(item.score), to: 9)), Span(hasRatings ? rating : "", .dim),
    ]
  }

  private var title: [Span] {
    guard let user = view.user else { return [Span("no such user", .warning)] }
    return [
      Span("user \(user.name)", .title),
      Span("  \(grouped(user.place + 1)) of \(grouped(user.count))", .dim),
      Span(isWaiting ? " …" : "", .warning),
    ]
  }
}
