import Terminal

/// A picture of small areas, two in a cell one above the other.
///
/// Where both are alike the cell is full; where they differ the upper one is drawn as a half block
/// over the colour of the lower. Without colours differing areas cannot share a cell: see ``DotGrid``.
struct HalfBlocks {
  let rows: Int
  let columns: Int
  private var roles: [Role?]

  /// A blank picture of so many rows and columns of areas.
  init(rows: Int, columns: Int) {
    self.rows = max(0, rows)
    self.columns = max(0, columns)
    roles = [Role?](repeating: nil, count: self.rows * self.columns)
  }

  /// The colour of an area; nil where nothing is drawn, and outside.
  subscript(row: Int, column: Int) -> Role? {
    get { contains(row, column) ? roles[row * columns + column] : nil }
    set {
      if contains(row, column) { roles[row * columns + column] = newValue }
    }
  }

  private func contains(_ row: Int, _ column: Int) -> Bool {
    (0..<rows).contains(row) && (0..<columns).contains(column)
  }

  /// Draws the picture with its top left corner at a cell.
  func draw(row: Int, column: Int, on canvas: inout Canvas) {
    for line in 0..<((rows + 1) / 2) {
      for place in 0..<columns {
        let (upper, lower) = (self[2 * line, place], self[2 * line + 1, place])
        guard let (glyph, style) = Self.cell(upper, lower) else { continue }
        canvas.put(glyph, row: row + line, column: column + place, style: style)
      }
    }
  }

  private static func cell(_ upper: Role?, _ lower: Role?) -> (Character, Style)? {
    switch (upper, lower) {
    case (nil, nil): nil
    case (let upper?, nil): ("▀", Style(upper))
    case (nil, let lower?): ("▄", Style(lower))
    case (let upper?, let lower?):
      upper == lower ? ("█", Style(upper)) : ("▀", Style(upper, behind: lower))
    }
  }
}
