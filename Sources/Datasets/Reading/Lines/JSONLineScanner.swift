/// Finds the members of objects that are written in one line each, as RFC 8259 says: the only place
/// that knows the syntax of JSON.
struct JSONLineScanner {
  typealias Bytes = UnsafeBufferPointer<UInt8>

  /// What a value is.
  enum Kind {
    case text, number, yes, no, null, list, object
  }

  /// How deep values may be nested, the object itself not counted.
  static let depthLimit = 64

  private let bytes: Bytes
  private var start = 0
  private var at = 0
  private var end = 0
  /// A text without its escapes.
  private var plain: [UInt8] = []

  init(_ bytes: Bytes) { self.bytes = bytes }

  /// Calls `body` with each value of the object in a line whose key has a number, in their order.
  ///
  /// Texts are given without quotes and escapes, numbers as they are written, other values as nothing.
  /// - Throws: ``JSONFault`` where the line is no object.
  mutating func object(
    _ line: Range<Int>, number: (Bytes) -> Int?, _ body: (Int, Kind, Bytes) -> Void
  ) throws(JSONFault) {
    (start, at, end) = (line.lowerBound, line.lowerBound, line.upperBound)
    skipBlanks()
    guard next("{") else { throw .notAnObject(found: rest) }
    skipBlanks()
    if !next("}") {
      repeat {
        skipBlanks()
        let key = try string("a key in double quotes")
        let index = withText(key, number)
        skipBlanks()
        guard next(":") else { throw unexpected("a colon") }
        try value(index, body)
        skipBlanks()
      } while next(",")
      guard next("}") else { throw unexpected("a comma or a closing brace") }
    }
    skipBlanks()
    guard at == end else { throw unexpected("the end of the line") }
  }

  /// Reads a value and tells it, where its key has a number.
  private mutating func value(
    _ index: Int?, _ body: (Int, Kind, Bytes) -> Void
  ) throws(JSONFault) {
    skipBlanks()
    let first = at
    let (kind, text) = try skip(depth: 0)
    guard let index else { return }
    switch kind {
    case .text: withText(text) { body(index, .text, $0) }
    case .number: body(index, .number, Bytes(rebasing: bytes[first..<at]))
    default: body(index, kind, Bytes(start: nil, count: 0))
    }
  }

  /// Moves behind the value that stands here.
  private mutating func skip(depth: Int) throws(JSONFault) -> (Kind, Text) {
    let none = Text(range: at..<at, hasEscapes: false)
    guard at < end else { throw unexpected("a value") }
    switch bytes[at] {
    case UInt8(ascii: "\""): return (.text, try string("a text"))
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard depth < Self.depthLimit else { throw .tooDeep(character: character) }
      return (try skipNested(depth: depth + 1), none)
    case UInt8(ascii: "t"): return (try word("true", .yes), none)
    case UInt8(ascii: "f"): return (try word("false", .no), none)
    case UInt8(ascii: "n"): return (try word("null", .null), none)
    default:
      try skipNumber()
      return (.number, none)
    }
  }

  private mutating func skipNested(depth: Int) throws(JSONFault) -> Kind {
    let isList = bytes[at] == UInt8(ascii: "[")
    let close: Unicode.Scalar = isList ? "]" : "}"
    at += 1
    skipBlanks()
    if next(close) { return isList ? .list : .object }
    repeat {
      skipBlanks()
      if !isList {
        _ = try string("a key in double quotes")
        skipBlanks()
        guard next(":") else { throw unexpected("a colon") }
        skipBlanks()
      }
      _ = try skip(depth: depth)
      skipBlanks()
    } while next(",")
    guard next(close) else {
      throw unexpected("a comma or a closing \(isList ? "bracket" : "brace")")
    }
    return isList ? .list : .object
  }

  private mutating func word(_ word: StaticString, _ kind: Kind) throws(JSONFault) -> Kind {
    let text = Bytes(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard bytes[at..<end].starts(with: text) else { throw unexpected("a value") }
    at += text.count
    return kind
  }

  private mutating func skipNumber() throws(JSONFault) {
    let first = at
    _ = next("-")
    let whole = skipDigits()
    // A leading zero stands alone.
    guard whole == 1 || whole > 1 && bytes[at - whole] != UInt8(ascii: "0") else {
      at = first
      throw unexpected("a value")
    }
    if next("."), skipDigits() == 0 { throw unexpected("a digit") }
    if next("e") || next("E") {
      _ = next("+") || next("-")
      if skipDigits() == 0 { throw unexpected("a digit") }
    }
  }

  private mutating func skipDigits() -> Int {
    let first = at
    while at < end, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) { at += 1 }
    return at - first
  }

  private mutating func skipBlanks() {
    while at < end, Self.isBlank(bytes[at]) { at += 1 }
  }

  /// Whether a byte is white space of JSON.
  static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
  }

  private mutating func next(_ sign: Unicode.Scalar) -> Bool {
    guard at < end, bytes[at] == UInt8(ascii: sign) else { return false }
    at += 1
    return true
  }
}

// Texts.
extension JSONLineScanner {
  /// A text between its quotes.
  private struct Text {
    let range: Range<Int>
    let hasEscapes: Bool
  }

  /// Moves behind the text that a quote opens here.
  private mutating func string(_ expected: String) throws(JSONFault) -> Text {
    guard next("\"") else { throw unexpected(expected) }
    let first = at
    var hasEscapes = false
    while at < end {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        at += 1
        return Text(range: first..<(at - 1), hasEscapes: hasEscapes)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        try skipEscape()
      case ..<0x20: throw unexpected("an escape, as \\t, for a control character")
      default: at += 1
      }
    }
    throw unexpected("a closing quote")
  }

  private mutating func skipEscape() throws(JSONFault) {
    guard at + 1 < end else {
      at = end
      throw unexpected("a closing quote")
    }
    if bytes[at + 1] == UInt8(ascii: "u") {
      guard unit(at) != nil else { throw unexpected("four hexadecimal digits behind \\u") }
      at += 6
    } else {
      guard Self.escapes(bytes[at + 1]) != nil else { throw unexpected("an escape of JSON") }
      at += 2
    }
  }

  private static func escapes(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  /// The number of an escape, `\u` and four hexadecimal digits, at a byte.
  private func unit(_ at: Int) -> UInt16? {
    guard at + 6 <= end, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
      return nil
    }
    var number: UInt16 = 0
    for byte in bytes[(at + 2)..<(at + 6)] {
      guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
      number = number << 4 | UInt16(digit)
    }
    return number
  }

  /// Calls `body` with a text without its escapes.
  private mutating func withText<Result>(_ text: Text, _ body: (Bytes) -> Result) -> Result {
    guard text.hasEscapes else { return body(Bytes(rebasing: bytes[text.range])) }
    plain.removeAll(keepingCapacity: true)
    var from = text.range.lowerBound
    while from < text.range.upperBound {
      guard bytes[from] == UInt8(ascii: "\\") else {
        plain.append(bytes[from])
        from += 1
        continue
      }
      if let byte = Self.escapes(bytes[from + 1]) {
        plain.append(byte)
        from += 2
      } else {
        let scalar = scalar(&from)
        plain.append(contentsOf: String(scalar).utf8)
      }
    }
    return plain.withUnsafeBufferPointer(body)
  }

  /// The scalar of one escape, or of two that are a pair; a surrogate without its other half is the
  /// replacement character.
  private func scalar(_ from: inout Int) -> Unicode.Scalar {
    let replacement: Unicode.Scalar = "\u{FFFD}"
    guard let first = unit(from) else { return replacement }
    from += 6
    if (0xD800..<0xDC00).contains(first), let second = unit(from),
      (0xDC00..<0xE000).contains(second)
    {
      from += 6
      let low = UInt32(second) - 0xDC00
      return Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + low) ?? replacement
    }
    return Unicode.Scalar(first) ?? replacement
  }

  private func unexpected(_ expected: String) -> JSONFault {
    .unexpected(found: rest, character: character, expected: expected)
  }

  /// What is left of the line, as far as messages show it.
  private var rest: String {
    var text = bytes[at..<min(end, at + 256)]
    while let last = text.last, Self.isBlank(last) { text.removeLast() }
    return String(String(decoding: text, as: UTF8.self).prefix(24))
  }

  /// The number of the character here, from 1.
  private var character: Int {
    String(decoding: bytes[start..<at], as: UTF8.self).unicodeScalars.count + 1
  }
}
