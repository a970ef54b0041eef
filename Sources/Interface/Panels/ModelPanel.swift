import Runs
import Terminal

/// One model: what it is, its options, and what starting it will do.
struct ModelPanel {
  let model: ModelDescription
  /// Values that a person has set, by option.
  let edits: [String: String]
  /// The selected option.
  let option: Int
  /// Whether keys go through the options.
  let isOnOptions: Bool
  /// Whether the next run begins with the embeddings of this one.
  let keepsEmbeddings: Bool
  /// Why the last wish was not granted, line by line.
  let refusal: [String]
  /// The run that starting it would end.
  let run: RunState
  /// What the run would be; nil where that is not known.
  let preview: StartPreview?

  func draw(in area: Rect, on canvas: inout Canvas) {
    let title = [Span(model.title, .title), Span("  \(model.name)", .dim)]
    let inner = canvas.frame(area, title: title, isFocused: isOnOptions)
    let notes = modelNotes(columns: inner.size.columns - 2)
    let (top, bottom) = inner.splitTop(inner.size.rows - notes.count)
    let text = modelText(columns: inner.size.columns - 2)
    // The options are what is worked on: the text above gives way to them.
    let optionRows = min(model.choices.count + 2, top.size.rows)
    let shown = text.prefix(max(0, top.size.rows - optionRows))
    write(shown, from: top.row, in: top, on: &canvas)
    let (_, rest) = top.splitTop(shown.count)
    let boxes = StructurePanel(parts: preview?.parts ?? [])
    let boxRows = boxes.rows(columns: rest.size.columns)
    let isRoomy = boxRows > 0 && rest.size.rows >= optionRows + boxRows + 1
    let (options, structure) = rest.splitTop(rest.size.rows - (isRoomy ? boxRows : 0))
    drawOptions(in: options, frame: area, on: &canvas)
    if isRoomy { boxes.draw(in: structure, on: &canvas) }
    write(notes[...], from: bottom.row, in: bottom, on: &canvas)
  }

  /// The index of the option in a row of the screen; nil for none.
  func option(atRow row: Int, in area: Rect) -> Int? {
    let inner = area.inner
    let height = inner.size.rows - modelNotes(columns: inner.size.columns - 2).count
    let optionRows = min(model.choices.count + 2, height)
    let text = modelText(columns: inner.size.columns - 2).count
    let first = inner.row + min(text, max(0, height - optionRows)) + 2
    let list = window(rows: height - (first - 2 - inner.row) - 2)
    let index = list.places.lowerBound + row - first
    return row >= first && list.places.contains(index) ? index : nil
  }

  /// The options that are listed in so many rows.
  private func window(rows: Int) -> ListWindow {
    let selected = max(0, min(self.option, model.choices.count - 1))
    return ListWindow(
      count: model.choices.count, selected: isOnOptions ? selected : 0, rows: rows)
  }

  private func write(
    _ lines: ArraySlice<[Span]>, from row: Int, in area: Rect, on canvas: inout Canvas
  ) {
    for (line, spans) in lines.enumerated() {
      canvas.write(spans, row: row + line, column: area.column + 1, limit: area.size.columns - 2)
    }
  }

  // MARK: Details

  /// Paper, summary and what it shows.
  private func modelText(columns: Int) -> [[Span]] {
    var lines: [[Span]] = []
    if let reason = model.unfit {
      let words = wrapped("Not for these data: \(reason)", columns: columns, lines: 3)
      lines += words.map { [Span($0, .warning)] }
    }
    lines += wrapped(model.summary, columns: columns, lines: 3).map { [Span($0)] }
    lines += wrapped(model.paper, columns: columns, lines: 2).map { [Span($0, .dim)] }
    if !model.shows.isEmpty {
      let words = "shows " + model.shows.joined(separator: ", ")
      lines += wrapped(words, columns: columns, lines: 2).map { [Span($0)] }
    }
    return lines
  }

  private func drawOptions(
    in area: Rect, frame: Rect, on canvas: inout Canvas
  ) {
    guard area.size.rows > 2 else { return }
    guard !model.choices.isEmpty else {
      let below = area.splitTop(1).rest
      return canvas.drawNothing("It has no options.", in: below)
    }
    let names = model.choices.map { columnsTaken(by: $0.name) }.max() ?? 0
    let name = min(max(6, names), 16)
    let values = model.choices.map { columnsTaken(by: edits[$0.name] ?? $0.defaultValue) }
    let value = min(max(7, values.max() ?? 0), 14)
    let defaults = model.choices.map { columnsTaken(by: $0.defaultValue) }
    // Where there is little room the meaning comes before the default, which setting a value shows.
    let isNarrow = area.size.columns < 64
    let fallback = isNarrow ? 0 : min(max(7, defaults.max() ?? 0), 12) + 1
    canvas.write(
      "  " + padded("option", to: name) + "   " + padded("value", to: value) + " "
        + padded(isNarrow ? "" : "default", to: fallback) + "meaning", row: area.row + 1,
      column: area.column + 1, style: .dim, limit: area.size.columns - 2)
    let selected = max(0, min(self.option, model.choices.count - 1))
    let list = window(rows: area.size.rows - 2)
    for (line, index) in list.places.enumerated() {
      let option = model.choices[index]
      let edit = edits[option.name]
      let isSelected = isOnOptions && index == selected
      canvas.write(
        [
          Span(isSelected ? "> " : "  ", .hint),
          Span(padded(option.name, to: name), style: isSelected ? .bold : .plain),
          Span(edit == nil ? "   " : " * ", .warning),
          Span(
            padded(edit ?? option.defaultValue, to: value),
            style: edit == nil ? .plain : Style(.title, bold: true)),
          Span(
            " " + padded(isNarrow ? "" : option.defaultValue, to: fallback) + option.summary, .dim),
        ], row: area.row + 2 + line, column: area.column + 1, limit: area.size.columns - 2)
    }
    list.drawMore(in: frame, on: &canvas)
  }

  /// How large the run would be and what a step would cost, or why it cannot start so.
  private func cost(columns: Int) -> [[Span]] {
    guard let preview else { return [] }
    guard preview.problem.isEmpty else {
      let words = preview.problem.joined(separator: " ")
      return wrapped(words, columns: columns, lines: 3).map { [Span($0, .warning)] }
    }
    let words = [
      "\(grouped(preview.parameterCount)) parameters",
      "\(abbreviated(preview.multiplyAdds)) multiply-adds a step",
      "\(grouped(preview.stepCount)) steps", "about \(abbreviated(preview.bytes))B",
    ]
    let notes = preview.notes.flatMap { wrapped($0, columns: columns, lines: 2) }
    return notes.map { [Span($0, .warning)] }
      + wrapped(words.joined(separator: " · "), columns: columns, lines: 2).map { [Span($0)] }
  }

  /// What starting will do, and why it did not.
  private func modelNotes(columns: Int) -> [[Span]] {
    var lines: [[Span]] = refusal.flatMap { line in
      wrapped(line, columns: columns, lines: 2).map { [Span($0, .error)] }
    }
    if isOnOptions, model.choices.indices.contains(self.option) {
      let option = model.choices[self.option]
      let words = wrapped("\(option.name): \(option.summary)", columns: columns, lines: 2)
      lines += words.map { [Span($0)] }
    }
    lines += cost(columns: columns)
    lines.append([
      Span(keepsEmbeddings ? "[x] " : "[ ] "), Span("Space ", style: Style(.hint, bold: true)),
      Span("keep the embeddings of the run before", .dim),
    ])
    let step = grouped(run.snapshot.step)
    let words =
      run.isFinished
      ? "starts it; the run before stays to compare with"
      : "starts it; the run at step \(step) ends and stays to compare with"
    let start = wrapped(words, columns: columns - 2, lines: 2)
    for (row, line) in start.enumerated() {
      let key = row == 0 ? Span("R ", style: Style(.hint, bold: true)) : Span("  ")
      lines.append([key, Span(line, .dim)])
    }
    return lines
  }
}
