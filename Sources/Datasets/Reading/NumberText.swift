/// Numbers from text.
enum NumberText {
  /// The number that a text spells in full; nil for anything else: no digits, infinities, NaN,
  /// hexadecimals, and what is too large for a `Float`.
  static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Float? {
    guard let number = exact(text) else { return nil }
    let single = Float(number)
    return single.isFinite ? single : nil
  }

  /// The number in double precision; infinite where it is too large for that.
  static func exact(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    var at = 0
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative || text.first == UInt8(ascii: "+") { at = 1 }
    var digits = 0.0
    var count = 0
    var scale = 1.0
    var hasPoint = false
    while at < text.count {
      let byte = text[at]
      if byte &- 0x30 < 10 {
        digits = digits * 10 + Double(byte &- 0x30)
        count += 1
        if hasPoint { scale *= 10 }
      } else if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        return slow(text)
      }
      at += 1
    }
    // Up to 15 digits both parts are exact, so the quotient is the nearest number.
    guard count > 0 else { return nil }
    guard count <= 15 else { return slow(text) }
    return (isNegative ? -digits : digits) / scale
  }

  /// Exponents and long numbers; `Double` also knows hexadecimals and words, which are no numbers
  /// in a table.
  private static func slow(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    guard text.allSatisfy({ $0 &- 0x30 < 10 || marks.contains($0) }) else { return nil }
    return Double(String(decoding: text, as: UTF8.self))
  }

  private static let marks = Array("+-.eE".utf8)
}
