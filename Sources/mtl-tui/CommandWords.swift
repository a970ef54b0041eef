import Datasets
import Foundation

/// The words of a command line, as a person wrote them.
struct CommandWords {
  private let words: [String]

  init(_ words: [String]) { self.words = words }

  /// The words with negative numbers tied to the options that they belong to: `--lr -1` becomes
  /// `--lr=-1`.
  ///
  /// By itself a word that begins with a minus passes for an option, and the option before it for
  /// one without a value.
  var joined: [String] {
    var joined: [String] = []
    for (index, word) in words.enumerated() {
      if words[..<index].contains("--") {
        joined.append(word)
      } else if Self.isNegative(word), let last = joined.last, Self.takesValue(last) {
        joined[joined.count - 1] = "\(last)=\(word)"
      } else {
        joined.append(word)
      }
    }
    return joined
  }

  private static func isNegative(_ word: String) -> Bool {
    guard word.first == "-", let next = word.dropFirst().first else { return false }
    return next.isASCII && next.isNumber || next == "."
      || ["-inf", "-nan"].contains(word.lowercased())
  }

  private static func takesValue(_ word: String) -> Bool {
    word.hasPrefix("--") && word.count > 2 && !word.contains("=")
  }

  /// A text about the words with everything in it written out that a terminal might obey, whether
  /// it is a word's own line or the text's.
  func harmless(_ text: String) -> String {
    var text = text
    for word in words {
      let parts = [Substring(word)] + word.split(separator: "=", maxSplits: 1).dropFirst()
      for part in parts where part.contains(where: \.isNewline) {
        text = text.replacingOccurrences(of: part, with: printable(String(part)))
      }
    }
    return printableLines(text)
  }
}
