import Terminal

/// Keys that came all at once, between two frames.
///
/// A terminal that marks no pastes sends pasted text as keys. Nobody types so many different ones at
/// once: outside of fields such a burst is not taken for keys.
struct KeyBurst {
  /// Keys that are taken between two frames at most.
  static let capacity = 4_096
  /// So many keys of text at once are no typing.
  static let leastPasted = 64
  /// A key that repeats itself is held down, not pasted.
  static let leastDifferent = 4
  /// Seconds after a pasted burst in which more of it may come.
  static let gapSeconds = 0.05

  /// Keys that begin a line.
  private static let openers: Set<Key> = [.character(":"), .character("?")]

  private(set) var keys: ArraySlice<Key>

  init(_ keys: [Key]) { self.keys = keys[...] }

  /// Whether so much text came that it must have been pasted; text that opens a line of its own is
  /// typed by a program.
  var isPasted: Bool {
    let text = Array(keys.prefix(while: \.isText))
    guard text.count >= Self.leastPasted, !Self.openers.contains(text[0]) else { return false }
    return Set(text).count >= Self.leastDifferent
  }

  /// The next key, and together with it the characters behind it where they go into a field.
  mutating func next(isTakingText: Bool) -> Key? {
    let run = isTakingText ? keys.prefix { $0.character != nil } : []
    guard run.count > 1 else { return keys.popFirst() }
    keys = keys.dropFirst(run.count)
    return .paste(String(run.prefix(LineEditor.capacity).compactMap(\.character)))
  }

  /// Leaves the text out that stands at the front.
  mutating func dropText() { keys = keys.drop(while: \.isText) }
}

extension Key {
  /// The character, if it is one.
  var character: Character? {
    if case .character(let character) = self { return character }
    return nil
  }

  /// Whether pasted text may hold it.
  fileprivate var isText: Bool { character != nil || self == .enter || self == .tab }
}
