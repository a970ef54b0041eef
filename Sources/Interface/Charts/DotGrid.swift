import Terminal

/// A picture of dots, several in a cell: bands behind, lines in front.
///
/// A cell has one colour, so in a cell that lines share the last one drawn wins; where a line runs
/// through a band the cell shows the line alone, so that it can be seen without colour too.
struct DotGrid {
  let charset: Charset
  let rows: Int
  let columns: Int
  private var band: [UInt8]
  private var line: [UInt8]
  private var lineGlyph: [Character]
  private var lineStyle: [Style]

  init(charset: Charset, rows: Int, columns: Int) {
    self.charset = charset
    self.rows = max(0, rows)
    self.columns = max(0, columns)
    let count = self.rows * self.columns
    band = [UInt8](repeating: 0, count: count)
    line = band
    lineGlyph = [Character](repeating: "*", count: count)
    lineStyle = [Style](repeating: .plain, count: count)
  }

  /// Dots across the whole grid.
  var width: Int { columns * charset.dotsAcross }
  /// Dots down the whole grid.
  var height: Int { rows * charset.dotsDown }

  /// Sets the dots of a band from one row of dots to another, in one column of dots.
  mutating func setBand(x: Int, from top: Int, to bottom: Int) {
    guard x >= 0, x < width, top <= bottom else { return }
    let column = x / charset.dotsAcross
    let across = x % charset.dotsAcross
    for y in max(0, top)...max(0, min(height - 1, bottom)) where y < height {
      let cell = y / charset.dotsDown * columns + column
      band[cell] |= charset.bit(across: across, down: y % charset.dotsDown)
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
    for y in top...bottom {
      let cell = y / charset.dotsDown * columns + column
      line[cell] |= charset.bit(across: across, down: y % charset.dotsDown)
      lineGlyph[cell] = glyph
      lineStyle[cell] = style
    }
  }

  /// Draws a line from one dot to another that is not left of it.
  mutating func connect(
    _ start: (x: Int, y: Int), _ end: (x: Int, y: Int), glyph: Character, style: Style
  ) {
    guard end.x > start.x else {
      setLine(x: end.x, from: start.y, to: end.y, glyph: glyph, style: style)
      return
    }
    let slope = Double(end.y - start.y) / Double(end.x - start.x)
    var previous = start.y
    let first = max(0, start.x)
    for x in first...max(first, min(width, end.x)) {
      let y = start.y + Int((Double(x - start.x) * slope).rounded())
      let joint = y > previous ? previous + 1 : y < previous ? previous - 1 : y
      setLine(x: x, from: x == first ? y : joint, to: y, glyph: glyph, style: style)
      previous = y
    }
  }

  /// Whether a cell shows nothing.
  func isBlank(row: Int, column: Int) -> Bool {
    let cell = row * columns + column
    return band[cell] == 0 && line[cell] == 0
  }

  /// Draws the grid with its top left corner at a place.
  func draw(row: Int, column: Int, on canvas: inout Canvas) {
    let characters = charset.characters
    for cell in 0..<(rows * columns) where band[cell] | line[cell] != 0 {
      let isLine = line[cell] != 0
      let character =
        isLine && charset == .ascii
        ? lineGlyph[cell] : characters[Int(isLine ? line[cell] : band[cell])]
      canvas.put(
        character, row: row + cell / columns, column: column + cell % columns,
        style: isLine ? lineStyle[cell] : .dim)
    }
  }
}
