import Foundation
import Terminal

/// The line on stderr that moves while something goes on, where that is a terminal which can take a
/// line back.
struct ProgressLine {
  private let isShown: Bool
  private var isThere = false

  /// A line that is not there yet.
  init() {
    let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
    isShown = isatty(STDERR_FILENO) == 1 && !["", "dumb"].contains(kind)
  }

  /// Shows a text in place of the one before: one line, harmless, and no wider than the terminal is
  /// just now.
  mutating func show(_ text: String) {
    guard isShown else { return }
    StandardError.write("\r\u{1B}[K" + Self.cut(text, to: terminalColumns(of: STDERR_FILENO)))
    isThere = true
  }

  /// Takes the line away.
  mutating func clear() {
    guard isThere else { return }
    StandardError.write("\r\u{1B}[K")
    isThere = false
  }

  /// What of a text fits.
  ///
  /// The last column stays free: a terminal may go on to the next line there.
  static func cut(_ text: String, to columns: Int?) -> String {
    fit(text, into: max(1, (columns ?? 80) - 1))
  }
}
