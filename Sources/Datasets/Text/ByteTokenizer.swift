/// Cuts texts that are bytes as a ``Tokenizer`` does, without a String for those of ASCII alone.
struct ByteTokenizer {
  typealias Bytes = UnsafeBufferPointer<UInt8>

  private let tokenizer: Tokenizer
  /// The text in small letters, where that is wanted.
  private var small: [UInt8] = []

  init(_ tokenizer: Tokenizer) { self.tokenizer = tokenizer }

  /// Calls `body` with the bytes of each token of a text, until it answers false.
  mutating func cut(_ text: Bytes, _ body: (Bytes) -> Bool) {
    if Self.isASCII(text) {
      _ = cutASCII(text, body)
      return
    }
    // Blanks part all tokens: what stands between them is cut for itself.
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, text[end] > 0x20 { end += 1 }
      guard cutPart(Bytes(rebasing: text[start..<end]), body) else { return }
      start = end + 1
    }
  }

  /// Cuts a text without blanks; answers false where `body` did.
  private mutating func cutPart(_ text: Bytes, _ body: (Bytes) -> Bool) -> Bool {
    guard !Self.isASCII(text) else { return cutASCII(text, body) }
    for var token in tokenizer.tokens(of: String(decoding: text, as: UTF8.self)) {
      guard token.withUTF8(body) else { return false }
    }
    return true
  }

  private mutating func cutASCII(_ text: Bytes, _ body: (Bytes) -> Bool) -> Bool {
    guard tokenizer.lowercases else { return cutCased(text, body) }
    small.removeAll(keepingCapacity: true)
    for byte in text { small.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) }
    return small.withUnsafeBufferPointer { cutCased($0, body) }
  }

  /// Cuts a text of ASCII as it stands.
  private func cutCased(_ text: Bytes, _ body: (Bytes) -> Bool) -> Bool {
    let isWords = tokenizer.form == .words
    var start = -1
    for at in 0..<text.count {
      let kind = Self.kind(text[at])
      if isWords, kind == .word || start >= 0 && Self.joins(text, at) {
        if start < 0 { start = at }
        continue
      }
      if start >= 0, !body(Bytes(rebasing: text[start..<at])) { return false }
      start = -1
      if kind != .blank, !body(Bytes(rebasing: text[at..<(at + 1)])) { return false }
    }
    return start < 0 || body(Bytes(rebasing: text[start...]))
  }

  private enum Kind { case word, symbol, blank }

  /// Letters, digits and `_` make words; control characters are blanks.
  private static func kind(_ byte: UInt8) -> Kind {
    if isLetter(byte) || isDigit(byte) { return .word }
    return byte <= 0x20 || byte == 0x7F ? .blank : .symbol
  }

  /// Whether an apostrophe stands between letters, or a point or a comma between digits.
  private static func joins(_ text: Bytes, _ at: Int) -> Bool {
    guard at + 1 < text.count else { return false }
    return switch text[at] {
    case UInt8(ascii: "'"): isLetter(text[at - 1]) && isLetter(text[at + 1])
    case UInt8(ascii: "."), UInt8(ascii: ","): isDigit(text[at - 1]) && isDigit(text[at + 1])
    default: false
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isASCII(_ text: Bytes) -> Bool {
    for byte in text where byte >= 0x80 { return false }
    return true
  }
}
