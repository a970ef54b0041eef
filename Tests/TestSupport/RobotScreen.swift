import Foundation

/// What a robot saw.
public struct CapturedScreen: Sendable {
  /// All rows, joined by newlines.
  public let text: String
  /// Whether a program has the alternate screen.
  public let isAlternate: Bool
  /// Whether the cursor shows.
  public let showsCursor: Bool
  /// Whether the keypad sends a program's codes.
  public let hasKeypad: Bool
  /// Whether a program gets what the mouse does.
  public let hasMouse: Bool
  /// The cursor's row.
  public let cursorRow: Int

  /// The screen's rows, and after them a row of facts.
  init(_ answer: String) {
    var rows = answer.split(separator: "\n", omittingEmptySubsequences: false)
    if rows.last?.isEmpty == true { rows.removeLast() }
    let facts = rows.popLast() ?? ""
    text = rows.joined(separator: "\n")
    let numbers = facts.split(whereSeparator: \.isWhitespace).map { Int($0) ?? 0 }
    func fact(_ place: Int) -> Int { numbers.indices.contains(place) ? numbers[place] : 0 }
    isAlternate = fact(0) == 1
    showsCursor = fact(1) == 1
    cursorRow = fact(2)
    hasKeypad = fact(3) == 1
    hasMouse = fact(4) == 1
  }

  /// The rows, without blanks at their ends.
  public var lines: [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Whether a text is on the screen, within one row.
  public func shows(_ text: String) -> Bool { self.text.contains(text) }

  /// The row of the cursor if a shell waits for a command there.
  public var prompt: String? {
    guard !isAlternate, lines.indices.contains(cursorRow) else { return nil }
    return lines[cursorRow] == "$" || lines[cursorRow] == "$ " ? lines[cursorRow] : nil
  }

  /// The number after the word `step` in the status line; separators of thousands are dropped.
  public var step: Int? {
    for line in lines.reversed() {
      guard let range = line.range(of: "step ", options: .backwards) else { continue }
      let digits = line[range.upperBound...].prefix { $0.isNumber || $0 == "," }
      if let step = Int(digits.filter { $0 != "," }) { return step }
    }
    return nil
  }
}

/// Why a robot cannot go on.
public enum RobotError: Error, CustomStringConvertible {
  /// There is no tmux.
  case noTmux
  /// tmux did not do what it was told.
  case refused(String, String)
  /// Something did not appear in time.
  case waitedInVain(String, String, String)
  /// The shell has no child.
  case noProgram

  /// What went wrong; with the whole screen if something was waited for.
  public var description: String {
    switch self {
    case .noTmux: "tmux is not installed"
    case .refused(let command, let errors): "tmux \(command): \(errors)"
    case .waitedInVain(let what, let place, let screen):
      // A runner that passes output on in pieces drops one that ends within a character.
      "\(place): waited in vain for \(what); the screen is\n\(screen.asciiOnly)"
    case .noProgram: "the program does not run"
    }
  }
}

extension String {
  /// The same with a tilde for every character that is not ASCII.
  fileprivate var asciiOnly: String { String(map { $0.isASCII ? $0 : "~" }) }
}
