import Runs
import Terminal

/// Texts in rows and columns: the first column and those of words to the left, numbers to the right.
///
///       round       density    auc  kept
///     > round 3 of 10  0.73  0.9412  yes
///
/// Words are cut where there is no room for them, as names are; a column of numbers is left out then,
/// and no number is cut. A row whose first cell alone says something has the whole width for it.
struct TablePanel {
  let table: ModelView.Table
  let ink: ViewInk
  /// By column, whether more of its cells are words than numbers.
  private let areWords: [Bool]

  init(table: ModelView.Table, ink: ViewInk) {
    self.table = table
    self.ink = ink
    areWords = table.columns.indices.map { column in
      let cells = table.rows.lazy.filter { $0.indices.contains(column) }.map { $0[column] }
      return cells.reduce(0) { $0 + (Self.isWord($1) ? 1 : Self.isNumber($1) ? -1 : 0) } > 0
    }
  }

  func draw(in area: Rect, frame: Rect, on canvas: inout Canvas) {
    guard !table.columns.isEmpty else { return canvas.drawNothing("no rows yet", in: area) }
    let widths = table.columns.indices.map(width)
    let hasGlyphs = ink.namesTasks(table.rows.compactMap(\.first))
    let start = 2 + (hasGlyphs ? 2 : 0)
    let room = area.size.columns - start - 1
    let first = firstColumns(widths, room: room, half: area.size.columns / 2)
    let columns = columnWindow(widths, room: room - first)
    write(
      table.columns, widths, first, columns, row: area.row, column: area.column + start,
      style: .dim, in: area, on: &canvas)
    let rows = rowWindow(rows: area.size.rows - 1)
    for (line, row) in rows.places.enumerated() {
      let cells = table.rows[row]
      let isCurrent = row == table.current
      let at = area.row + 1 + line
      let glyph = hasGlyphs ? [ink.glyph(of: cells.first ?? "")] : []
      canvas.write(
        [Span(isCurrent ? "> " : "  ", .hint)] + glyph, row: at, column: area.column,
        limit: area.size.columns)
      write(
        cells, widths, isLine(cells) ? area.size.columns : first, columns, row: at,
        column: area.column + start, style: isCurrent ? .bold : .plain, in: area, on: &canvas)
    }
    rows.drawMore(in: frame, on: &canvas)
    let shown = ListWindow(
      count: table.columns.count - 1, from: columns.lowerBound - 1, rows: columns.count)
    canvas.drawHidden(columns: shown, noun: "column", in: frame)
  }

  /// Around the row that holds, unless one has scrolled.
  private func rowWindow(rows: Int) -> ListWindow {
    if ink.scroll.row == 0, let current = table.current, current >= rows {
      return ListWindow(count: table.rows.count, selected: current, rows: rows)
    }
    return ListWindow(count: table.rows.count, from: ink.scroll.row, rows: rows)
  }

  private func width(_ column: Int) -> Int {
    let cells = table.rows.lazy.compactMap { row in
      row.indices.contains(column) && !(column == 0 && isLine(row))
        ? columnsTaken(by: row[column]) : nil
    }
    let widest = max(columnsTaken(by: table.columns[column]), cells.max() ?? 0)
    // Names may be cut, numbers say nothing then.
    return column == 0 ? min(40, widest) : widest
  }

  /// Whether a row is one sentence: cells besides the first that say nothing.
  private func isLine(_ cells: [String]) -> Bool {
    cells.count > 1 && cells.dropFirst().allSatisfy(\.isEmpty)
  }

  /// Whether a cell begins with a letter, or is a word in brackets, and is no number that went bad.
  private static func isWord(_ cell: String) -> Bool {
    cell.first.map { $0.isLetter || $0 == "(" } == true && !isNumber(cell)
  }

  /// Whether a cell is a number, `1,790` and `nan` among them.
  private static func isNumber(_ cell: String) -> Bool {
    Double(cell.filter { $0 != "," }) != nil
  }

  /// Columns of the first one: half of the room at most, and less where the others then all have theirs.
  private func firstColumns(_ widths: [Int], room: Int, half: Int) -> Int {
    let most = min(widths[0], max(8, half))
    let beside = room - widths.dropFirst().reduce(0) { $0 + $1 + 2 }
    return (min(most, Self.leastWords)...most).contains(beside) ? beside : most
  }

  /// What is left of a column of words at least.
  private static let leastWords = 10

  /// The columns after the first that are shown.
  private func columnWindow(_ widths: [Int], room: Int) -> Range<Int> {
    guard widths.count > 1 else { return 1..<1 }
    let first = max(1, min(ink.scroll.column + 1, widths.count - 1))
    var (end, left) = (first, room)
    while end < widths.count, widths[end] + 2 <= left {
      left -= widths[end] + 2
      end += 1
    }
    // A column that is too wide for the room is cut rather than left out, if that leaves what it says.
    let isCut = end < widths.count && left > 2 + Self.leastWords && areWords[end]
    if isCut || end == first && room > 4 { end += 1 }
    return first..<end
  }

  private func write(
    _ cells: [String], _ widths: [Int], _ first: Int, _ columns: Range<Int>, row: Int,
    column: Int, style: Style, in area: Rect, on canvas: inout Canvas
  ) {
    let end = area.column + area.size.columns
    canvas.write(
      cells.first ?? "", row: row, column: column, style: style,
      limit: min(first, end - column))
    var place = column + first
    for index in columns where cells.indices.contains(index) {
      let width = max(0, min(widths[index], end - place - 2))
      // Less of a number would be another number.
      let isTooLong = Self.isNumber(cells[index]) && columnsTaken(by: cells[index]) > width
      let cell = isTooLong ? "…" : cells[index]
      canvas.write(
        areWords[index] ? fit(cell, into: width) : rightAligned(cell, to: width),
        row: row, column: place + 2, style: style, limit: width)
      place += widths[index] + 2
    }
  }
}
