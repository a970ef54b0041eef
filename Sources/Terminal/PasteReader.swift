/// Takes in what a terminal sends between the marks of a bracketed paste (`ESC [ 200 ~` and
/// `ESC [ 201 ~`), byte by byte, in bounded memory.
///
/// Only the first ``capacity`` bytes are kept: no field on the screen holds more. The rest is read
/// and dropped, so that it never acts as keys.
struct PasteReader {
  /// Bytes that are kept at most.
  static let capacity = 4_096

  private static let endMark = Array("\u{1B}[201~".utf8)

  private var bytes: [UInt8] = []
  /// How many bytes of the end mark the newest bytes are.
  private var matched = 0
  private var isCut = false

  /// Takes in a byte; true if it completes the end mark.
  ///
  /// Key codes of curses are no bytes and say nothing about the text.
  mutating func take(_ code: Int32) -> Bool {
    guard let byte = UInt8(exactly: code) else {
      keepMatched()
      return false
    }
    if byte == Self.endMark[matched] {
      matched += 1
      return matched == Self.endMark.count
    }
    // The mark begins with its only escape, so a mark that fails can only begin anew here.
    keepMatched()
    if byte == Self.endMark[0] { matched = 1 } else { keep(byte) }
    return false
  }

  private mutating func keepMatched() {
    for byte in Self.endMark.prefix(matched) { keep(byte) }
    matched = 0
  }

  private mutating func keep(_ byte: UInt8) {
    guard bytes.count < Self.capacity else {
      isCut = true
      return
    }
    bytes.append(byte)
  }

  /// The text so far: a blank for every tab and every end of a line, no other control characters.
  var text: String {
    var text = ""
    var isAfterReturn = false
    for scalar in decoded.unicodeScalars {
      switch scalar.value {
      case 0x0A where isAfterReturn: break
      case 0x09, 0x0A, 0x0D, 0x85, 0x2028, 0x2029: text.append(" ")
      case 0..<0x20, 0x7F..<0xA0: break
      default: text.unicodeScalars.append(scalar)
      }
      isAfterReturn = scalar.value == 0x0D
    }
    return text
  }

  /// The bytes as text; a character that was cut at the end is left out.
  private var decoded: String {
    let text = String(decoding: bytes, as: UTF8.self)
    return isCut && text.unicodeScalars.last == "\u{FFFD}" ? String(text.dropLast()) : text
  }
}
