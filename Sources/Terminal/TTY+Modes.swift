internal import CCurses

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What is asked of the terminal past curses, and given back with the screen.
enum TerminalMode {
  /// Marks around pasted text (DEC private mode 2004), so that it does not act as keys.
  static let pastes = (on: "\u{1B}[?2004h", off: "\u{1B}[?2004l")
  /// Presses and the wheel of the mouse (1000), as numbers of any size (1006).
  static let mouse = (on: "\u{1B}[?1000h\u{1B}[?1006h", off: "\u{1B}[?1006l\u{1B}[?1000l")
  /// A frame is shown as a whole (2026).
  static let synchronised = (on: "\u{1B}[?2026h", off: "\u{1B}[?2026l")

  /// No colours and no attributes.
  static let plainPen = "\u{1B}[m"

  /// Everything off, whatever is on just now.
  static let allOff = synchronised.off + mouse.off + pastes.off + plainPen
}

/// Questions, and whether a terminal may be asked.
///
/// Terminals that do not know a question ignore it, but for some that print its end: who is asked is
/// named here.
enum TerminalQuestion {
  /// Asks for the setting of mode 2026.
  static let synchronised = "\u{1B}[?2026$p"
  /// Asks for the colour of the background; the answer to a second question ends the wait for it.
  static let background = "\u{1B}]11;?\u{1B}\\\u{1B}[c"

  private static let families = [
    "xterm", "tmux", "screen", "rxvt", "foot", "alacritty", "kitty", "wezterm", "ghostty",
    "contour", "konsole", "gnome", "vte", "st-", "iterm", "mintty", "rio",
  ]

  /// Whether a terminal of this name reads questions to their end.
  static func isUnderstood(by name: String) -> Bool {
    families.contains { name.hasPrefix($0) } || name == "st"
  }
}

extension TTY {
  /// Whether the terminal understands control sequences in the form of ANSI.
  var isANSI: Bool { capability("cup").starts(with: [0x1B, 0x5B]) }

  /// Sends a few bytes at once, past curses.
  ///
  /// Between two frames curses keeps nothing back.
  func say(_ text: String) { if isANSI { send(Array(text.utf8)) } }

  /// Sends bytes that the terminal understands; says whether it took them all.
  @discardableResult func send(_ bytes: [UInt8]) -> Bool { Sending.send(bytes, to: fileno(output)) }

  /// Asks something, if the terminal reads questions to their end; says whether it was asked.
  func ask(_ question: String) -> Bool {
    guard isANSI, TerminalQuestion.isUnderstood(by: environment("TERM")) else { return false }
    say(question)
    return true
  }

  /// The modes that hold while the screen is the program's.
  func sayModes() { say(TerminalMode.pastes.on + (hasMouse ? TerminalMode.mouse.on : "")) }

  /// Has the mouse, or gives it back.
  func useMouse(_ isWanted: Bool) {
    guard isWanted != hasMouse else { return }
    hasMouse = isWanted
    say(isWanted ? TerminalMode.mouse.on : TerminalMode.mouse.off)
  }

  /// Hands a text to the terminal's clipboard.
  func copy(_ text: String) -> CopyOutcome {
    guard isANSI, TerminalQuestion.isUnderstood(by: environment("TERM")) else {
      return .unsupported
    }
    let outcome = Clipboard.outcome(of: text)
    if case .sent = outcome {
      say(Clipboard.sequence(text, insideTmux: !environment("TMUX").isEmpty))
    }
    return outcome
  }
}

/// A variable of the environment; empty if it is not set.
func environment(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
