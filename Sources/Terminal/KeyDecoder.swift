internal import CCurses

/// What curses reports, as keys of this program.
enum KeyDecoder {
  /// The key of a code; nil for what does nothing.
  static func key(_ code: wint_t, isFunction: Bool) -> Key? {
    isFunction ? function(Int32(bitPattern: code)) : character(code)
  }

  private static func function(_ code: Int32) -> Key {
    if let key = named[code] { return key }
    for number in 1...12 where code == cc_key_function(Int32(number)) { return .function(number) }
    return .unknown
  }

  private static let named: [Int32: Key] = [
    KEY_UP: .up, KEY_DOWN: .down, KEY_LEFT: .left, KEY_RIGHT: .right, KEY_HOME: .home,
    KEY_END: .end, KEY_NPAGE: .pageDown, KEY_PPAGE: .pageUp, KEY_ENTER: .enter,
    KEY_BACKSPACE: .backspace, KEY_DC: .delete, KEY_IC: .insert, KEY_BTAB: .backTab,
    KEY_RESIZE: .resize,
  ]

  private static func character(_ code: wint_t) -> Key {
    switch code {
    case 0x0D, 0x0A: return .enter
    case 0x09: return .tab
    case 0x1B: return .escape
    case 0x7F, 0x08: return .backspace
    case 1...26:
      guard let letter = UnicodeScalar(UInt32(code) + 0x60) else { return .unknown }
      return .control(Character(letter))
    default:
      guard code >= 0x20, let scalar = UnicodeScalar(UInt32(code)) else { return .unknown }
      return .character(Character(scalar))
    }
  }
}
