import Terminal

/// A piece of a line with one style.
struct Span {
  var text: String
  var style: Style

  init(_ text: String, _ role: Role = .plain) { self.init(text, style: Style(role)) }

  init(_ text: String, style: Style) {
    self.text = text
    self.style = style
  }
}

extension Canvas {
  /// Writes pieces one after the other, at most `limit` columns, and returns how many they took.
  @discardableResult mutating func write(
    _ spans: [Span], row: Int, column: Int, limit: Int = .max
  ) -> Int {
    var used = 0
    for span in spans where used < limit {
      used += write(
        span.text, row: row, column: column + used, style: span.style, limit: limit - used)
    }
    return used
  }

  /// Draws a frame with a title in its upper edge and returns what is inside.
  ///
  /// A focused frame has heavy lines, so that it stands out without colour.
  mutating func frame(_ area: Rect, title: [Span], isFocused: Bool = false) -> Rect {
    guard area.size.rows >= 2, area.size.columns >= 2 else { return area.inner }
    let lines = isFocused ? FrameLines.heavy : .light
    let style = Style(isFocused ? .focusedFrame : .frame)
    let (right, bottom) = (
      area.column + area.size.columns - 1, area.row + area.size.rows - 1
    )
    for column in (area.column + 1)..<max(area.column + 1, right) {
      put(lines.across, row: area.row, column: column, style: style)
      put(lines.across, row: bottom, column: column, style: style)
    }
    for row in (area.row + 1)..<max(area.row + 1, bottom) {
      put(lines.down, row: row, column: area.column, style: style)
      put(lines.down, row: row, column: right, style: style)
    }
    put(lines.corners[0], row: area.row, column: area.column, style: style)
    put(lines.corners[1], row: area.row, column: right, style: style)
    put(lines.corners[2], row: bottom, column: area.column, style: style)
    put(lines.corners[3], row: bottom, column: right, style: style)
    writeTitle(title, of: area, isFocused: isFocused)
    return area.inner
  }

  private mutating func writeTitle(_ title: [Span], of area: Rect, isFocused: Bool) {
    let room = area.size.columns - 5
    guard !title.isEmpty, room > 0 else { return }
    put(" ", row: area.row, column: area.column + 2)
    let spans = title.map { span in
      Span(span.text, style: Style(span.style.role, bold: isFocused || span.style.isBold))
    }
    let used = write(spans, row: area.row, column: area.column + 3, limit: room)
    put(" ", row: area.row, column: area.column + 3 + used)
  }

  /// Writes a text in the right end of a row of an area.
  mutating func writeRight(_ text: String, row: Int, in area: Rect, style: Style = .plain) {
    let width = min(columnsTaken(by: text), area.size.columns)
    write(
      text, row: row, column: area.column + area.size.columns - width, style: style, limit: width)
  }
}

private struct FrameLines: Sendable {
  let across: Character
  let down: Character
  let corners: [Character]

  static let light = FrameLines(across: "─", down: "│", corners: ["┌", "┐", "└", "┘"])
  static let heavy = FrameLines(across: "━", down: "┃", corners: ["┏", "┓", "┗", "┛"])
}

/// The glyph that marks a task everywhere, with its colour.
func seriesGlyph(_ index: Int) -> Character {
  let glyphs: [Character] = ["●", "◆", "■", "▲", "✚", "◈", "▼", "◉"]
  return glyphs[((index % 8) + 8) % 8]
}
