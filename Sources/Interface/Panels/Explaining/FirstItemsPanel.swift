import Runs
import Terminal

/// The items that a model puts first for a user.
///
///     u17  3 of 400
///     by ranking, of all 190 items new …
///                           expects
///       1 i18       0.6614     4.61
///       2 i203      0.6410     4.40
///     >31 i7        0.1204     3.91
///
/// The item that is explained stands among them, or behind them in its own place.
struct FirstItemsPanel {
  let view: ExplanationView
  /// The item that is explained, or is about to be.
  let selected: String?
  let isWaiting: Bool
  let isFocused: Bool

  func draw(in area: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(
      area, title: title(columns: area.size.columns - 5), isFocused: isFocused)
    let width = inner.size.columns
    let hasRatings = width >= Self.leastWithRatings && view.first.contains(where: hasOwnRating)
    let words = wrapped(view.firstWords, columns: width - 2, lines: 2).map { [Span($0, .dim)] }
    let head = rightAligned("score", to: width - 11) + rightAligned("expects", to: 8)
    let heads = words + (hasRatings ? [[Span(head, .dim)]] : [])
    for (row, line) in heads.enumerated() {
      canvas.write(line, row: inner.row + row, column: inner.column + 1, limit: width - 2)
    }
    let (_, rest) = inner.splitTop(heads.count)
    let entries = Self.entries(view)
    let list = ListWindow(
      count: entries.count, selected: entries.firstIndex(where: isSelected) ?? 0,
      rows: rest.size.rows)
    for (line, index) in list.places.enumerated() {
      let place = index < view.first.count ? index : view.standing?.place ?? index
      canvas.write(
        row(entries[index], place, width: width, hasRatings: hasRatings), row: rest.row + line,
        column: rest.column, limit: width - 1)
    }
    list.drawMore(in: area, on: &canvas)
  }

  /// The first items, and behind them the one that is explained where it is none of them.
  static func entries(_ view: ExplanationView) -> [ExplanationView.Candidate] {
    guard let standing = view.standing, standing.place >= view.first.count else {
      return view.first
    }
    return view.first + [standing.candidate]
  }

  private func isSelected(_ item: ExplanationView.Candidate) -> Bool { item.name == selected }

  /// Whether a rating is another number than the score, as they are written: the same is not said twice.
  private func hasOwnRating(_ item: ExplanationView.Candidate) -> Bool {
    item.rating.map { fixed($0, 2) != fixed(item.score, 2) } ?? false
  }

  /// Columns from which on the rating has room beside the score.
  private static let leastWithRatings = 34

  private func row(
    _ item: ExplanationView.Candidate, _ place: Int, width: Int, hasRatings: Bool
  ) -> [Span] {
    let isSelected = isSelected(item)
    let rating = item.rating.map { rightAligned(fixed($0, 2), to: 8) } ?? ""
    // The number of a place far behind takes columns of the name.
    let number = rightAligned(grouped(place + 1), to: 2)
    let name = max(4, width - 13 - columnsTaken(by: number) - (hasRatings ? 8 : 0))
    return [
      Span(isSelected ? ">" : " ", .hint),
      Span(number + " ", .dim),
      Span(padded(item.name, to: name), style: isSelected ? .bold : .plain),
      Span(rightAligned(lossText(item.score), to: 9)), Span(hasRatings ? rating : "", .dim),
    ]
  }

  private func title(columns: Int) -> [Span] {
    guard let user = view.user else { return [Span("no such user", .warning)] }
    let index = "  \(grouped(user.place + 1)) of \(grouped(user.count))"
    return titled("user \(user.name)", .dim, index, columns: columns - (isWaiting ? 2 : 0))
      + [Span(isWaiting ? " …" : "", .warning)]
  }
}
