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
    for (line, spans) in [
      legend(map.bitmap), weightWords, gradientWords(columns: words.size.columns - 2),
    ].enumerated() {
      canvas.write(
        spans, row: words.row + line, column: words.column + 1, limit: words.size.columns - 2)
    }
  }

  private var title: [Span] {
    var spans = [Span("whose weights, \(layer.name)", .title)]
    if let step = map?.step { spans.append(Span("  step \(grouped(step))", .dim)) }
    func part(_ first: Int?, _ shown: Int?, _ all: Int, _ noun: String) -> String {
      guard let first, let shown, shown < all else { return "\(grouped(all)) \(noun)" }
      return "\(noun) \(first)–\(first + shown - 1) of \(grouped(all))"
    }
    let window = map?.window
    return spans + [
      Span("  " + part(window?.row, window?.rows, layer.rows, "units"), .dim),
      Span(", " + part(window?.column, window?.columns, layer.columns, "inputs"), .dim),
    ]
  }

  private func draw(_ map: MaskMap, in area: Rect, on canvas: inout Canvas) {
    let bitmap = map.bitmap
    let (down, across) = Self.dots(charset, hasColors)
    let rows = min(bitmap.rows, area.size.rows * down)
    let columns = min(bitmap.columns, area.size.columns * across)
    if charset == .ascii { return drawGlyphs(bitmap, rows, columns, in: area, on: &canvas) }
    guard hasColors else { return drawDots(map, rows, columns, in: area, on: &canvas) }
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

  /// A dot for every weight that the map's task keeps, alone or with others.
  private func drawDots(
    _ map: MaskMap, _ rows: Int, _ columns: Int, in area: Rect, on canvas: inout Canvas
  ) {
    var grid = DotGrid(charset: charset, rows: area.size.rows, columns: area.size.columns)
    for row in 0..<rows {
      for column in 0..<columns {
        let cell = row * map.bitmap.columns + column
        guard map.isKept.indices.contains(cell), map.isKept[cell] else { continue }
        grid.setLine(x: column, from: row, to: row, glyph: "#", style: .plain)
      }
    }
    grid.draw(row: area.row, column: area.column, on: &canvas)
  }

  private func drawCursor(_ window: MaskWindow, in area: Rect, on canvas: inout Canvas) {
    let (down, across) = Self.dots(charset, hasColors)
    let (row, column) = (cursor.row - window.row, cursor.column - window.column)
    guard (0..<window.rows).contains(row), (0..<window.columns).contains(column) else { return }
    let (line, cell) = (area.row + row / down, area.column + column / across)
    // A map that was asked for by a larger screen holds more than this one shows.
    guard row / down < area.size.rows, column / across < area.size.columns else { return }
    canvas.restyle(Rect(row: line, column: cell, rows: 1, columns: 1)) { $0.isReversed = true }
    // Marks at the edges find the cursor in a picture of any colour.
    canvas.put("▸", row: line, column: area.column - 1, style: Style(.hint, bold: true))
    canvas.put(
      "◂", row: line, column: area.column + area.size.columns, style: Style(.hint, bold: true))
  }

  // MARK: - Kinds: 0 none, 1 all, 2 some, then each task alone

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
      let task = map?.window.task ?? selectedTask
      let name = tasks.indices.contains(task) ? tasks[task] : "nobody"
      return [Span("⣿ kept by \(name), alone or with others")]
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
    let name = "unit \(cursor.row), input \(cursor.column)"
    guard let cell, cell.place == cursor else { return [Span("\(name): …", .dim)] }
    let contrast =
      cell.isKeptByNegative.isEmpty ? "" : "; by the negatives of \(names(cell.isKeptByNegative))"
    return [
      Span("\(name): ", style: .bold), Span("w \(abbreviated(Double(cell.weight)))"),
      Span("  kept by \(names(cell.isKept))\(contrast)"),
    ]
  }

  /// The tasks that are meant, in the fewest words.
  private func names(_ isMeant: [Bool]) -> String {
    let flags = tasks.indices.map { isMeant.indices.contains($0) && isMeant[$0] }
    let (meant, others) = (tasks.indices.filter { flags[$0] }, tasks.indices.filter { !flags[$0] })
    if meant.isEmpty { return "no task" }
    if others.isEmpty { return "all" }
    func list(_ indices: [Int]) -> String { indices.map { tasks[$0] }.joined(separator: ", ") }
    return others.count * 2 < meant.count ? "all but \(list(others))" : list(meant)
  }

  /// By task; where there is little room a task's glyph stands for it.
  private func gradientWords(columns: Int) -> [Span] {
    guard let cell, cell.place == cursor, !cell.gradients.isEmpty else { return [] }
    func spans(isShort: Bool) -> [Span] {
      let rows = isShort ? "" : " of \(grouped(cell.gradientRows)) rows"
      return [Span("gradient\(rows), step \(grouped(cell.gradientStep)): ", .dim)]
        + zip(tasks.indices, cell.gradients).flatMap { task, gradient in
          [
            Span("\(seriesGlyph(task)) ", .series(task)),
            Span((isShort ? "" : tasks[task] + " ") + abbreviated(Double(gradient)) + " "),
          ]
        }
    }
    let whole = spans(isShort: false)
    let width = whole.reduce(-1) { $0 + columnsTaken(by: $1.text) }
    return width <= columns ? whole : spans(isShort: true)
  }
}
