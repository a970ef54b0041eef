/// The scalars of a cell as a terminal is sent them.
///
/// The canvas and the terminal must agree on how wide a character is, or a row shifts. The canvas has
/// the last word: a character that the system would give another width is replaced, and characters
/// glued together from several wide ones are cut down to the first.
struct CellText {
  /// Whether characters outside ASCII are sent.
  let showsUnicode: Bool
  /// How many columns the system gives a scalar; negative if it cannot be printed.
  let width: (UInt32) -> Int

  /// One base character and four marks are what a cell of curses can hold.
  static let longest = 5
  static let blank: UInt32 = 0x20
  static let questionMark: UInt32 = 0x3F

  /// Puts a character's scalars into a buffer of ``longest`` and 0 behind them; returns how many
  /// columns they take, which may be fewer than wanted.
  func load(
    _ character: Character, columns: Int, into text: UnsafeMutablePointer<UInt32>
  ) -> Int {
    var scalars = character.unicodeScalars.makeIterator()
    guard let base = scalars.next() else { return load(Self.blank, into: text) }
    let isSingle = scalars.next() == nil
    if base.value < 0x7F, isSingle || !showsUnicode {
      return load(base.value < 0x20 ? Self.questionMark : base.value, into: text)
    }
    if !showsUnicode { return load(UInt32(asciiStandIn(for: base.value)), into: text) }
    let found = width(base.value)
    guard found > 0, found <= columns else { return load(Self.questionMark, into: text) }
    _ = load(base.value, into: text)
    if !isSingle { loadMarks(of: character, into: text) }
    return found
  }

  /// What fills the columns that a character should take and does not.
  var filler: UInt32 { showsUnicode ? Self.blank : Self.questionMark }

  private func load(_ scalar: UInt32, into text: UnsafeMutablePointer<UInt32>) -> Int {
    text[0] = scalar
    text[1] = 0
    return 1
  }

  private func loadMarks(of character: Character, into text: UnsafeMutablePointer<UInt32>) {
    var end = 1
    for mark in character.unicodeScalars.dropFirst() where end < Self.longest {
      guard width(mark.value) == 0, mark.value != 0x200D, mark.value != 0xFE0F else { break }
      text[end] = mark.value
      end += 1
    }
    text[end] = 0
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
}
