import Runs
import Terminal

/// What is selected on the models screen.
struct ModelsState: Sendable, Equatable {
  /// The selected model; nil for the one that runs.
  var selected: String?
  /// The selected option of it.
  var option = 0
  /// Whether keys go through the options rather than the models.
  var isOnOptions = false
  /// Values that a person has set, by model and option.
  var edits: [String: [String: String]] = [:]
  /// Whether the next run begins with the embeddings of this one.
  var keepsEmbeddings = false
  /// Why the last wish was not granted, line by line.
  var refusal: [String] = []
}

// The models: pick one, read about it, set its options, start it.
extension App {
  func drawModels(in body: Rect, on canvas: inout Canvas) {
    guard let model = selectedModel else {
      let inner = canvas.frame(body, title: [Span("models", .title)], isFocused: true)
      return canvas.drawNothing("No models to choose from are known here.", in: inner)
    }
    let side = body.size.columns >= 100 ? 34 : 26
    let (left, right) = body.splitLeft(side)
    drawModelList(model, in: left, on: &canvas)
    let title = [Span(model.title, .title), Span("  \(model.name)", .dim)]
    let inner = canvas.frame(right, title: title, isFocused: models.isOnOptions)
    let notes = modelNotes(model, columns: inner.size.columns - 2)
    let (top, bottom) = inner.splitTop(inner.size.rows - notes.count)
    let text = modelText(model, columns: inner.size.columns - 2)
    // The options are what is worked on: the text above gives way to them.
    let optionRows = min(model.options.count + 2, top.size.rows)
    let shown = text.prefix(max(0, top.size.rows - optionRows))
    write(shown, from: top.row, in: top, on: &canvas)
    let (_, options) = top.splitTop(shown.count)
    drawOptions(of: model, in: options, frame: right, on: &canvas)
    write(notes[...], from: bottom.row, in: bottom, on: &canvas)
  }

  private func write(
    _ lines: ArraySlice<[Span]>, from row: Int, in area: Rect, on canvas: inout Canvas
  ) {
    for (line, spans) in lines.enumerated() {
      canvas.write(spans, row: row + line, column: area.column + 1, limit: area.size.columns - 2)
    }
  }

  private func drawModelList(
    _ model: ModelDescription, in area: Rect, on canvas: inout Canvas
  ) {
    let all = settings.models
    let title = [Span("models \(all.count)", .title)]
    let inner = canvas.frame(area, title: title, isFocused: !models.isOnOptions)
    let selected = all.firstIndex { $0.name == model.name } ?? 0
    let list = ListWindow(count: all.count, selected: selected, rows: inner.size.rows)
    for (line, place) in list.places.enumerated() {
      let isSelected = place == selected
      let style = all[place].unfit != nil ? Style.dim : isSelected ? .bold : .plain
      canvas.write(
        [Span(isSelected ? "> " : "  ", .hint), Span(all[place].title, style: style)],
        row: inner.row + line, column: inner.column, limit: inner.size.columns - 7)
      canvas.writeRight(
        mark(of: all[place]) + " ", row: inner.row + line, in: inner, style: .dim)
    }
    list.drawMore(in: area, on: &canvas)
  }

  /// `runs`, `2 runs` or `unfit`.
  private func mark(of model: ModelDescription) -> String {
    if model.unfit != nil { return "unfit" }
    if run.description?.model == model.name { return run.isFinished ? "ended" : "runs" }
    let before = earlier.count { $0.description?.model == model.name }
    return before == 0 ? "" : counted(before, "run")
  }

  // MARK: Details

  /// Paper, summary and what it shows.
  private func modelText(_ model: ModelDescription, columns: Int) -> [[Span]] {
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
    of model: ModelDescription, in area: Rect, frame: Rect, on canvas: inout Canvas
  ) {
    guard area.size.rows > 2 else { return }
    guard !model.options.isEmpty else {
      let below = area.splitTop(1).rest
      return canvas.drawNothing("It has no options.", in: below)
    }
    let edits = edits(of: model.name)
    let names = model.options.map { columnsTaken(by: $0.name) }.max() ?? 0
    let name = min(max(6, names), 16)
    let values = model.options.map { columnsTaken(by: edits[$0.name] ?? $0.defaultValue) }
    let value = min(max(7, values.max() ?? 0), 14)
    let defaults = model.options.map { columnsTaken(by: $0.defaultValue) }
    let fallback = min(max(7, defaults.max() ?? 0), 12)
    canvas.write(
      "  " + padded("option", to: name) + "   " + padded("value", to: value) + " "
        + padded("default", to: fallback) + " meaning", row: area.row + 1,
      column: area.column + 1, style: .dim, limit: area.size.columns - 2)
    let selected = max(0, min(models.option, model.options.count - 1))
    let list = ListWindow(
      count: model.options.count, selected: models.isOnOptions ? selected : 0,
      rows: area.size.rows - 2)
    for (line, place) in list.places.enumerated() {
      let option = model.options[place]
      let edit = edits[option.name]
      let isSelected = models.isOnOptions && place == selected
      canvas.write(
        [
          Span(isSelected ? "> " : "  ", .hint),
          Span(padded(option.name, to: name), style: isSelected ? .bold : .plain),
          Span(edit == nil ? "   " : " * ", .warning),
          Span(
            padded(edit ?? option.defaultValue, to: value),
            style: edit == nil ? .plain : Style(.title, bold: true)),
          Span(" " + padded(option.defaultValue, to: fallback) + " " + option.summary, .dim),
        ], row: area.row + 2 + line, column: area.column + 1, limit: area.size.columns - 2)
    }
    list.drawMore(in: frame, on: &canvas)
  }

  /// What starting will do, and why it did not.
  private func modelNotes(_ model: ModelDescription, columns: Int) -> [[Span]] {
    var lines: [[Span]] = models.refusal.flatMap { line in
      wrapped(line, columns: columns, lines: 2).map { [Span($0, .error)] }
    }
    if models.isOnOptions, model.options.indices.contains(models.option) {
      let option = model.options[models.option]
      let words = wrapped("\(option.name): \(option.summary)", columns: columns, lines: 2)
      lines += words.map { [Span($0)] }
    }
    lines.append([
      Span(models.keepsEmbeddings ? "[x] " : "[ ] "), Span("w ", style: Style(.hint, bold: true)),
      Span("begin with the embeddings of the run before", .dim),
    ])
    let step = grouped(run.snapshot.step)
    let words =
      run.isFinished
      ? "starts it; the run before stays to compare with"
      : "starts it; the run at step \(step) ends and stays to compare with"
    let start = wrapped(words, columns: columns - 2, lines: 2)
    for (place, line) in start.enumerated() {
      let key = place == 0 ? Span("s ", style: Style(.hint, bold: true)) : Span("  ")
      lines.append([key, Span(line, .dim)])
    }
    return lines
  }
}
