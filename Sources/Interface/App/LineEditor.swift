import Terminal

/// One line of text under a cursor.
struct LineEditor: Sendable, Equatable {
  private(set) var characters: [Character]
  /// The place before which the next character goes.
  private(set) var cursor: Int
  /// Whether the text is only proposed: the first character typed takes its place.
  private var isProposal = false

  /// Characters at most; what is pasted beyond them is dropped.
  static let capacity = 400

  init(_ text: String = "") {
    characters = Array(text.prefix(Self.capacity))
    cursor = characters.count
  }

  /// A text to accept, to change, or to type over.
  init(proposing text: String) {
    self.init(text)
    isProposal = true
  }

  var text: String {
    get { String(characters) }
    set { self = LineEditor(newValue) }
  }

  /// Handles a key; false if it is not one of an editor.
  mutating func handle(_ key: Key) -> Bool {
    if isProposal, case .character = key { self = LineEditor() }
    isProposal = false
    switch key {
    case .character(let character): insert(character)
    case .backspace where cursor > 0:
      characters.remove(at: cursor - 1)
      cursor -= 1
    case .delete where cursor < characters.count: characters.remove(at: cursor)
    case .backspace, .delete: break
    case .left: cursor = max(0, cursor - 1)
    case .right: cursor = min(characters.count, cursor + 1)
    case .home, .control("a"): cursor = 0
    case .end, .control("e"): cursor = characters.count
    case .control("u"):
      characters.removeFirst(cursor)
      cursor = 0
    case .control("k"): characters.removeLast(characters.count - cursor)
    case .control("w"): removeWord()
    default: return false
    }
    return true
  }

  private mutating func insert(_ character: Character) {
    guard characters.count < Self.capacity else { return }
    characters.insert(character, at: cursor)
    cursor += 1
  }

  /// Puts as much of a text as fits where the cursor is, and drops the rest.
  mutating func insert(_ text: String) {
    if isProposal { self = LineEditor() }
    let fitting = text.prefix(Self.capacity - characters.count)
    characters.insert(contentsOf: fitting, at: cursor)
    cursor += fitting.count
  }

  private mutating func removeWord() {
    while cursor > 0, characters[cursor - 1] == " " { dropBeforeCursor() }
    while cursor > 0, characters[cursor - 1] != " " { dropBeforeCursor() }
  }

  private mutating func dropBeforeCursor() {
    characters.remove(at: cursor - 1)
    cursor -= 1
  }

  /// Draws the text after a prompt, scrolled so that the cursor is seen.
  func draw(prompt: String, row: Int, column: Int, columns: Int, on canvas: inout Canvas) {
    let used = canvas.write(
      prompt, row: row, column: column, style: .bold, limit: max(0, columns - 2))
    let room = max(1, columns - used - 1)
    var start = 0
    while start < cursor, width(start..<cursor) > room { start += 1 }
    let place = column + used
    canvas.write(
      String(characters[start...]), row: row, column: place, limit: max(1, columns - used))
    let at = place + width(start..<cursor)
    let under = cursor < characters.count ? harmless(characters[cursor]) : " "
    canvas.write(String(under), row: row, column: at, style: Style(.plain, reversed: true))
  }

  private func width(_ range: Range<Int>) -> Int { columnsTaken(by: String(characters[range])) }
}
