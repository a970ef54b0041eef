import Runs
import Terminal

/// A part of a layer's mask map at two weights a cell, and the weight under the cursor in words.
///
/// A row of the picture is a unit of the layer, a column what it reads. Without colours dots say which
/// weights the selected task keeps.
struct MaskMapPanel {
  let map: MaskMap?
  let cell: MaskCell?
  let cursor: MaskPlace
  let layer: MaskSummary.Layer
  /// The tasks' names in the order of their colours.
  let tasks: [String]
  let selectedTask: Int
  let charset: Charset
  let hasColors: Bool

  /// Rows below the picture: a legend, the weight under the cursor, its gradients.
  static let wordRows = 3

  /// Rows and columns of weights that a panel of this size shows.
  static func reach(of area: Rect, charset: Charset, hasColors: Bool) -> (rows: Int, columns: Int) {
    let (down, across) = dots(charset, hasColors)
    return (
      max(1, (area.size.rows - 2 - wordRows) * down), max(1, (area.size.columns - 4) * across)
    )
  }

  /// Weights in a cell of the screen, down and across.
  private static func dots(_ charset: Charset, _ hasColors: Bool) -> (down: Int, across: Int) {
    if charset == .ascii { return (1, 1) }
    return hasColors ? (2, 1) : (charset.dotsDown, charset.dotsAcross)
  }

  func draw(in area: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(area, title: title, isFocused: true)
    guard let map, map.window.layer == cursor.layer else {
      return canvas.drawNothing("the map is being looked up …", in: inner)
    }
    let (plot, words) = inner.splitTop(inner.size.rows - Self.wordRows)
    let picture = Rect(
      row: plot.row, column: plot.column + 1, rows: plot.size.rows, columns: plot.size.columns - 2)
    draw(map, in: picture, on: &canvas)
    drawCursor(map.window, in: picture, on: &canvas)
    for (line, spans) in [legend(map.bitmap), weightWords, gradientWords].enumerated() {
      canvas.write(
        spans, row: words.row + line, column: words.column + 1, limit: words.size.columns - 2)
    }
  }

  private var title: [Span] {
    var spans = [
      Span("whose weights, \(layer.name)", .title),
      Span("  \(grouped(layer.rows)) units × \(grouped(layer.columns)) inputs", .dim),
    ]
    if let window = map?.window, window.rows < layer.rows || window.columns < layer.columns {
      let (bottom, right) = (window.row + window.rows - 1, window.column + window.columns - 1)
      spans.append(
        Span("  units \(window.row)–\(bottom), inputs \(window.column)–\(right)", .dim))
    }
    if let step = map?.step { spans.append(Span("  step \(grouped(step))", .dim)) }
    return spans
  }

  private func draw(_ map: MaskMap, in area: Rect, on canvas: inout Canvas) {
    let bitmap = map.bitmap
    let (down, across) = Self.dots(charset, hasColors)
    let rows = min(bitmap.rows, area.size.rows * down)
    let columns = min(bitmap.columns, area.size.columns * across)
    if charset == .ascii { return drawGlyphs(bitmap, rows, columns, in: area, on: &canvas) }
    guard hasColors else { return drawDots(bitmap, rows, columns, in: area, on: &canvas) }
    var picture = HalfBlocks(rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns {
        picture[row, column] = bitmap.kind(row, column).flatMap { role(ofKind: $0, bitmap) }
      }
    }
    picture.draw(row: area.row, column: area.column, on: &canvas)
  }

  private func drawGlyphs(
    _ bitmap: ModelView.Bitmap, _ rows: Int, _ columns: Int, in area: Rect,
    on canvas: inout Canvas
  ) {
    for row in 0..<rows {
      for column in 0..<columns {
        guard let kind = bitmap.kind(row, column), let role = role(ofKind: kind, bitmap) else {
          continue
        }
        canvas.put(
          Self.letter(kind), row: area.row + row, column: area.column + column, style: Style(role))
      }
    }
  }

  private func drawDots(
    _ bitmap: ModelView.Bitmap, _ rows: Int, _ columns: Int, in area: Rect,
    on canvas: inout Canvas
  ) {
    var grid = DotGrid(charset: charset, rows: area.size.rows, columns: area.size.columns)
    for row in 0..<rows {
      for column in 0..<columns where isKeptBySelected(bitmap.kind(row, column)) {
        grid.setLine(x: column, from: row, to: row, glyph: "#", style: .plain)
      }
    }
    grid.draw(row: area.row, column: area.column, on: &canvas)
  }

  /// Whether the selected task is sure to keep weights of a kind: all do, or it alone does.
  private func isKeptBySelected(_ kind: Int?) -> Bool {
    kind == Self.allKeep || kind == Self.firstOwn + selectedTask
  }

  private func drawCursor(_ window: MaskWindow, in area: Rect, on canvas: inout Canvas) {
    let (down, across) = Self.dots(charset, hasColors)
    let (row, column) = (cursor.row - window.row, cursor.column - window.column)
    guard (0..<window.rows).contains(row), (0..<window.columns).contains(column) else { return }
    let (line, place) = (area.row + row / down, area.column + column / across)
    canvas.restyle(Rect(row: line, column: place, rows: 1, columns: 1)) { $0.isReversed = true }
    // Marks at the edges find the cursor in a picture of any colour.
    canvas.put("▸", row: line, column: area.column - 1, style: Style(.hint, bold: true))
    canvas.put(
      "◂", row: line, column: area.column + area.size.columns, style: Style(.hint, bold: true))
  }

  // MARK: - Kinds: 0 none, 1 all, 2 some, then each task alone

  private static let allKeep = 1
  private static let firstOwn = 3

  private static func letter(_ kind: Int) -> Character {
    let letters = Array(".AS" + "123456789")
    return letters.indices.contains(kind) ? letters[kind] : "#"
  }

  /// Who keeps a weight alone has its task's colour; who shares has one that is no task's.
  private func role(ofKind kind: Int, _ bitmap: ModelView.Bitmap) -> Role? {
    guard bitmap.kinds.indices.contains(kind), let series = bitmap.kinds[kind].series else {
      return nil
    }
    return series < tasks.count ? .series(series) : .kind(series - tasks.count)
  }

  private func legend(_ bitmap: ModelView.Bitmap) -> [Span] {
    guard hasColors || charset == .ascii else {
      let name = tasks.indices.contains(selectedTask) ? tasks[selectedTask] : ""
      return [Span("⣿ kept by all tasks, or by \(name) alone")]
    }
    let total = max(1, bitmap.kinds.reduce(0) { $0 + $1.count })
    return bitmap.kinds.enumerated().filter { $0.element.count > 0 }.flatMap { index, kind in
      let share = percent(Double(kind.count) / Double(total))
      let glyph = charset == .ascii ? String(Self.letter(index)) : "█"
      return [
        role(ofKind: index, bitmap).map { Span(glyph, $0) } ?? Span("·", .dim),
        Span(" \(fit(kind.name, into: 18)) \(share)   "),
      ]
    }
  }

  // MARK: - The weight under the cursor

  private var weightWords: [Span] {
    let place = "unit \(cursor.row), input \(cursor.column)"
    guard let cell, cell.place == cursor else { return [Span("\(place): …", .dim)] }
    let kept = tasks.indices.filter { cell.isKept.indices.contains($0) && cell.isKept[$0] }
    let who = kept.isEmpty ? "no task" : kept.map { tasks[$0] }.joined(separator: ", ")
    let negative = tasks.indices.filter {
      cell.isKeptByNegative.indices.contains($0) && cell.isKeptByNegative[$0]
    }
    let contrast =
      cell.isKeptByNegative.isEmpty
      ? ""
      : ", in the negatives of "
        + (negative.isEmpty ? "none" : negative.map { tasks[$0] }.joined(separator: ", "))
    return [
      Span("\(place): ", style: .bold), Span("w \(abbreviated(Double(cell.weight)))"),
      Span("  kept by \(who)\(contrast)"),
    ]
  }

  private var gradientWords: [Span] {
    guard let cell, cell.place == cursor, !cell.gradients.isEmpty else { return [] }
    var spans = [Span("gradient ", .dim)]
    for (task, gradient) in cell.gradients.enumerated() where tasks.indices.contains(task) {
      spans += [
        Span("\(seriesGlyph(task)) ", .series(task)),
        Span("\(tasks[task]) \(abbreviated(Double(gradient)))  "),
      ]
    }
    return spans + [
      Span("of \(grouped(cell.gradientRows)) rows, step \(grouped(cell.gradientStep))", .dim)
    ]
  }
}
