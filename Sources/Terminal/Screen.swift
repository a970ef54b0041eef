/// A terminal as the interface sees it: keys come out, canvases go in.
///
/// One thread owns it. ``CursesTerminal`` is the real one, ``ScriptedTerminal`` the one of tests.
public protocol TerminalDevice: AnyObject {
  /// The size just now.
  var size: Size { get }

  /// The next key, or nil if none came within the time; 0 asks without waiting.
  func readKey(timeoutMilliseconds: Int) -> Key?

  /// Shows a canvas; only what changed since the last one is sent, and nothing if nothing did.
  func show(_ canvas: Canvas)

  /// Draws in another theme from the next ``show(_:)`` on.
  func use(_ theme: Theme)

  /// Draws in the theme that fits its background from the next ``show(_:)`` on.
  func useBackground()

  /// Has mouse events among the keys from now on, or leaves the mouse to the terminal, so that text
  /// can be selected.
  func useMouse(_ isWanted: Bool)

  /// Asks the terminal to put a text on the clipboard; says what came of it.
  func copy(_ text: String) -> CopyOutcome

  /// Sends the whole screen anew at the next ``show(_:)``.
  func redraw()

  /// Gives the terminal back as it was; may be called more than once.
  func close()
}

extension TerminalDevice {
  /// Nothing: a device without looks has none to change.
  public func use(_ theme: Theme) {}

  /// Nothing: a device without looks has none to change.
  public func useBackground() {}

  /// Nothing: a device without a mouse.
  public func useMouse(_ isWanted: Bool) {}

  /// Refused: a device without a clipboard.
  public func copy(_ text: String) -> CopyOutcome { .unsupported }
}
