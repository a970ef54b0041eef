import Runs
import Terminal

/// A heat map with the number in each cell.
///
///               income  never_ma…
///     ● income  █ 0.92    ░ 0.07
///     ◆ never…  ░-0.04    █ 0.90
struct MatrixPanel {
  let matrix: ModelView.Matrix
  let ink: ViewInk

  func draw(in area: Rect, frame: Rect, on canvas: inout Canvas) {
    guard !matrix.rows.isEmpty, !matrix.columns.isEmpty else {
      return canvas.drawNothing("no numbers yet", in: area)
    }
    let scale = MatrixScale(matrix.scale, values: matrix.values)
    let layout = MatrixLayout(matrix, scale, ink, columns: area.size.columns)
    let columns = ListWindow(
      count: matrix.columns.count, from: ink.scroll.column, rows: layout.shownColumns)
    let rows = ListWindow(
      count: matrix.rows.count, from: ink.scroll.row, rows: area.size.rows - 1)
    for (index, column) in columns.places.enumerated() {
      canvas.write(
        rightAligned(matrix.columns[column], to: layout.cellWidth - 1), row: area.row,
        column: area.column + layout.column(index), style: .dim, limit: layout.cellWidth - 1)
    }
    for (line, row) in rows.places.enumerated() {
      let at = area.row + 1 + line
      drawName(matrix.rows[row], layout, row: at, column: area.column, on: &canvas)
      for (index, column) in columns.places.enumerated() {
        drawCell(
          matrix.value(row, column), scale, width: layout.cellWidth - 1, row: at,
          column: area.column + layout.column(index), on: &canvas)
      }
    }
    rows.drawMore(in: frame, on: &canvas)
    canvas.drawHidden(columns: columns, noun: "column", in: frame)
  }

  private func drawName(
    _ name: String, _ layout: MatrixLayout, row: Int, column: Int, on canvas: inout Canvas
  ) {
    let glyph = layout.hasGlyphs ? [ink.glyph(of: name)] : []
    canvas.write(
      glyph + [Span(padded(name, to: layout.nameColumns))], row: row, column: column + 1,
      limit: layout.nameColumns + (layout.hasGlyphs ? 2 : 0))
  }

  /// A shade, and the number at the right end of the cell.
  private func drawCell(
    _ value: Float, _ scale: MatrixScale, width: Int, row: Int, column: Int,
    on canvas: inout Canvas
  ) {
    let text = scale.text(value)
    let number = min(width - 1, columnsTaken(by: text))
    let start = column + width - max(layoutNumber(scale), number) - 1
    canvas.put(scale.shade(value), row: row, column: start, style: scale.style(value))
    canvas.write(
      rightAligned(text, to: column + width - start - 1), row: row, column: start + 1,
      limit: width - 1)
  }

  private func layoutNumber(_ scale: MatrixScale) -> Int {
    MatrixLayout.numberColumns(matrix, scale)
  }
}

/// Where the columns of a matrix lie.
private struct MatrixLayout {
  let hasGlyphs: Bool
  let nameColumns: Int
  /// Columns of a cell and the gap behind it.
  let cellWidth: Int
  let shownColumns: Int

  init(
    _ matrix: ModelView.Matrix, _ scale: MatrixScale, _ ink: ViewInk, columns: Int
  ) {
    hasGlyphs = ink.namesTasks(matrix.rows)
    let widest = matrix.rows.map(columnsTaken).max() ?? 0
    nameColumns = max(2, min(widest, max(8, columns / 3)))
    let least = Self.numberColumns(matrix, scale) + 2
    let room = max(0, columns - 1 - nameColumns - (hasGlyphs ? 2 : 0) - 1)
    let heads = (matrix.columns.map(columnsTaken).max() ?? 0) + 1
    let even = room / max(1, matrix.columns.count)
    cellWidth = max(least, min(heads, even, least + 10))
    shownColumns = room / cellWidth
  }

  /// The column of the cell at a place in view.
  func column(_ index: Int) -> Int {
    1 + (hasGlyphs ? 2 : 0) + nameColumns + 1 + index * cellWidth
  }

  /// Columns of the widest number.
  static func numberColumns(_ matrix: ModelView.Matrix, _ scale: MatrixScale) -> Int {
    max(2, min(7, matrix.values.lazy.map { columnsTaken(by: scale.text($0)) }.max() ?? 2))
  }
}

extension Canvas {
  /// Says why an area is empty.
  mutating func drawNothing(_ words: String, in area: Rect) {
    write(
      words, row: area.row, column: area.column + 1, style: .dim, limit: area.size.columns - 2)
  }
}
