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

  /// The number that a text of eight bytes at most spells by digits, with a sign in front and a point
  /// if need be; nil for any other text, which ``parse(_:)`` may know.
  ///
  /// `word` holds the text, its first byte lowest, zeros behind it. All steps are done for every
  /// text: a branch that is hard to foresee costs more than they do.
  @inline(__always)
  static func short(_ word: UInt64, count: Int) -> Double? {
    let isNegative = word & 0xFF == UInt64(UInt8(ascii: "-"))
    let sign = isNegative ? 1 : 0
    guard count > sign else { return nil }
    // The last byte becomes the highest; zeros come in front.
    var text = (word &>> UInt64(8 &* sign)) &<< UInt64(8 &* (8 &- count &+ sign))
    let points = zeroBytes(text ^ 0x2E2E_2E2E_2E2E_2E2E)
    var decimals = 0
    var digits = count &- sign
    if points != 0 {
      // What is below the point moves up by a byte and so over it.
      let point = UInt64(points.trailingZeroBitCount &- 7)
      let below = (UInt64(1) &<< point) &- 1
      decimals = 7 &- Int(truncatingIfNeeded: point) / 8
      digits &-= 1
      text = (text & ~(below | 0xFF &<< point)) | (text & below) &<< 8
      guard digits > 0 else { return nil }
    }
    let front = digits == 8 ? 0 : UInt64.max &>> UInt64(8 &* digits)
    let filled = text | (0x3030_3030_3030_3030 & front)
    guard areDigits(filled) else { return nil }
    let number = Double(value(filled)) / power(decimals)
    return isNegative ? -number : number
  }

  /// Per byte, from the lowest one that is zero on: the highest bit of each that is.
  ///
  /// Above that one a byte of 1 may count too, as it lends to it.
  @inline(__always)
  private static func zeroBytes(_ word: UInt64) -> UInt64 {
    (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
  }

  /// Whether all eight bytes are digits: their upper halves are 3, also with 6 added.
  @inline(__always)
  private static func areDigits(_ word: UInt64) -> Bool {
    let upper: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
    let more = (word &+ 0x0606_0606_0606_0606) & upper
    return (word & upper) | (more &>> 4) == 0x3333_3333_3333_3333
  }

  /// The number of eight digits, the lowest byte the first: pairs, then fours, then all.
  @inline(__always)
  private static func value(_ digits: UInt64) -> UInt64 {
    var value = ((digits & 0x0F0F_0F0F_0F0F_0F0F) &* 2561) &>> 8
    value = ((value & 0x00FF_00FF_00FF_00FF) &* 6_553_601) &>> 16
    return ((value & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) &>> 32
  }

  /// 10⁰ … 10⁷: a product of choices, all of them exact, in place of a jump that is hard to foresee.
  @inline(__always)
  private static func power(_ exponent: Int) -> Double {
    (exponent & 1 == 0 ? 1 : 10) * (exponent & 2 == 0 ? 1 : 100) * (exponent & 4 == 0 ? 1 : 10_000)
  }
}
