import Foundation

/// Cuts texts into tokens.
///
/// Before it is cut a text is lower-cased where that is wanted, brought to one form of composed
/// characters (Unicode's NFC), and rid of what has no look of its own: control characters part tokens
/// as blanks do, marks of direction and soft hyphens vanish. Tokens are never empty. Of words, cutting the
/// text that ``text(of:)`` makes of tokens gives the same tokens again; characters that follow each other
/// may join there, as two letters of a flag do.
public struct Tokenizer: Sendable, Hashable, Codable {
  /// What a token is.
  public enum Form: String, Sendable, Hashable, Codable, CaseIterable {
    /// A word: letters, marks and digits that follow each other, by the word boundaries of Unicode's
    /// annex 29 with two differences. A full stop joins digits and never letters, since reviews miss
    /// blanks behind sentences; and scripts that write without blanks (ideographs, kana, Thai, Lao,
    /// Khmer, Burmese) have a token a character.
    ///
    /// Apostrophes join letters (and are written `'`); points and commas join digits. Any other character that can
    /// be seen is a token of its own.
    case words
    /// A character as people count them (an extended grapheme cluster); blanks are none.
    case characters
  }

  /// What a token is.
  public var form: Form
  /// Whether texts are lower-cased first.
  public var lowercases: Bool

  /// A tokenizer; by default of lower-cased words.
  public init(_ form: Form = .words, lowercases: Bool = true) {
    self.form = form
    self.lowercases = lowercases
  }

  /// The tokens of a text, in its order.
  public func tokens(of text: String) -> [String] {
    let text = visible(lowercases ? text.lowercased() : text)
    switch form {
    case .words: return WordCutter.words(of: text)
    case .characters:
      // One by one: what blanks part would join where they are only left out.
      return text.compactMap { TokenCharacter($0).kind == .blank ? nil : String($0) }
    }
  }

  /// The text without what cannot be seen, its characters composed.
  private func visible(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: scalars.append(" ")
      case .format where scalar == "\u{200B}": scalars.append(" ")
      case .format where !TokenCharacter.joiners.contains(scalar): continue
      default: scalars.append(scalar)
      }
    }
    return String(scalars).precomposedStringWithCanonicalMapping
  }

  /// A text for people: tokens with blanks between, but for those before closing punctuation, behind
  /// opening brackets and within scripts that have none; characters follow each other.
  public func text(of tokens: some Sequence<String>) -> String {
    var text = ""
    var last: Character?
    for token in tokens {
      guard let first = token.first else { continue }
      if form == .words, let last, Self.hasBlank(between: last, and: first) { text += " " }
      text += token
      last = token.last
    }
    return text
  }

  private static func hasBlank(between last: Character, and first: Character) -> Bool {
    if ".,!?;:)]}…。，！？、".contains(first) || "([{".contains(last) { return false }
    return !(TokenCharacter(last).kind == .single && TokenCharacter(first).kind == .single)
  }
}

/// What a character is to a tokenizer.
struct TokenCharacter {
  enum Kind {
    /// Not seen, or a mark without a letter to stand on.
    case blank
    /// Part of a word.
    case letter
    /// Part of a word or number.
    case digit
    /// A character of a script that writes without blanks.
    case single
    /// A token of its own.
    case symbol
  }

  let kind: Kind

  /// Invisible characters that make one of several: of emoji, of Indic and Arabic letters, and of flags.
  static let joiners: Set<Unicode.Scalar> = Set(
    ["\u{200C}", "\u{200D}"] + (0xE0020...0xE007F).compactMap(Unicode.Scalar.init))

  init(_ character: Character) {
    guard let scalar = character.unicodeScalars.first else {
      kind = .blank
      return
    }
    kind = Self.kind(of: scalar)
  }

  private static func kind(of scalar: Unicode.Scalar) -> Kind {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .letterNumber:
      writesWithoutBlanks(scalar) ? .single : .letter
    case .connectorPunctuation: .letter
    case .decimalNumber, .otherNumber: .digit
    case .nonspacingMark, .spacingMark, .enclosingMark, .spaceSeparator, .lineSeparator,
      .paragraphSeparator, .control, .format, .surrogate:
      .blank
    default: .symbol
    }
  }

  private static func writesWithoutBlanks(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isIdeographic
      || ranges.contains { $0.contains(scalar.value) }
  }

  /// Thai, Lao, Burmese, Khmer, kana, kana of half the width.
  private static let ranges: [ClosedRange<UInt32>] = [
    0x0E00...0x0E7F, 0x0E80...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3041...0x30FF,
    0x31F0...0x31FF, 0xFF66...0xFF9D,
  ]
}

/// Cuts a text that holds only what can be seen into words.
private struct WordCutter {
  private var words: [String] = []
  private var word = ""
  /// What the last character of the word is.
  private var last = TokenCharacter.Kind.blank

  static func words(of text: String) -> [String] {
    var cutter = Self()
    let characters = Array(text)
    for (index, character) in characters.enumerated() {
      cutter.add(character, next: index + 1 < characters.count ? characters[index + 1] : nil)
    }
    cutter.endWord()
    return cutter.words
  }

  private mutating func add(_ character: Character, next: Character?) {
    let kind = TokenCharacter(character).kind
    switch kind {
    case .letter, .digit:
      word.append(character)
      last = kind
    case .symbol where joins(character, next):
      word.append(character == "\u{2019}" ? "'" : character)
    case .symbol, .single:
      endWord()
      words.append(String(character))
    case .blank: endWord()
    }
  }

  /// Whether a character joins what stands before and behind it to one word.
  private func joins(_ character: Character, _ next: Character?) -> Bool {
    guard !word.isEmpty, let next else { return false }
    let following = TokenCharacter(next).kind
    return switch character {
    case "'", "\u{2019}": last == .letter && following == .letter
    case ".", ",": last == .digit && following == .digit
    default: false
    }
  }

  private mutating func endWord() {
    last = .blank
    guard !word.isEmpty else { return }
    words.append(word)
    word = ""
  }
}
