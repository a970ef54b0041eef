import Terminal

/// A picture of dots, several in a cell: bands behind, lines in front.
///
/// A cell has one colour, and no dot is drawn in the colour of another line: a cell that lines of
/// several colours share shows one of them alone, and they take turns from column to column, so that
/// a stretch that two share is dashes of both. Bands are tints: a cell that one fills is shaded, a
/// cell at its edge has dots of the tint, and a line runs over it. Without colours a shade is lighter
/// than any line, so that the line stands out.
struct DotGrid {
  /// What lines are drawn with, and in each cell the dots of those that are drawn with it.
  private struct Ink {
    let glyph: Character
    let style: Style
    var dots: [UInt8]
  }

  let charset: Charset
  let rows: Int
  let columns: Int
  private var band: [UInt8]
  private var hue: [Int]
  /// The dots of all lines.
  private var line: [UInt8]
  /// In the order in which they were first drawn with.
  private var inks: [Ink] = []
  /// The one that was drawn with last.
  private var newest = 0

  init(charset: Charset, rows: Int, columns: Int) {
    self.charset = charset
    self.rows = max(0, rows)
    self.columns = max(0, columns)
    let count = self.rows * self.columns
    band = [UInt8](repeating: 0, count: count)
    hue = [Int](repeating: 0, count: count)
    line = band
  }

  /// Dots across the whole grid.
  var width: Int { columns * charset.dotsAcross }
  /// Dots down the whole grid.
  var height: Int { rows * charset.dotsDown }

  /// Sets the dots of a band from one row of dots to another, in one column of dots; `hue` is the
  /// series whose tint it has.
  mutating func setBand(x: Int, from top: Int, to bottom: Int, hue series: Int) {
    guard x >= 0, x < width, top <= bottom, bottom >= 0, top < height else { return }
    let column = x / charset.dotsAcross
    let across = x % charset.dotsAcross
    for y in max(0, top)...min(height - 1, bottom) {
      let cell = y / charset.dotsDown * columns + column
      band[cell] |= charset.bit(across: across, down: y % charset.dotsDown)
      hue[cell] = series
    }
  }

  /// Sets the dots of a line from one row of dots to another, in one column of dots.
  mutating func setLine(x: Int, from: Int, to: Int, glyph: Character, style: Style) {
    guard x >= 0, x < width, height > 0 else { return }
    let column = x / charset.dotsAcross
    let across = x % charset.dotsAcross
    let top = max(0, min(from, to))
    let bottom = min(height - 1, max(from, to))
    guard top <= bottom else { return }
    take(glyph, style)
    for y in top...bottom {
      let cell = y / charset.dotsDown * columns + column
      let bit = charset.bit(across: across, down: y % charset.dotsDown)
      line[cell] |= bit
      inks[newest].dots[cell] |= bit
    }
  }

  /// Draws on with an ink, a new one if it was not drawn with before.
  private mutating func take(_ glyph: Character, _ style: Style) {
    func isWanted(_ ink: Ink) -> Bool { ink.glyph == glyph && ink.style == style }
    if inks.indices.contains(newest), isWanted(inks[newest]) { return }
    if let known = inks.firstIndex(where: isWanted) {
      newest = known
      return
    }
    newest = inks.count
    inks.append(
      Ink(glyph: glyph, style: style, dots: [UInt8](repeating: 0, count: rows * columns)))
  }

  /// Draws a line from one dot to another that is not left of it, in the dots that a stroke has.
  mutating func connect(
    _ start: (x: Int, y: Int), _ end: (x: Int, y: Int), glyph: Character, style: Style,
    stroke: Stroke = .solid
  ) {
    guard end.x > start.x else {
      guard stroke.has(dot: end.x) else { return }
      setLine(x: end.x, from: start.y, to: end.y, glyph: glyph, style: style)
      return
    }
    let slope = Double(end.y - start.y) / Double(end.x - start.x)
    var previous = start.y
    let first = max(0, start.x)
    for x in first...max(first, min(width, end.x)) {
      let y = start.y + Int((Double(x - start.x) * slope).rounded())
      let joint = y > previous ? previous + 1 : y < previous ? previous - 1 : y
      if stroke.has(dot: x) {
        setLine(x: x, from: x == first ? y : joint, to: y, glyph: glyph, style: style)
      }
      previous = y
    }
  }

  /// Whether no line runs through a cell.
  func hasNoLine(row: Int, column: Int) -> Bool { line[row * columns + column] == 0 }

  /// The row of the tint behind a cell; nil where no band fills most of it.
  func tint(row: Int, column: Int) -> Role? {
    let cell = row * columns + column
    guard band[cell].nonzeroBitCount * 2 > charset.dotsAcross * charset.dotsDown else { return nil }
    return .tint(hue[cell])
  }

  /// Draws the grid with its top left corner at a place.
  func draw(row: Int, column: Int, on canvas: inout Canvas) {
    let characters = charset.characters
    for cell in 0..<(rows * columns) where band[cell] | line[cell] != 0 {
      let (down, across) = (cell / columns, cell % columns)
      if line[cell] == 0 {
        drawBand(cell, row: row + down, column: column + across, on: &canvas)
        continue
      }
      let shown = shown(in: cell)
      let character = charset == .ascii ? shown.glyph : characters[Int(shown.dots)]
      canvas.put(
        character, row: row + down, column: column + across,
        style: shown.style.over(tint(row: down, column: across)))
    }
  }

  /// The line that a cell shows: of several colours the one whose turn it is in the cell's column, with
  /// all dots of that colour.
  private func shown(in cell: Int) -> (glyph: Character, style: Style, dots: UInt8) {
    var roles: [Role] = []
    if inks.count > 1 {
      for ink in inks where ink.dots[cell] != 0 && !roles.contains(ink.style.role) {
        roles.append(ink.style.role)
      }
    }
    let turn = roles.isEmpty ? nil : roles[cell % columns % roles.count]
    var (top, dots) = (0, UInt8(0))
    for (index, ink) in inks.enumerated()
    where ink.dots[cell] != 0 && (turn == nil || ink.style.role == turn) {
      top = index
      dots |= ink.dots[cell]
    }
    return (inks[top].glyph, inks[top].style, dots)
  }

  private func drawBand(_ cell: Int, row: Int, column: Int, on canvas: inout Canvas) {
    if charset == .ascii {
      // By the cell of the grid, so that the picture is the same wherever it stands.
      guard (cell / columns + cell % columns).isMultiple(of: 2) else { return }
      canvas.put(".", row: row, column: column, style: Style(.tint(hue[cell])))
    } else if band[cell].nonzeroBitCount == charset.dotsAcross * charset.dotsDown {
      canvas.put("░", row: row, column: column, style: Style(.band(hue[cell])))
    } else {
      canvas.put(
        charset.characters[Int(band[cell])], row: row, column: column,
        style: Style(.tint(hue[cell])))
    }
  }
}

extension Style {
  /// The style of a line that runs over a tint: a line of the tint's series has a colour for it.
  fileprivate func over(_ tint: Role?) -> Style {
    guard let tint, behind == nil else { return self }
    var style = self
    let hue = Int(tint.rawValue - Role.tint0.rawValue)
    if role == .series(hue) { style.role = .band(hue) } else { style.behind = tint }
    return style
  }
}

/// How a line is drawn, so that runs are told apart without colour.
enum Stroke: String, Sendable, CaseIterable {
  case solid, dashed, dotted, dashDotted

  /// Whether a column of dots is drawn.
  func has(dot x: Int) -> Bool {
    switch self {
    case .solid: true
    case .dashed: x & 7 < 5
    case .dotted: x & 3 == 0
    case .dashDotted: x % 10 < 5 || x % 10 == 7
    }
  }

  /// What stands for it in a legend.
  var sample: String {
    switch self {
    case .solid: "──"
    case .dashed: "╌╌"
    case .dotted: "┈┈"
    case .dashDotted: "─·"
    }
  }
}
