internal import CCurses

/// Draws through curses, on terminals whose control sequences are not those that ``FrameWriter`` knows:
/// puts the cells that changed into curses' window, a run of each row at a time.
struct CellPainter {
  private let encoder: CellEncoder
  private var run: [cchar_t] = []

  /// A painter with so many colours in the looks of a theme.
  init(_ theme: Theme, colors: Int, cellText: CellText) {
    let (inks, pairs) = (InkTable(theme, colors: colors), PairTable(colors: colors))
    encoder = CellEncoder(inks: inks, pairs: pairs, cellText: cellText)
    cc_set_background(pairs.pair(of: inks.plain.colors))
  }

  /// Writes what differs from the last canvas; false if nothing does.
  mutating func paint(_ canvas: Canvas, over last: Canvas?) -> Bool {
    let same = last?.size == canvas.size ? last : nil
    if same == nil { werase(cc_screen()) }
    guard canvas.size.columns > 0 else { return same == nil }
    if run.count < canvas.size.columns {
      run = Array(repeating: cchar_t(), count: canvas.size.columns)
    }
    var hasChanged = same == nil
    canvas.cells.withUnsafeBufferPointer { new in
      (same?.cells ?? []).withUnsafeBufferPointer { old in
        for row in 0..<canvas.size.rows {
          let cells = Self.row(row, of: new, columns: canvas.size.columns)
          let before = same.map { Self.row(row, of: old, columns: $0.size.columns) }
          guard let columns = Self.changedColumns(cells, before) else { continue }
          write(cells, columns, row: row)
          hasChanged = true
        }
      }
    }
    return hasChanged
  }

  private static func row(
    _ row: Int, of cells: UnsafeBufferPointer<Cell>, columns: Int
  ) -> UnsafeBufferPointer<Cell> {
    UnsafeBufferPointer(rebasing: cells[(row * columns)..<((row + 1) * columns)])
  }

  /// From the first to the last changed cell of a row, never cutting a wide character.
  static func changedColumns(
    _ cells: UnsafeBufferPointer<Cell>, _ before: UnsafeBufferPointer<Cell>?
  ) -> Range<Int>? {
    guard let before else { return 0..<cells.count }
    var first = 0
    while first < cells.count, cells[first] == before[first] { first += 1 }
    guard first < cells.count else { return nil }
    var end = cells.count
    while cells[end - 1] == before[end - 1] { end -= 1 }
    while first > 0, cells[first].text == nil || before[first].text == nil { first -= 1 }
    while end < cells.count, cells[end].text == nil || before[end].text == nil { end += 1 }
    return first..<end
  }

  private mutating func write(
    _ cells: UnsafeBufferPointer<Cell>, _ columns: Range<Int>, row: Int
  ) {
    run.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      let count = encoder.encode(cells, columns, into: start)
      mvwadd_wchnstr(cc_screen(), Int32(row), Int32(columns.lowerBound), start, count)
    }
  }
}
