import Foundation

/// A rule that goes by texts: 1 where a text is named, nothing where it is missing, else 0.
///
/// A text that the rule names counts as named even where it is blank or a mark of a missing value.
struct TextRule {
  let named: Set<String>
  let missing: Set<String>

  init(named: [String], missing: [String]) {
    self.named = Set(named)
    self.missing = Set(missing)
  }

  /// 1, 0, or NaN where the text says nothing.
  func value(of text: String) -> Double {
    if named.contains(text) { return 1 }
    return isMissing(text) ? .nan : 0
  }

  /// Whether a text says nothing: a mark of a missing value, or blanks only.
  func isMissing(_ text: String) -> Bool {
    !named.contains(text) && (missing.contains(text) || text.trimmingBlanks.isEmpty)
  }

  /// The named text that another one looks like: apart from case, blanks, quotes, width, or the way a
  /// number is written.
  func lookalike(of text: String) -> String? {
    guard !named.contains(text), !isMissing(text) else { return nil }
    let spelling = Self.spelling(text)
    return named.sorted().first { Self.spelling($0) == spelling }
  }

  /// A text as a careless reader sees it.
  static func spelling(_ text: String) -> String {
    let wide = text.precomposedStringWithCompatibilityMapping
    let visible = wide.unicodeScalars.filter { $0.properties.generalCategory != .format }
    var plain = String(String.UnicodeScalarView(visible)).trimmingBlanks.lowercased()
    for quote in ["\"", "'"]
    where plain.count > 2 && plain.hasPrefix(quote) && plain.hasSuffix(quote) {
      plain = String(plain.dropFirst().dropLast()).trimmingBlanks
    }
    // Beyond 2⁵³ different numbers are one Double.
    guard let number = Double(plain), abs(number) < 0x1p53 else { return plain }
    return "\(number == 0 ? 0 : number)"
  }

  /// Whether a text is what many programs write for a missing value.
  static func looksMissing(_ text: String) -> Bool {
    let marks = [
      "", "na", "n/a", "nan", "null", "none", "nil", "\\n", "#n/a", "?", "-", "--", "<na>",
      "unknown",
    ]
    return marks.contains(text.trimmingBlanks.lowercased())
  }

  /// The text that says yes where another one says yes or no, in the same case; else the text itself.
  static func positive(of text: String) -> String {
    let plain = text.trimmingBlanks
    let pairs = [
      "false": "true", "no": "yes", "n": "y", "f": "t", "off": "on", "negative": "positive",
    ]
    guard let yes = pairs[plain.lowercased()] else { return plain }
    if plain == plain.uppercased() { return yes.uppercased() }
    return plain.first.map(\.isUppercase) == true ? yes.capitalized : yes
  }
}

extension String {
  /// The text without blanks, tabs and line breaks around it.
  var trimmingBlanks: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
