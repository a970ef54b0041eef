import Terminal

extension Question {
  /// Draws the question in the middle of an area.
  func draw(in area: Rect, on canvas: inout Canvas) {
    let wanted = (lines + [title, "y  \(yes)"]).map(columnsTaken).max() ?? 0
    let columns = min(area.size.columns, wanted + 10)
    let rows = min(area.size.rows, lines.count + 6)
    let box = Rect(
      row: area.row + (area.size.rows - rows) / 2,
      column: area.column + (area.size.columns - columns) / 2, rows: rows, columns: columns)
    canvas.fill(box)
    let inner = canvas.frame(box, title: [Span(title, .warning)], isFocused: true)
    let limit = inner.size.columns - 2
    for (place, line) in lines.enumerated() {
      canvas.write(line, row: inner.row + 1 + place, column: inner.column + 1, limit: limit)
    }
    let answers = [
      Span("y", style: Style(.hint, bold: true)), Span("  \(yes)     "),
      Span("Esc", style: Style(.hint, bold: true)), Span("  no"),
    ]
    canvas.write(
      answers, row: inner.row + inner.size.rows - 1, column: inner.column + 1, limit: limit)
  }
}

extension Choice {
  /// Draws the names in the middle of an area, as many as fit.
  func draw(in area: Rect, on canvas: inout Canvas) {
    let names = shown
    let wanted = max(30, (names.map(columnsTaken).max() ?? 0) + 6)
    let columns = min(area.size.columns, wanted)
    let rows = min(area.size.rows, max(5, names.count + 2))
    let box = Rect(
      row: area.row + (area.size.rows - rows) / 2,
      column: area.column + (area.size.columns - columns) / 2, rows: rows, columns: columns)
    canvas.fill(box)
    let search = filter.text.isEmpty ? [] : [Span("  with '\(filter.text)'", .hint)]
    let inner = canvas.frame(box, title: [Span(title, .title)] + search, isFocused: true)
    guard !names.isEmpty else {
      canvas.write(
        "none; Backspace widens", row: inner.row, column: inner.column + 1, style: .dim,
        limit: inner.size.columns - 1)
      return
    }
    let list = ListWindow(count: names.count, selected: selected, rows: inner.size.rows)
    for (row, place) in list.places.enumerated() {
      let isSelected = place == selected
      canvas.write(
        (isSelected ? "> " : "  ") + names[place], row: inner.row + row, column: inner.column + 1,
        style: isSelected ? Style(.selection, reversed: true) : .plain,
        limit: inner.size.columns - 2)
    }
    list.drawMore(in: box, on: &canvas)
  }
}

/// Which lines of a list are seen, and how many are not.
struct ListWindow {
  let places: Range<Int>
  let count: Int

  /// A window around the selected line.
  init(count: Int, selected: Int, rows: Int) {
    let rows = max(0, rows)
    let start = max(0, min(selected - rows / 2, count - rows))
    places = start..<min(count, start + rows)
    self.count = count
  }

  /// A window that starts at a line, as far as there are lines.
  init(count: Int, from first: Int, rows: Int) {
    let start = max(0, min(first, count - max(0, rows)))
    places = start..<min(count, start + max(0, rows))
    self.count = count
  }

  /// A window that starts at an entry, as far as there are entries, each of so many lines.
  ///
  /// Only heights of entries that may be seen are asked for.
  init(count: Int, from first: Int, rows: Int, height: (Int) -> Int) {
    var last = count
    var used = 0
    while last > 0, used + height(last - 1) <= rows {
      last -= 1
      used += height(last)
    }
    let start = max(0, min(first, last))
    var end = start
    used = 0
    while end < count, used + height(end) <= rows {
      used += height(end)
      end += 1
    }
    // An entry that is longer than the window is shown in part.
    places = start..<(end == start && rows > 0 ? min(count, start + 1) : end)
    self.count = count
  }

  /// Says in the lower edge of a frame how many lines are not seen.
  func drawMore(in frame: Rect, on canvas: inout Canvas) {
    let above = places.lowerBound
    let below = count - places.upperBound
    var text = ""
    if above > 0 { text += " ↑ \(above) more" }
    if below > 0 { text += " ↓ \(below) more" }
    guard !text.isEmpty, frame.size.columns > 4 else { return }
    let edge = Rect(
      row: 0, column: frame.column + 2, rows: 1, columns: frame.size.columns - 4)
    canvas.writeRight(
      text + " ", row: frame.row + frame.size.rows - 1, in: edge, style: Style(.hint))
  }
}
