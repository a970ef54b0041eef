internal import CCurses

/// Turns the cells of a canvas into those of curses.
///
/// Curses, the canvas and the terminal must agree on how wide a character is, or a row shifts. The
/// canvas has the last word: a character that curses would give another width is replaced, and
/// characters glued together from several wide ones are cut down to the first.
final class CellEncoder {
  private let showsUnicode: Bool
  private let inks: InkTable
  private let text: UnsafeMutablePointer<UInt32>
  /// One base character and four marks are what a cell of curses can hold.
  private static let longestText = 5
  private static let blank: UInt32 = 0x20
  private static let questionMark: UInt32 = 0x3F

  /// An encoder with the inks of a theme.
  init(inks: InkTable, showsUnicode: Bool) {
    self.showsUnicode = showsUnicode
    self.inks = inks
    text = .allocate(capacity: Self.longestText + 1)
    text.initialize(repeating: 0, count: Self.longestText + 1)
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
      let ink = inks.ink(of: Self.style(at: index, in: row))
      let columns = isWide ? 2 : 1
      let shown = Self.character(character, onBackground: ink.isFilled)
      var drawn = load(shown, columns: columns)
      cc_fill_cell(buffer + count, text, ink.attributes, ink.pair)
      count += 1
      while drawn < columns {
        loadStandIn(showsUnicode ? Self.blank : Self.questionMark)
        cc_fill_cell(buffer + count, text, ink.attributes, ink.pair)
        count += 1
        drawn += 1
      }
    }
    return Int32(count)
  }

  /// The farthest that a blank looks for neighbours.
  private static let reach = 6

  /// The style of a cell as it is sent: a few plain blanks between cells of one style take that
  /// style, which shows the same and spares the change of colour there and back.
  static func style(at index: Int, in row: UnsafeBufferPointer<Cell>) -> Style {
    let cell = row[index]
    guard cell == .blank,
      let left = neighbour(of: index, step: -1, in: row),
      let right = neighbour(of: index, step: 1, in: row), left == right, left.isInkOnly
    else { return cell.style }
    return left
  }

  /// The style of the next cell that is no plain blank, if it is near.
  private static func neighbour(
    of index: Int, step: Int, in row: UnsafeBufferPointer<Cell>
  ) -> Style? {
    for distance in 1...reach {
      let other = index + step * distance
      guard row.indices.contains(other) else { return nil }
      if row[other] != .blank { return row[other].style }
    }
    return nil
  }

  /// A shade gives way to a background that says the same: over it, it would show the colour of
  /// the text instead.
  static func character(_ character: Character, onBackground hasBackground: Bool) -> Character {
    guard hasBackground else { return character }
    switch character {
    case "░", "▒", "▓", "█": return " "
    default: return character
    }
  }

  /// Puts a character's scalars into `text`; returns how many columns curses will give them.
  private func load(_ character: Character, columns: Int) -> Int {
    var scalars = character.unicodeScalars.makeIterator()
    guard let base = scalars.next() else { return loadStandIn(Self.blank) }
    let isSingle = scalars.next() == nil
    if base.value < 0x7F, isSingle || !showsUnicode {
      return loadStandIn(base.value < 0x20 ? Self.questionMark : base.value)
    }
    if !showsUnicode { return loadStandIn(UInt32(asciiStandIn(for: base.value))) }
    let width = Int(cc_width(base.value))
    guard width > 0, width <= columns else { return loadStandIn(Self.questionMark) }
    loadStandIn(base.value)
    if !isSingle { loadMarks(of: character) }
    return width
  }

  @discardableResult private func loadStandIn(_ scalar: UInt32) -> Int {
    text[0] = scalar
    text[1] = 0
    return 1
  }

  private func loadMarks(of character: Character) {
    var end = 1
    for mark in character.unicodeScalars.dropFirst() where end < Self.longestText {
      guard cc_width(mark.value) == 0, mark.value != 0x200D, mark.value != 0xFE0F else { break }
      text[end] = mark.value
      end += 1
    }
    text[end] = 0
  }
}

extension Style {
  /// Whether a blank in it looks like a plain one: a colour of text alone.
  fileprivate var isInkOnly: Bool {
    guard behind == nil, !isReversed, !isUnderlined else { return false }
    switch role {
    case .selection, .error, .heat1 ... .heat7, .below4 ... .above4, .band0 ... .band7: return false
    default: return true
    }
  }
}
