/// A key as a person pressed it.
public enum Key: Sendable, Hashable {
  case character(Character)
  /// Control and a letter, `control("c")`.
  case control(Character)
  case enter, escape, tab, backTab, backspace, delete, insert
  case up, down, left, right, home, end, pageUp, pageDown
  case function(Int)
  /// Text that was pasted at once, at most a few thousand characters of it: a blank for every tab and
  /// every end of a line, no control characters.
  case paste(String)
  /// The mouse did something; only while it is asked for.
  case mouse(Mouse)
  /// The screen has a new size.
  case resize
  /// A sequence that is not known; it does nothing.
  case unknown
}
