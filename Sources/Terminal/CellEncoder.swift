internal import CCurses

/// Turns the cells of a canvas into those of curses.
final class CellEncoder {
  private let cellText: CellText
  private let inks: InkTable
  private let pairs: PairTable
  private let text: UnsafeMutablePointer<UInt32>

  /// An encoder with the inks of a theme.
  init(inks: InkTable, pairs: PairTable, cellText: CellText) {
    self.cellText = cellText
    self.inks = inks
    self.pairs = pairs
    text = .allocate(capacity: CellText.longest + 1)
    text.initialize(repeating: 0, count: CellText.longest + 1)
  }

  deinit { text.deallocate() }

  /// Writes some cells of a row one after the other and returns how many of curses' cells that took.
  ///
  /// The buffer holds at least as many as `columns`.
  func encode(
    _ row: UnsafeBufferPointer<Cell>, _ columns: Range<Int>,
    into buffer: UnsafeMutablePointer<cchar_t>
  ) -> Int32 {
    var count = 0
    for index in columns {
      guard let character = row[index].text else { continue }
      let isWide = index + 1 < row.count && row[index + 1].text == nil
      let ink = inks.ink(of: row[index].style)
      let (attributes, pair) = (ink.attributes.ofCurses, pairs.pair(of: ink.colors))
      let columns = isWide ? 2 : 1
      let shown = CellText.character(character, onBackground: ink.isFilled)
      var drawn = cellText.load(shown, columns: columns, into: text)
      cc_fill_cell(buffer + count, text, attributes, pair)
      count += 1
      while drawn < columns {
        (text[0], text[1]) = (cellText.filler, 0)
        cc_fill_cell(buffer + count, text, attributes, pair)
        count += 1
        drawn += 1
      }
    }
    return Int32(count)
  }
}
