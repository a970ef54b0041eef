import Runs
import Terminal

/// One small cell an entry: a glyph and a colour for each kind, and a legend with shares.
///
/// Where only one kind is drawn, dots are enough and every cell holds several entries; where
/// several are, each has a glyph of its own, so that they are told apart without colour.
struct BitmapPanel {
  let bitmap: ModelView.Bitmap
  let ink: ViewInk

  func draw(in area: Rect, frame: Rect, on canvas: inout Canvas) {
    guard bitmap.rows > 0, bitmap.columns > 0, area.size.rows > 1, area.size.columns > 2 else {
      return canvas.drawNothing("no entries yet", in: area)
    }
    let legend = legendLines(width: area.size.columns - 2, rows: max(1, area.size.rows / 3))
    let (top, bottom) = area.splitTop(area.size.rows - legend.count - 1)
    let plot = Rect(
      row: top.row, column: top.column + 1, rows: top.size.rows, columns: top.size.columns - 2)
    let drawn = bitmap.kinds.indices.filter { bitmap.kinds[$0].series != nil }
    let scale =
      drawn.count == 1 && ink.charset == .braille
      ? drawDots(of: drawn[0], in: plot, on: &canvas) : drawCells(in: plot, on: &canvas)
    canvas.write(
      scale.words(bitmap), row: bottom.row, column: bottom.column + 1, style: .dim,
      limit: bottom.size.columns - 2)
    for (line, spans) in legend.enumerated() {
      canvas.write(
        spans, row: bottom.row + 1 + line, column: bottom.column + 1,
        limit: bottom.size.columns - 2)
    }
  }

  /// A cell shows the entry in the middle of those that share it: of many mixed ones a sample, whose
  /// shares are those of the whole.
  private func drawCells(in plot: Rect, on canvas: inout Canvas) -> BitmapScale {
    let scale = BitmapScale(bitmap, rows: plot.size.rows, columns: plot.size.columns)
    for row in 0..<scale.rows {
      for column in 0..<scale.columns {
        guard let kind = bitmap.kind(scale.entryRow(row), scale.entryColumn(column)),
          let series = bitmap.kinds[kind].series
        else { continue }
        let cells = Rect(
          row: plot.row + row * scale.height, column: plot.column + column * scale.width,
          rows: scale.height, columns: scale.width)
        canvas.fill(
          cells, with: ViewInk.fill(fillPlace(of: kind)), style: Style(ink.role(ofKind: series)))
      }
    }
    return scale
  }

  /// A dot for each entry of the kind, as far as there are dots.
  private func drawDots(of kind: Int, in plot: Rect, on canvas: inout Canvas) -> BitmapScale {
    let charset = Charset.braille
    let scale = BitmapScale(
      bitmap, rows: plot.size.rows * charset.dotsDown,
      columns: plot.size.columns * charset.dotsAcross, isSquare: true)
    var grid = DotGrid(charset: charset, rows: plot.size.rows, columns: plot.size.columns)
    let style = Style(ink.role(ofKind: bitmap.kinds[kind].series ?? 0))
    for row in 0..<scale.rows {
      for column in 0..<scale.columns
      where bitmap.kind(scale.entryRow(row), scale.entryColumn(column)) == kind {
        let top = row * scale.height
        for x in column * scale.width..<(column + 1) * scale.width {
          grid.setLine(x: x, from: top, to: top + scale.height - 1, glyph: "#", style: style)
        }
      }
    }
    grid.draw(row: plot.row, column: plot.column, on: &canvas)
    return scale
  }

  /// The place of a kind's fill among those that are drawn.
  private func fillPlace(of kind: Int) -> Int {
    bitmap.kinds[..<kind].count { $0.series != nil }
  }

  // MARK: Legend

  private func legendLines(width: Int, rows: Int) -> [[Span]] {
    let total = max(1, bitmap.kinds.reduce(0) { $0 + $1.count })
    let drawn = bitmap.kinds.count { $0.series != nil }
    var lines: [[Span]] = [[]]
    var used = 0
    for (place, kind) in bitmap.kinds.enumerated() where kind.count != 0 {
      let share = percent(Double(kind.count) / Double(total))
      let name = " \(fit(kind.name, into: 18)) \(grouped(kind.count)) (\(share))   "
      let columns = 1 + columnsTaken(by: name)
      if used > 0, used + columns - 3 > width {
        guard lines.count < rows else { break }
        lines.append([])
        used = 0
      }
      let isDots = drawn == 1 && ink.charset == .braille
      let glyph = isDots ? "⣿" : String(ViewInk.fill(fillPlace(of: place)))
      lines[lines.count - 1] += [
        kind.series.map { Span(glyph, ink.role(ofKind: $0)) } ?? Span("·", .dim), Span(name),
      ]
      used += columns
    }
    return lines
  }
}

/// How many entries share a cell, or a dot.
struct BitmapScale {
  let rows: Int
  let columns: Int
  /// Rows and columns that one entry takes where there is more room than entries.
  let height: Int
  let width: Int
  private let bitmap: (rows: Int, columns: Int)

  /// A scale that fits the bitmap into so many rows and columns.
  ///
  /// Dots are as wide as they are high; cells are half as wide.
  init(_ bitmap: ModelView.Bitmap, rows: Int, columns: Int, isSquare: Bool = false) {
    self.rows = min(max(0, rows), bitmap.rows)
    self.columns = min(max(0, columns), bitmap.columns)
    let tall = max(1, rows / max(1, bitmap.rows))
    let wide = max(1, columns / max(1, bitmap.columns))
    height = min(tall, wide)
    width = min(wide, isSquare ? height : height * 2)
    self.bitmap = (bitmap.rows, bitmap.columns)
  }

  /// The row of entries that a row of cells shows.
  func entryRow(_ row: Int) -> Int { (2 * row + 1) * bitmap.rows / (2 * rows) }

  /// The column of entries that a column of cells shows.
  func entryColumn(_ column: Int) -> Int { (2 * column + 1) * bitmap.columns / (2 * columns) }

  /// The size of the whole, and what is left out of it.
  func words(_ bitmap: ModelView.Bitmap) -> String {
    let whole = "\(grouped(bitmap.whole.rows)) × \(grouped(bitmap.whole.columns))"
    guard rows < bitmap.whole.rows || columns < bitmap.whole.columns else { return whole }
    return "\(whole), thinned to \(rows) × \(columns)"
  }
}

extension ModelView.Bitmap {
  /// The kind of an entry; nil outside, and where a number names none.
  func kind(_ row: Int, _ column: Int) -> Int? {
    let place = row * columns + column
    guard cells.indices.contains(place), kinds.indices.contains(Int(cells[place])) else {
      return nil
    }
    return Int(cells[place])
  }
}
