/// One cell of the screen: a base character, perhaps with combining marks, and a style.
///
/// The right half of a wide character is a cell whose text is empty.
public struct Cell: Sendable, Hashable {
  /// The character; empty for the right half of a wide one.
  public var text: Character?
  /// How it is drawn.
  public var style: Style

  /// A cell.
  public init(_ text: Character?, _ style: Style) {
    self.text = text
    self.style = style
  }

  /// A blank.
  public static let blank = Cell(" ", .plain)
}

/// A grid of cells to draw on; what lies outside is dropped, so that no size can crash a view.
///
/// Every text goes through ``write(_:row:column:style:limit:)``: it is the one place that knows how
/// wide a character is and that makes control characters harmless.
public struct Canvas: Sendable, Equatable {
  /// Rows and columns.
  public let size: Size
  /// Row after row.
  public private(set) var cells: [Cell]

  /// A blank canvas.
  public init(rows: Int, columns: Int) {
    size = Size(rows: max(0, rows), columns: max(0, columns))
    cells = [Cell](repeating: .blank, count: size.rows * size.columns)
  }

  /// The whole area.
  public var area: Rect { Rect(row: 0, column: 0, rows: size.rows, columns: size.columns) }

  /// The cell at a place, or nil outside.
  public subscript(row: Int, column: Int) -> Cell? {
    guard row >= 0, column >= 0, row < size.rows, column < size.columns else { return nil }
    return cells[row * size.columns + column]
  }

  /// Puts one character at a place; outside it is dropped, and control characters become `?`.
  public mutating func put(_ character: Character, row: Int, column: Int, style: Style = .plain) {
    place(harmless(character), row: row, column: column, style: style)
  }

  /// Writes a text in one row and returns how many columns it took.
  ///
  /// Control characters and other characters that a terminal might obey are shown as `?`; a text
  /// that is wider than `limit` columns ends in `…`.
  @discardableResult public mutating func write(
    _ text: String, row: Int, column: Int, style: Style = .plain, limit: Int = .max
  ) -> Int {
    guard limit > 0 else { return 0 }
    var width = 0
    var last: Character?
    for raw in text {
      let character = harmless(raw)
      let next = width + cellWidth(of: character)
      // Only a character that takes the last column may have to give way to the ellipsis.
      guard last == nil, next <= limit else {
        place("…", row: row, column: column + width, style: style)
        return width + 1
      }
      if next == limit {
        last = character
      } else {
        place(character, row: row, column: column + width, style: style)
        width = next
      }
    }
    if let last { place(last, row: row, column: column + width, style: style) }
    return last == nil ? width : limit
  }

  /// Fills an area with one character.
  public mutating func fill(_ area: Rect, with character: Character = " ", style: Style = .plain) {
    let inside = clipped(area)
    for row in inside.rows {
      for column in inside.columns {
        put(character, row: row, column: column, style: style)
      }
    }
  }

  /// Puts all cells of another canvas at a place; what lies outside is dropped.
  public mutating func put(_ other: Canvas, row: Int, column: Int) {
    let inside = clipped(
      Rect(row: row, column: column, rows: other.size.rows, columns: other.size.columns))
    for at in inside.rows where !inside.columns.isEmpty {
      clearWideNeighbours(row: at, column: inside.columns.lowerBound)
      clearWideNeighbours(row: at, column: inside.columns.upperBound - 1)
      let source = (at - row) * other.size.columns - column
      for column in inside.columns {
        cells[at * size.columns + column] = other.cells[source + column]
      }
      blankHalves(row: at, inside.columns)
    }
  }

  /// Changes the style of an area and leaves its text.
  public mutating func restyle(_ area: Rect, _ change: (inout Style) -> Void) {
    let inside = clipped(area)
    for row in inside.rows {
      for column in inside.columns {
        change(&cells[row * size.columns + column].style)
      }
    }
  }

  /// The text of a row without styles; trailing blanks are kept.
  public func text(row: Int) -> String {
    guard row >= 0, row < size.rows else { return "" }
    let start = row * size.columns
    return String(cells[start..<(start + size.columns)].compactMap(\.text))
  }

  /// All rows, without trailing blanks, joined by newlines: what golden screens hold.
  public var text: String {
    (0..<size.rows).map { row in
      var line = Substring(text(row: row))
      while line.last == " " { line.removeLast() }
      return String(line)
    }.joined(separator: "\n")
  }

  /// The rows and columns of an area that are on the canvas; none if it lies outside.
  private func clipped(_ area: Rect) -> (rows: Range<Int>, columns: Range<Int>) {
    (
      (area.row..<(area.row + area.size.rows)).clamped(to: 0..<size.rows),
      (area.column..<(area.column + area.size.columns)).clamped(to: 0..<size.columns)
    )
  }

  private mutating func place(_ character: Character, row: Int, column: Int, style: Style) {
    if cellWidth(of: character) == 2 {
      place(wide: character, row: row, column: column, style: style)
    } else {
      place(narrow: character, row: row, column: column, style: style)
    }
  }

  private mutating func place(narrow character: Character, row: Int, column: Int, style: Style) {
    guard row >= 0, column >= 0, row < size.rows, column < size.columns else { return }
    clearWideNeighbours(row: row, column: column)
    cells[row * size.columns + column] = Cell(character, style)
  }

  private mutating func place(wide character: Character, row: Int, column: Int, style: Style) {
    guard row >= 0, column >= 0, row < size.rows, column < size.columns - 1 else {
      // What is left of it at an edge is a blank half.
      place(narrow: " ", row: row, column: column == -1 ? 0 : column, style: style)
      return
    }
    clearWideNeighbours(row: row, column: column)
    clearWideNeighbours(row: row, column: column + 1)
    cells[row * size.columns + column] = Cell(character, style)
    cells[row * size.columns + column + 1] = Cell(nil, style)
  }

  /// What an edge has cut off a wide character is a blank.
  private mutating func blankHalves(row: Int, _ columns: Range<Int>) {
    let first = row * size.columns + columns.lowerBound
    let last = row * size.columns + columns.upperBound - 1
    if cells[first].text == nil { cells[first].text = " " }
    if let text = cells[last].text, cellWidth(of: text) == 2 { cells[last].text = " " }
  }

  /// A wide character that loses one half becomes blank, so that the row keeps its width.
  private mutating func clearWideNeighbours(row: Int, column: Int) {
    let at = row * size.columns + column
    if cells[at].text == nil, column > 0 { cells[at - 1].text = " " }
    if column + 1 < size.columns, cells[at + 1].text == nil { cells[at + 1].text = " " }
  }
}
