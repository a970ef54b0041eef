import Runs
import Terminal

/// What training rows have of a user or of an item: how it is rated, then its newest rows.
///
///     ratings
///     5  ██████████ 41
///     3  ██▌ 10
///     i203  4  the sound is clear and the
///              price is fair
///     the 20 newest of 51
struct EvidencePanel {
  let evidence: PairEvidence
  /// Whose rows they are: `user u17`.
  let name: String
  let charset: Charset
  let scroll: Int
  let isFocused: Bool

  /// What there is of the user, or of the item, and whose it is.
  static func evidence(
    _ part: ExplainLayout.Part, _ view: ExplanationView
  ) -> (evidence: PairEvidence, name: String)? {
    switch part {
    case .items, .reasons: nil
    case .ofUser: view.ofUser.map { ($0, "user \(view.user?.name ?? "")") }
    case .ofItem: view.ofItem.map { ($0, "item \(view.item?.name ?? "")") }
    }
  }

  func draw(in area: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(
      area, title: title(columns: area.size.columns - 5), isFocused: isFocused)
    let lines = lines(columns: inner.size.columns - 2, withCounts: true)
    let list = ListWindow(count: lines.count, from: scroll, rows: inner.size.rows)
    for (row, index) in list.places.enumerated() {
      canvas.write(
        lines[index], row: inner.row + row, column: inner.column + 1,
        limit: inner.size.columns - 2)
    }
    list.drawMore(in: area, on: &canvas)
  }

  /// Whose rows they are, how many, and how those that have a rating are rated in the mean: in fewer words,
  /// and with a name that is cut, before a number is.
  func title(columns: Int) -> [Span] {
    let words = words(of: "other training row")
    let isWhole = columnsTaken(by: name) + columnsTaken(by: words) <= columns
    return titled(name, .dim, isWhole ? words : self.words(of: "other row"), columns: columns)
  }

  private func words(of row: String) -> String {
    let isOfAll = evidence.rated == evidence.count
    let rated = isOfAll ? "" : " of \(grouped(evidence.rated))"
    let mean = evidence.mean.map { ", mean \(fixed($0, 2))\(rated)" } ?? ""
    return "  \(counted(evidence.count, row))\(mean)"
  }

  /// All that is said, line by line.
  func lines(columns: Int, withCounts: Bool) -> [[Span]] {
    guard !evidence.rows.isEmpty else { return [[Span("none", .dim)]] }
    let counts = withCounts ? countLines(columns) : []
    return counts + (counts.isEmpty ? [] : [[]]) + rowLines(columns) + restLines
  }

  /// That the rows which are listed are not all of them.
  private var restLines: [[Span]] {
    guard evidence.rows.count < evidence.count else { return [] }
    let (listed, all) = (grouped(evidence.rows.count), grouped(evidence.count))
    let words =
      evidence.isByTime
      ? "the \(listed) newest of \(all)" : "the last \(listed) in the file of \(all)"
    return [[Span(words, .dim)]]
  }

  private func countLines(_ columns: Int) -> [[Span]] {
    guard !evidence.counts.isEmpty else { return [] }
    let most = evidence.counts.map(\.rows).max() ?? 0
    let names = evidence.counts.map { sixDigits($0.rating) }
    let width = names.map(columnsTaken).max() ?? 0
    let room = max(1, min(40, columns - width - 10))
    let bars = zip(evidence.counts, names).reversed().map { count, name in
      let share = Double(count.rows) / Double(max(1, most))
      return [
        Span(rightAligned(name, to: width) + "  ", style: .bold),
        Span(filled(bar(share, columns: room, charset: charset)), .series(0)),
        Span(" \(grouped(count.rows))", .dim),
      ]
    }
    return [[Span("ratings", .dim)]] + bars
  }

  /// A bar without what it does not fill.
  private func filled(_ bar: String) -> String {
    String(bar.prefix { $0 != " " && $0 != "." })
  }

  private func rowLines(_ columns: Int) -> [[Span]] {
    let widest = evidence.rows.map { columnsTaken(by: $0.name) }.max() ?? 0
    let name = max(2, min(widest, columns / 4))
    let ratings = evidence.rows.map { $0.rating.map(sixDigits) ?? "" }
    let rating = ratings.map(columnsTaken).max() ?? 0
    let start = name + 2 + (rating > 0 ? rating + 2 : 0)
    return zip(evidence.rows, ratings).flatMap { row, stars in
      let head = [
        Span(padded(row.name, to: name) + "  "),
        Span(rating > 0 ? rightAligned(stars, to: rating) + "  " : "", style: .bold),
      ]
      let texts = wrapped(row.text ?? "", columns: max(1, columns - start), lines: 3)
      guard let first = texts.first else { return [head] }
      let indent = Span(String(repeating: " ", count: start))
      return [head + [Span(first, .dim)]] + texts.dropFirst().map { [indent, Span($0, .dim)] }
    }
  }
}
