import Runs
import Terminal

/// Why the item is put before the user: rating, reasons with their evidence, sentences.
///
///     rating   4.31 expected · 5 observed in a test row
///     reasons                      predicted opinion
///     1 sound                                 4.61
///         the sound is clear        u3, rating 5
///     says     the sound is great
///     wrote    the sound is superb  test row
struct ExplanationPanel {
  let view: ExplanationView
  let run: RunState
  /// Whether the item is pinned, and where it stands.
  let standing: String
  /// Of whom what the data have is said here, below all else.
  let data: [ExplainLayout.Part]
  /// What is being looked up; nil: it is shown.
  let waiting: String?
  let scroll: Int
  let isFocused: Bool

  func draw(in area: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(
      area, title: title(columns: area.size.columns - 5), isFocused: isFocused)
    let lines = lines(columns: inner.size.columns - 2)
    let list = ListWindow(count: lines.count, from: scroll, rows: inner.size.rows)
    for (row, index) in list.places.enumerated() {
      canvas.write(
        lines[index], row: inner.row + row, column: inner.column + 1,
        limit: inner.size.columns - 2)
    }
    list.drawMore(in: area, on: &canvas)
  }

  private func title(columns: Int) -> [Span] {
    let name = "why" + (view.item.map { "  item \($0.name)" } ?? "")
    if let waiting { return titled(name, .warning, "  → \(waiting)", columns: columns) }
    return titled(name, .dim, "  step \(grouped(view.step))", columns: columns)
  }

  /// All that is said, line by line.
  func lines(columns: Int) -> [[Span]] {
    var lines = ratingLines(columns) + pairLines(columns)
    lines += view.remarks.flatMap { text in
      wrapped(text, columns: columns, lines: 3).map { [Span($0, .warning)] }
    }
    if view.item != nil { lines += reasonLines(columns) }
    if let task = run.explainingTask, !run.isOn(task) {
      lines.append([Span("\(task) is off: what is said stands still.", .warning)])
    }
    let sentences = [("says", view.explanation?.generated), ("wrote", view.truth)]
    for (word, passage) in sentences {
      guard let passage else { continue }
      lines += [[]] + self.lines(of: passage, word, columns)
    }
    return lines + earlierLines(columns) + dataLines(columns)
  }

  /// What was said of the pair at earlier steps, the newest first.
  private func earlierLines(_ columns: Int) -> [[Span]] {
    let course = run.pairCourse
    guard course.isOf(view) else { return [] }
    let earlier = course.sentences.dropLast().reversed()
    guard !earlier.isEmpty else { return [] }
    return [[], [Span("said before", style: .bold)]]
      + earlier.flatMap { sentence -> [[Span]] in
        let texts = wrapped(sentence.text, columns: columns - 10, lines: 2)
        return texts.enumerated().map { index, text in
          [Span(padded(index == 0 ? grouped(sentence.step) : "", to: 10), .dim), Span(text, .dim)]
        }
      }
  }

  private func dataLines(_ columns: Int) -> [[Span]] {
    data.compactMap { EvidencePanel.evidence($0, view) }.flatMap { evidence, name -> [[Span]] in
      let panel = EvidencePanel(
        evidence: evidence, name: name, charset: .ascii, scroll: 0, isFocused: false)
      return [[], panel.title(columns: columns)] + panel.lines(columns: columns, withCounts: false)
    }
  }

  private func ratingLines(_ columns: Int) -> [[Span]] {
    guard let rating = view.rating else { return [] }
    let expected = [
      Span(padded(rating.task, to: 9) + " ", .dim),
      Span(lossText(rating.predicted), style: .bold), Span(" expected", .dim),
    ]
    let observed: [Span]
    if let rating = rating.observed {
      observed = [
        Span(sixDigits(rating), style: .bold), Span(" observed (\(view.split ?? "data"))", .dim),
      ]
    } else {
      let words = view.split.map { "no \(rating.task) in the \($0) row" } ?? "the two never met"
      observed = [Span(words, .dim)]
    }
    let off = [Span("\(rating.task) is off: what is expected stands still.", .warning)]
    return wrappedPieces([expected, observed], columns: columns, most: 2).lines
      + (rating.isOn ? [] : [off])
  }

  /// Where the item stands, and how much the data know of the two.
  private func pairLines(_ columns: Int) -> [[Span]] {
    guard let user = view.user, let item = view.item else { return [] }
    let words =
      "\(grouped(user.rows)) training rows of the user, \(grouped(item.rows)) of the item"
    return wrapped(standing, columns: columns, lines: 2).map { [Span($0, .hint)] }
      + wrapped(words, columns: columns, lines: 2).map { [Span($0, .dim)] }
  }

  private func reasonLines(_ columns: Int) -> [[Span]] {
    guard let explanation = view.explanation else {
      let name = run.description?.modelTitle ?? "This model"
      let words =
        "\(name) gives no reasons of its own. 6 lists the systems: those that are made for ratings "
        + "and reviews explain theirs."
      return [[]] + wrapped(words, columns: columns, lines: 4).map { [Span($0)] }
    }
    var lines: [[Span]] = [[]]
    lines += reasonHeads(explanation.scoreWords, columns)
    if explanation.reasons.isEmpty {
      lines.append([Span(explanation.generated == nil ? "none" : "none but what it says", .dim)])
    }
    for (index, reason) in explanation.reasons.enumerated() {
      lines.append(head(of: reason, index, columns))
      for passage in reason.evidence { lines += evidence(passage, columns) }
    }
    if let note = explanation.note {
      lines += wrapped(note, columns: columns, lines: 4).map { [Span($0, .dim)] }
    }
    return lines
  }

  /// What the scores are, beside the title or, where there is no room for it, below.
  private func reasonHeads(_ meaning: String, _ columns: Int) -> [[Span]] {
    let title = Span("reasons", style: .bold)
    guard columnsTaken(by: meaning) + 10 > columns else {
      return [[title, Span(rightAligned(meaning, to: max(0, columns - 7)), .dim)]]
    }
    return [[title]] + wrapped(meaning, columns: columns, lines: 2).map { [Span($0, .dim)] }
  }

  private func head(of reason: Explanation.Reason, _ index: Int, _ columns: Int) -> [Span] {
    let score = reason.score.map { rightAligned(lossText($0), to: 9) } ?? ""
    let room = max(4, columns - 3 - columnsTaken(by: score))
    return [
      Span(rightAligned("\(index + 1)", to: 2) + " ", .dim),
      Span(padded(reason.title, to: room), style: .bold), Span(score),
    ]
  }

  /// A text of the data, and behind it, if there is room, where it stands.
  private func evidence(_ passage: Explanation.Passage, _ columns: Int) -> [[Span]] {
    let indent = "     "
    var lines = wrapped(passage.text, columns: columns - indent.count, lines: 3)
      .map { [Span(indent), Span($0)] }
    if !passage.source.isEmpty {
      let used = columnsTaken(by: lines.last?.last?.text ?? "") + indent.count
      let source = Span("  " + passage.source, .dim)
      if !lines.isEmpty, used + columnsTaken(by: source.text) <= columns {
        lines[lines.count - 1].append(source)
      } else {
        lines += wrapped(passage.source, columns: columns - indent.count, lines: 2)
          .map { [Span(indent), Span($0, .dim)] }
      }
    }
    return lines
  }

  private func lines(
    of passage: Explanation.Passage, _ word: String, _ columns: Int
  ) -> [[Span]] {
    let texts = wrapped(passage.text, columns: columns - 10, lines: 6)
    var lines = texts.enumerated().map { index, text in
      [Span(padded(index == 0 ? word : "", to: 10), .dim), Span(text)]
    }
    if !passage.source.isEmpty {
      lines += wrapped(passage.source, columns: columns - 10, lines: 2).map {
        [Span(String(repeating: " ", count: 10)), Span($0, .dim)]
      }
    }
    return lines
  }
}
