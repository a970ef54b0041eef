/// Why the explorer cannot have the terminal.
public enum TerminalError: Error, Equatable, Sendable {
  /// Input or output is not a terminal.
  case notATerminal(stream: String)
  /// `TERM` is not set, or names a terminal that the system does not know.
  case unknownTerminal(name: String)
  /// The terminal cannot place the cursor, so nothing but lines can be shown on it.
  case cannotPlaceCursor(name: String)
  /// The system refused something.
  case refused(String)
}

extension TerminalError: CustomStringConvertible {
  /// What is wrong, what was found, and what to do.
  public var description: String {
    switch self {
    case .notATerminal(let stream):
      """
      the explorer needs a terminal.
        found: standard \(stream) is not one
        fix:   run it in a terminal, or use `mtl-tui train`, which needs none
      """
    case .unknownTerminal(let name):
      """
      TERM: the terminal is not known.
        found: \(name.isEmpty ? "nothing" : fit(name, into: 60))
        fix:   set TERM to the terminal's name, as in TERM=xterm-256color
      """
    case .cannotPlaceCursor(let name):
      """
      TERM: this terminal cannot place the cursor.
        found: \(fit(name, into: 60))
        fix:   set TERM to the terminal's real name, or use `mtl-tui train`
      """
    case .refused(let what):
      """
      the terminal cannot be opened.
        found: \(what)
        fix:   try another terminal
      """
    }
  }
}
