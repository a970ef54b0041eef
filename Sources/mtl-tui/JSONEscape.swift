// What is never written raw, in JSON as little as in text.

extension Unicode.Scalar {
  /// Whether a terminal or an editor may obey the character instead of showing it: controls, marks
  /// of direction and other format characters, separators of lines and paragraphs, and what has no
  /// meaning that is known.
  var isObeyed: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      true
    default: false
    }
  }

  /// `\u202e`; above U+FFFF the two halves of a surrogate pair (RFC 8259, section 7).
  var jsonEscape: String {
    String(self).utf16.map { unit in
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }
}
