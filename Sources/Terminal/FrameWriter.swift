/// Writes the bytes that turn one frame into the next: only cells that changed, the cursor moved the
/// shortest way, and of colours and attributes only what differs.
///
/// Curses sets a colour of the text together with the background, however often that stays; on a
/// theme with a background, that is most of what a frame would send.
struct FrameWriter {
  private let inks: InkTable
  private let sequences: SequenceSet
  private let cellText: CellText
  /// What the terminal would draw with; nil before anything is known.
  private var pen: Ink?
  /// Where the terminal would draw; nil where that depends on the terminal.
  private var cursor: (row: Int, column: Int)?
  private var bytes: [UInt8] = []
  private var scalars = [UInt32](repeating: 0, count: CellText.longest + 1)

  /// A writer that draws in a theme with so many colours.
  init(_ theme: Theme, colors: Int, sequences: SequenceSet, cellText: CellText) {
    inks = InkTable(theme, colors: colors)
    self.sequences = sequences
    self.cellText = cellText
  }

  /// The bytes that make a screen show a canvas; empty if it does already.
  ///
  /// `last` is what the screen shows; nil for nothing that is known: then it is cleared first.
  mutating func write(_ canvas: Canvas, over last: Canvas?) -> [UInt8] {
    bytes.removeAll(keepingCapacity: true)
    cursor = nil
    var before = last?.size == canvas.size ? last : nil
    if before == nil { before = clear(canvas.size) }
    let columns = canvas.size.columns
    guard columns > 0 else { return bytes }
    canvas.cells.withUnsafeBufferPointer { new in
      (before?.cells ?? []).withUnsafeBufferPointer { old in
        for row in 0..<canvas.size.rows {
          let range = (row * columns)..<((row + 1) * columns)
          write(
            UnsafeBufferPointer(rebasing: new[range]),
            over: before == nil ? nil : UnsafeBufferPointer(rebasing: old[range]), row: row)
        }
      }
    }
    return bytes
  }

  /// Clears the screen; returns what it shows then, nil where that is not the theme's background.
  private mutating func clear(_ size: Size) -> Canvas? {
    pen = nil
    let plain = sequences.shown(inks.plain)
    setPen(plain, isBlank: false)
    guard canErase(plain) else { return nil }
    bytes += Array("\u{1B}[H\u{1B}[J".utf8)
    return Canvas(rows: size.rows, columns: size.columns)
  }

  private func canErase(_ ink: Ink) -> Bool {
    ink.attributes.isDisjoint(with: .onBlank)
      && (sequences.erasesInColor || ink.colors.background < 0)
  }
}

// MARK: - Rows

extension FrameWriter {
  private typealias Row = UnsafeBufferPointer<Cell>

  private mutating func write(_ new: Row, over old: Row?, row: Int) {
    var column = 0
    var end: Int?
    while true {
      while column < new.count, let old, new[column] == old[column] { column += 1 }
      guard column < new.count else { return }
      // A wide character is drawn whole.
      if new[column].text == nil, column > 0 { column -= 1 }
      let blanks = end ?? Self.blankEnd(of: new)
      end = blanks
      if column >= blanks, eraseEnd(of: new, over: old, from: column, row: row) { return }
      move(to: column, of: new, row: row)
      column += put(column, of: new)
    }
  }

  /// The column from which on a row is blank in one style.
  private static func blankEnd(of row: Row) -> Int {
    guard let last = row.last, last.text == " " else { return row.count }
    var column = row.count
    while column > 0, row[column - 1] == last { column -= 1 }
    return column
  }

  /// Erases the rest of a row where that takes fewer bytes than blanks.
  private mutating func eraseEnd(of new: Row, over old: Row?, from column: Int, row: Int) -> Bool {
    var last = new.count - 1
    while last > column, let old, new[last] == old[last] { last -= 1 }
    let ink = sequences.shown(inks.ink(of: new[column].style))
    guard last - column >= 3, canErase(ink) else { return false }
    move(to: column, of: new, row: row)
    setPen(ink, isBlank: true)
    bytes += [0x1B, 0x5B, 0x4B]
    return true
  }

  /// Draws the cell in a column, where the cursor is; returns how many columns it takes.
  private mutating func put(_ column: Int, of row: Row) -> Int {
    let isWide = column + 1 < row.count && row[column + 1].text == nil
    let columns = isWide ? 2 : 1
    let (character, ink) = look(of: row[column])
    setPen(ink, isBlank: character == " ")
    var taken = scalars.withUnsafeMutableBufferPointer { scalars in
      scalars.baseAddress.map { cellText.load(character, columns: columns, into: $0) } ?? 1
    }
    // Terminals differ in the width of what is wide or has marks.
    let isSure = taken == 1 && scalars[1] == 0
    for scalar in scalars {
      if scalar == 0 { break }
      append(scalar)
    }
    while taken < columns {
      append(cellText.filler)
      taken += 1
    }
    let next = column + columns
    // Behind the last column the cursor waits where only the terminal knows.
    cursor = isSure && next < row.count ? cursor.map { ($0.row, next) } : nil
    return columns
  }

  private func look(of cell: Cell) -> (character: Character, ink: Ink) {
    let ink = inks.ink(of: cell.style)
    return (
      CellText.character(cell.text ?? " ", onBackground: ink.isFilled), sequences.shown(ink)
    )
  }

  private mutating func append(_ scalar: UInt32) {
    if scalar < 0x80 { return bytes.append(UInt8(truncatingIfNeeded: scalar)) }
    guard let scalar = Unicode.Scalar(scalar) else { return }
    bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }
}

// MARK: - Cursor and pen

extension FrameWriter {
  /// Brings the cursor to a column: over what lies between by drawing it once more, or by a jump,
  /// whatever is shorter.
  private mutating func move(to column: Int, of cells: Row, row: Int) {
    defer { cursor = (row, column) }
    guard let from = cursor, from.row == row, from.column <= column else {
      return append("\u{1B}[\(row + 1)\(column == 0 ? "" : ";\(column + 1)")H")
    }
    let gap = column - from.column
    guard gap > 0 else { return }
    let jump = gap == 1 ? "\u{1B}[C" : "\u{1B}[\(gap)C"
    if !redraw(from.column..<column, of: cells, within: jump.utf8.count) { append(jump) }
  }

  /// Draws cells anew that the pen already suits, if that takes no more bytes.
  private mutating func redraw(_ columns: Range<Int>, of row: Row, within limit: Int) -> Bool {
    guard columns.count <= limit else { return false }
    let start = bytes.count
    for column in columns {
      let (character, ink) = look(of: row[column])
      let isNarrow = row[column].text != nil && row[column + 1].text != nil
      if isNarrow, suits(ink, isBlank: character == " ") {
        _ = put(column, of: row)
        if bytes.count - start <= limit, cursor != nil { continue }
      }
      bytes.removeLast(bytes.count - start)
      return false
    }
    return true
  }

  /// Whether the pen draws a cell as its ink would; a blank shows no colour of text.
  private func suits(_ ink: Ink, isBlank: Bool) -> Bool {
    guard let pen else { return false }
    if isBlank, ink.attributes.isDisjoint(with: .onBlank) {
      return pen.attributes.isDisjoint(with: .onBlank)
        && pen.colors.background == ink.colors.background
    }
    return pen.colors == ink.colors && pen.attributes == ink.attributes
  }

  private mutating func setPen(_ ink: Ink, isBlank: Bool) {
    guard !suits(ink, isBlank: isBlank) else { return }
    var wanted = ink
    if isBlank, ink.attributes.isDisjoint(with: .onBlank), let pen {
      wanted.colors.foreground = pen.colors.foreground
      wanted.attributes = pen.attributes.subtracting(.onBlank)
    }
    let anew = [0x30] + sequences.change(from: Ink(), to: wanted).joinedBehind
    var shortest = anew
    if let pen {
      let change = sequences.change(from: pen, to: wanted)
      let isPossible = sequences.endsEach || pen.attributes.isSubset(of: wanted.attributes)
      if isPossible, change.count < anew.count { shortest = change }
    }
    bytes += [0x1B, 0x5B]
    if shortest != [0x30] { bytes += shortest }
    bytes.append(0x6D)
    pen = wanted
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}

extension [UInt8] {
  /// Parameters as they follow others.
  fileprivate var joinedBehind: [UInt8] { isEmpty ? [] : [0x3B] + self }
}
