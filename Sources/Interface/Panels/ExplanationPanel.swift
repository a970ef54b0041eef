import Runs
import Terminal

/// The items that a model puts first for a user.
///
///     u17  3 of 400
///     by ranking, of all 190 items new …
///     > 1 i203      4.61
///       2 i18       4.40
struct FirstItemsPanel {
  let view: ExplanationView
  /// The place of the item that is explained; nil for one that is not among them.
  let selected: Int?
  let isWaiting: Bool
  let isFocused: Bool

  func draw(in area: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(area, title: title, isFocused: isFocused)
    let width = inner.size.columns
    let words = wrapped(view.firstWords, columns: width - 2, lines: 2)
    for (row, line) in words.enumerated() {
      canvas.write(
        line, row: inner.row + row, column: inner.column + 1, style: .dim, limit: width - 2)
    }
    let (_, rest) = inner.splitTop(words.count)
    let list = ListWindow(
      count: view.first.count, selected: selected ?? 0, rows: rest.size.rows)
    for (line, place) in list.places.enumerated() {
      let item = view.first[place]
      let isSelected = place == selected
      let name = max(4, width - 15)
      canvas.write(
        [
          Span(isSelected ? ">" : " ", .hint),
          Span(rightAligned("\(place + 1)", to: 2) + " ", .dim),
          Span(padded(item.name, to: name), style: isSelected ? .bold : .plain),
          Span(rightAligned(lossText(item.score), to: 9)),
        ], row: rest.row + line, column: rest.column, limit: width - 1)
    }
    list.drawMore(in: area, on: &canvas)
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
  /// What is being looked up; nil: it is shown.
  let waiting: String?
  let scroll: Int
  let isFocused: Bool

  func draw(in area: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(area, title: title, isFocused: isFocused)
    let lines = lines(columns: inner.size.columns - 2)
    let list = ListWindow(count: lines.count, from: scroll, rows: inner.size.rows)
    for (row, index) in list.places.enumerated() {
      canvas.write(
        lines[index], row: inner.row + row, column: inner.column + 1,
        limit: inner.size.columns - 2)
    }
    list.drawMore(in: area, on: &canvas)
  }

  private var title: [Span] {
    var spans = [Span("why", .title)]
    if let item = view.item { spans.append(Span("  item \(item.name)", .title)) }
    if let waiting { return spans + [Span("  → \(waiting)", .warning)] }
    return spans + [Span("  step \(grouped(view.step))", .dim)]
  }

  /// All that is said, line by line.
  func lines(columns: Int) -> [[Span]] {
    var lines = ratingLines(columns)
    lines += view.remarks.flatMap { text in
      wrapped(text, columns: columns, lines: 3).map { [Span($0, .warning)] }
    }
    if view.item != nil { lines += reasonLines(columns) }
    let sentences = [("says", view.explanation?.generated), ("wrote", view.truth)]
    for (word, passage) in sentences {
      guard let passage else { continue }
      lines += [[]] + self.lines(of: passage, word, columns)
    }
    return lines
  }

  private func ratingLines(_ columns: Int) -> [[Span]] {
    guard let rating = view.rating else { return [] }
    var line = [
      Span(padded(rating.task, to: 9) + " ", .dim),
      Span(lossText(rating.predicted), style: .bold), Span(" expected", .dim),
    ]
    if let observed = rating.observed {
      line += [
        Span(" · "), Span(sixDigits(observed), style: .bold),
        Span(" observed (\(view.split ?? "data"))", .dim),
      ]
    } else {
      let words = view.split.map { "no \(rating.task) in the \($0) row" } ?? "the two never met"
      line.append(Span(" · " + words, .dim))
    }
    let off = [Span("\(rating.task) is off: what is expected stands still.", .warning)]
    return [line] + (rating.isOn ? [] : [off]) + itemLine(columns)
  }

  /// How much the data know of the two.
  private func itemLine(_ columns: Int) -> [[Span]] {
    guard let user = view.user, let item = view.item else { return [] }
    let words =
      "\(grouped(user.rows)) training rows of the user, \(grouped(item.rows)) of the item"
    return wrapped(words, columns: columns, lines: 2).map { [Span($0, .dim)] }
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
    let meaning = fit(explanation.scoreWords, into: max(0, columns - 10))
    lines.append([
      Span("reasons", style: .bold),
      Span(rightAligned(meaning, to: max(0, columns - 7)), .dim),
    ])
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
        lines.append([Span(indent), Span(fit(passage.source, into: columns - 5), .dim)])
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
      lines.append([
        Span(String(repeating: " ", count: 10)),
        Span(fit(passage.source, into: columns - 10), .dim),
      ])
    }
    return lines
  }
}

// MARK: - What the words cost

extension RunState {
  /// The task whose words explain: a text, else opinions; nil where there is neither.
  var explainingTask: String? {
    let tasks = description?.tasks ?? []
    return (tasks.first { $0.kind == .text } ?? tasks.first { $0.kind == .tuples })?.name
  }

  /// What the rating gains or loses by the task whose words explain, as far as it is known, in lines.
  ///
  /// A shadow without the task is compared on the same rows; where there is none, the scores before and
  /// after the task was switched are, which training has moved besides.
  func explainingEffect(columns: Int) -> [[Span]] {
    guard let name = explainingTask, name != ratingTask, let rating = ratingTask else { return [] }
    if let lines = shadowEffect(of: name, on: rating, columns: columns) { return lines }
    if let change = lastChange, change.words == "\(name) OFF" || change.words == "\(name) ON" {
      return change.effect(on: rating, columns: columns)
    }
    let isOn = snapshot.tasks.first { $0.name == name }?.isOn ?? true
    let words =
      isOn
      ? "What \(rating) gains by \(name): F runs a copy without it beside, on the same rows."
      : "\(name) is off: what \(rating) gained or lost by that was not scored; Space trains it again."
    return wrapped(words, columns: columns, lines: 2).map { [Span($0, .dim)] }
  }

  /// The task whose answer is shown as a rating.
  private var ratingTask: String? {
    description?.tasks.first { $0.kind == .regression }?.name
  }

  private func shadowEffect(
    of name: String, on rating: String, columns: Int
  ) -> [[Span]]? {
    guard let shadow = snapshot.shadow,
      shadow.tasks.first(where: { $0.name == name })?.isOn == false,
      let found = shadow.tasks.first(where: { $0.name == rating })
    else { return nil }
    let head = [
      Span("\(rating) without \(name)", style: .bold),
      Span(" since \(grouped(shadow.fork)): ", .dim),
    ]
    guard let difference = found.difference else {
      return [head + [Span("too few steps yet", .dim)]]
    }
    let verdict =
      !difference.isClear ? "within noise" : difference.mean < 0 ? "it gains" : "it loses"
    let role: Role = !difference.isClear ? .plain : difference.mean < 0 ? .good : .warning
    let line =
      head + [
        Span("loss \(signedFixed(difference.mean, 4))", role),
        Span("±\(fixed(difference.error, 4)) ", .dim), Span(verdict, role),
      ]
    guard let score = found.score, (score.shadow - score.main).isFinite else { return [line] }
    let change = signedFixed(score.shadow - score.main, 4)
    let words = Span("(\(score.name) \(change) at \(grouped(score.step)))", .dim)
    let used = (line + [words]).reduce(1) { $0 + columnsTaken(by: $1.text) }
    return used <= columns ? [line + [Span(" "), words]] : [line, [words]]
  }
}

extension ChangeEffect {
  /// What became of a task's score, and that other steps were taken besides.
  fileprivate func effect(on rating: String, columns: Int) -> [[Span]] {
    var only = self
    only.before?.tasks.removeAll { $0.task != rating }
    only.after?.tasks.removeAll { $0.task != rating }
    let lines = only.lines(columns: columns)
    guard !only.differences.isEmpty else { return lines }
    return lines + [
      [Span("all that was learned in these steps is in it; F compares with a copy", .dim)]
    ]
  }
}

extension ExplanationView {
  /// Items and reasons as a table.
  var file: ExportedFile {
    var table = CSVTable(head: ["user", "item", "step", "part", "place", "text", "score", "source"])
    let (user, item) = (user?.name ?? "", item?.name ?? "")
    func add(_ part: String, _ place: Int, _ text: String, _ score: Double?, _ source: String) {
      table.rows.append([
        .text(user), .text(item), .number(Double(step)), .text(part), .number(Double(place)),
        .text(text), .number(score ?? .nan), .text(source),
      ])
    }
    for (place, candidate) in first.enumerated() {
      add("first", place + 1, candidate.name, candidate.score, firstWords)
    }
    if let rating {
      add("expected", 0, rating.task, rating.predicted, "")
      if let observed = rating.observed { add("observed", 0, rating.task, observed, split ?? "") }
    }
    for (place, reason) in (explanation?.reasons ?? []).enumerated() {
      add("reason", place + 1, reason.title, reason.score, explanation?.scoreWords ?? "")
      for passage in reason.evidence {
        add("evidence", place + 1, passage.text, nil, passage.source)
      }
    }
    if let said = explanation?.generated { add("says", 0, said.text, nil, said.source) }
    if let truth { add("wrote", 0, truth.text, nil, truth.source) }
    return ExportedFile("explanation", ending: "csv", text: table.text)
  }
}
