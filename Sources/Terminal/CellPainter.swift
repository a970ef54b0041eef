internal import CCurses

/// Puts the cells that changed into curses' window, a run of each row at a time.
struct CellPainter {
  private let showsUnicode: Bool
  /// Attributes and colour pair by role.
  private let looks: [(attributes: attr_t, pair: Int32)]
  private var run: [cchar_t] = []

  /// The looks of all roles with so many colours.
  init(colors: Int, showsUnicode: Bool) {
    self.showsUnicode = showsUnicode
    looks = Role.allCases.map { role in
      let look = RoleLook.of(role)
      var attributes: attr_t = 0
      if look.isBold { attributes |= cc_bold() }
      if look.isDim, colors < 256 { attributes |= cc_dim() }
      if look.isReversed { attributes |= cc_reverse() }
      if look.isUnderlined { attributes |= cc_underline() }
      guard colors > 0 else { return (attributes, 0) }
      let (foreground, background) = colors >= 256 ? look.rich : look.plain
      guard foreground >= 0 || background >= 0 else { return (attributes, 0) }
      let pair = Int32(role.rawValue) + 1
      init_extended_pair(pair, Int32(foreground), Int32(background))
      return (attributes, pair)
    }
  }

  /// Writes what differs from the last canvas; false if nothing does.
  mutating func paint(_ canvas: Canvas, over last: Canvas?) -> Bool {
    let same = last?.size == canvas.size ? last : nil
    var hasChanged = same == nil
    for row in 0..<canvas.size.rows {
      guard let columns = changedColumns(canvas, same, row: row) else { continue }
      hasChanged = true
      write(canvas, row: row, columns)
    }
    return hasChanged
  }

  /// From the first to the last changed cell of a row, never beginning inside a wide character.
  private func changedColumns(_ canvas: Canvas, _ last: Canvas?, row: Int) -> Range<Int>? {
    let columns = canvas.size.columns
    guard columns > 0 else { return nil }
    guard let last else { return 0..<columns }
    let start = row * columns
    var first = 0
    while first < columns, canvas.cells[start + first] == last.cells[start + first] { first += 1 }
    guard first < columns else { return nil }
    var end = columns
    while canvas.cells[start + end - 1] == last.cells[start + end - 1] { end -= 1 }
    while first > 0,
      canvas.cells[start + first].text == nil || last.cells[start + first].text == nil
    {
      first -= 1
    }
    while end < columns, canvas.cells[start + end].text == nil { end += 1 }
    return first..<end
  }

  private mutating func write(_ canvas: Canvas, row: Int, _ columns: Range<Int>) {
    run.removeAll(keepingCapacity: true)
    for column in columns {
      let cell = canvas.cells[row * canvas.size.columns + column]
      guard let text = cell.text else { continue }
      run.append(curses(text, cell.style))
    }
    mvwadd_wchnstr(
      cc_screen(), Int32(row), Int32(columns.lowerBound), &run, Int32(run.count))
  }

  private func curses(_ text: Character, _ style: Style) -> cchar_t {
    let look = looks[Int(style.role.rawValue)]
    var attributes = look.attributes
    if style.isBold { attributes |= cc_bold() }
    if style.isUnderlined { attributes |= cc_underline() }
    // Reversed twice is not reversed: a selection inside a reversed row shows.
    if style.isReversed { attributes ^= cc_reverse() }
    var cell = cchar_t()
    var scalars: (wchar_t, wchar_t, wchar_t, wchar_t, wchar_t, wchar_t) = (0, 0, 0, 0, 0, 0)
    withUnsafeMutableBytes(of: &scalars) { raw in
      let wide = raw.bindMemory(to: wchar_t.self)
      for (place, scalar) in text.unicodeScalars.prefix(5).enumerated() {
        wide[place] = wchar_t(bitPattern: scalar.value)
      }
      if !showsUnicode, wide[0] > 0x7E { wide[0] = 0x3F }
      if !showsUnicode || wide[0] == 0 { wide[1] = 0 }
      cc_fill_cell(&cell, wide.baseAddress, attributes, look.pair)
    }
    return cell
  }
}
