/// Numbers from text, in double precision.
enum NumberText {
  /// The number that a text spells in full; nil for anything else: no digits, infinities, NaN,
  /// hexadecimals, and what is too large for a `Float`, which models compute in.
  static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    guard let number = exact(text), Float(number).isFinite else { return nil }
    return number
  }

  /// The nearest double to the number; infinite where it is too large for that.
  static func exact(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    var at = 0
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative || text.first == UInt8(ascii: "+") { at = 1 }
    var digits: UInt64 = 0
    var count = 0
    var scale = 1.0
    var hasPoint = false
    while at < text.count {
      let byte = text[at]
      if byte &- 0x30 < 10 {
        digits = digits &* 10 &+ UInt64(byte &- 0x30)
        count += 1
        if hasPoint { scale *= 10 }
      } else if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        return slow(text)
      }
      at += 1
    }
    guard count > 0 else { return nil }
    // Up to 2⁵³ the digits are exact, and so is a power of ten of at most 19: then the quotient is
    // the nearest number.
    guard count <= 19, digits <= 1 << 53 else { return slow(text) }
    return (isNegative ? -Double(digits) : Double(digits)) / scale
  }

  /// Exponents and long numbers; `Double` also knows hexadecimals and words, which are no numbers
  /// in a table.
  private static func slow(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    guard text.allSatisfy({ $0 &- 0x30 < 10 || marks.contains($0) }) else { return nil }
    return Double(String(decoding: text, as: UTF8.self))
  }

  private static let marks = Array("+-.eE".utf8)
}
