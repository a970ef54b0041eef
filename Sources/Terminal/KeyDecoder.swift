/// Turns what a terminal sends, bytes and the key codes of curses, into keys.
///
/// Broken UTF-8 becomes ``Key/unknown`` byte by byte and never swallows what follows it. Escape
/// sequences that curses does not know are read to their end, so that their letters do not act as
/// keys; Alt with a key does nothing. What stands between the marks of a bracketed paste becomes one
/// ``Key/paste(_:)``, however many reads it takes.
struct KeyDecoder {
  /// What the next byte or key code belongs to.
  enum Awaited {
    /// A key.
    case key
    /// A key of several bytes that has begun, so that it is worth to wait a moment.
    case sequence
    /// A paste, of which every byte is text and none is a part of a key.
    case paste
  }

  /// The key codes that curses gives, by their meaning.
  private let specialKeys: [Int32: Key]
  private var pending: [Int32] = []
  /// The paste that has begun and not ended.
  private var paste: PasteReader?
  /// What the terminal answered, oldest first; whoever asked takes it out.
  private(set) var replies: [TerminalReply] = []

  /// A decoder for a terminal whose key codes mean `specialKeys`.
  init(specialKeys: [Int32: Key] = [:]) { self.specialKeys = specialKeys }

  /// Whether a paste has begun and its end has not come yet.
  var isPasting: Bool { paste != nil }

  /// Gives out what the terminal has answered since the last call.
  mutating func takeReplies() -> [TerminalReply] {
    defer { replies = [] }
    return replies
  }

  /// The next key, or nil if nothing waits, or only a part of a paste; ``Key/unknown`` stands for an
  /// answer of the terminal.
  ///
  /// `next` gives the next byte or key code, or nil if nothing came; its argument says what is awaited.
  mutating func readKey(next: (Awaited) -> Int32?) -> Key? {
    if isPasting { return continuePaste(next) }
    guard let code = take(next, .key) else { return nil }
    if let key = specialKeys[code] { return key }
    switch code {
    case 27: return afterEscape(next)
    case 13, 10: return .enter
    case 9: return .tab
    case 8, 127: return .backspace
    case 1...26: return .control(Character(UnicodeScalar(UInt8(96 + code))))
    case 28...31: return .control(Character(UnicodeScalar(UInt8(64 + code))))
    case 32...126: return .character(Character(UnicodeScalar(UInt8(code))))
    case 0xC2...0xF4: return multibyte(first: code, next)
    default: return .unknown
    }
  }

  private mutating func take(_ next: (Awaited) -> Int32?, _ awaited: Awaited) -> Int32? {
    pending.isEmpty ? next(awaited) : pending.removeFirst()
  }
}

// MARK: - Pastes

extension KeyDecoder {
  /// Codes of a paste that are read before whoever asks may look at something else.
  private static let pasteChunk = 65_536

  private mutating func continuePaste(_ next: (Awaited) -> Int32?) -> Key? {
    for _ in 0..<Self.pasteChunk {
      guard let code = take(next, .paste) else { return nil }
      if paste?.take(code) == true { return endPaste() }
    }
    return nil
  }

  /// What came of a paste that has begun, though its end did not come.
  mutating func endPaste() -> Key? {
    defer { paste = nil }
    return paste.map { .paste($0.text) }
  }
}

// MARK: - UTF-8

extension KeyDecoder {
  private mutating func multibyte(first: Int32, _ next: (Awaited) -> Int32?) -> Key {
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var bytes = [UInt8(first)]
    while bytes.count < length {
      guard let code = take(next, .sequence) else { return .unknown }
      guard (0x80...0xBF).contains(code) else {
        pending.insert(code, at: 0)
        return .unknown
      }
      bytes.append(UInt8(code))
    }
    guard let scalar = String(validating: bytes, as: UTF8.self)?.unicodeScalars.first else {
      return .unknown
    }
    // The second block of control characters is no text either.
    return scalar.value < 0xA0 ? .unknown : .character(Character(scalar))
  }
}

// MARK: - Escape sequences

extension KeyDecoder {
  private static let longestSequence = 64
  private static let pasteBegins = Array("200".utf8)

  private mutating func afterEscape(_ next: (Awaited) -> Int32?) -> Key? {
    guard let code = take(next, .key) else { return .escape }
    switch code {
    case 27:
      pending.insert(code, at: 0)
      return .escape
    case 0x5B: return controlSequence(next)
    case 0x5D: return systemCommand(next)
    case 0x4F: return singleShift(next)
    case 0xC2...0xF4:
      _ = multibyte(first: code, next)
      return .unknown
    default: return .unknown
    }
  }

  /// ESC O and a letter: keys of terminals in application mode.
  private mutating func singleShift(_ next: (Awaited) -> Int32?) -> Key {
    guard let code = take(next, .sequence) else { return .unknown }
    switch code {
    case 0x50...0x53: return .function(Int(code) - 0x4F)
    case 0x4D: return .enter
    default: return Self.cursorKey(code) ?? .unknown
    }
  }

  /// ESC [, parameters, and a final byte.
  private mutating func controlSequence(_ next: (Awaited) -> Int32?) -> Key? {
    var parameters: [UInt8] = []
    while parameters.count < Self.longestSequence {
      guard let code = take(next, .sequence) else { return .unknown }
      switch code {
      case 0x20...0x3F: parameters.append(UInt8(code))
      case 0x5B where parameters.isEmpty: return linuxFunctionKey(next)
      case 0x7E where parameters == Self.pasteBegins:
        paste = PasteReader()
        return continuePaste(next)
      case 0x4D where parameters.isEmpty: return oldMouse(next)
      case 0x40...0x7E: return key(parameters, final: code)
      default:
        pending.insert(code, at: 0)
        return .unknown
      }
    }
    return .unknown
  }

  /// ESC [ [ and a letter: F1 to F5 of the Linux console.
  private mutating func linuxFunctionKey(_ next: (Awaited) -> Int32?) -> Key {
    guard let code = take(next, .sequence) else { return .unknown }
    return (0x41...0x45).contains(code) ? .function(Int(code) - 0x40) : .unknown
  }

  private mutating func key(_ parameters: [UInt8], final: Int32) -> Key {
    if let reply = TerminalReply(parameters: parameters, final: final) {
      keep(reply)
      return .unknown
    }
    switch final {
    case 0x4D, 0x6D:
      let mouse = Mouse(parameters: parameters, isRelease: final == 0x6D)
      return mouse.map(Key.mouse) ?? .unknown
    case 0x7E: return Self.numberedKey(parameters)
    case 0x5A: return .backTab
    default: return Self.cursorKey(final) ?? .unknown
    }
  }

  /// ESC [ M and three bytes: the mouse of terminals that do not know mode 1006.
  private mutating func oldMouse(_ next: (Awaited) -> Int32?) -> Key {
    var bytes: [Int] = []
    while bytes.count < 3 {
      guard let code = take(next, .sequence), (0x20...0xFF).contains(code) else { return .unknown }
      bytes.append(Int(code) - 0x20)
    }
    let mouse = Mouse(button: bytes[0], column: bytes[1], row: bytes[2], isRelease: false)
    return mouse.map(Key.mouse) ?? .unknown
  }

  /// ESC ], a text, and BEL or ESC \: an answer of the terminal.
  private mutating func systemCommand(_ next: (Awaited) -> Int32?) -> Key {
    var text: [UInt8] = []
    while text.count < Self.longestSequence {
      guard let code = take(next, .sequence) else { return .unknown }
      if code == 0x07 { return answered(text) }
      guard code == 0x1B else {
        guard (0x20...0x7E).contains(code) else {
          pending.insert(code, at: 0)
          return .unknown
        }
        text.append(UInt8(code))
        continue
      }
      guard let end = take(next, .sequence), end != 0x5C else { return answered(text) }
      pending.insert(contentsOf: [code, end], at: 0)
      return .unknown
    }
    return .unknown
  }

  private mutating func answered(_ text: [UInt8]) -> Key {
    if let reply = TerminalReply(command: text) { keep(reply) }
    return .unknown
  }

  /// Keeps an answer, of a flood that nobody asked for the last ones.
  private mutating func keep(_ reply: TerminalReply) {
    replies = replies.suffix(15) + [reply]
  }

  private static func cursorKey(_ final: Int32) -> Key? {
    switch final {
    case 0x41: .up
    case 0x42: .down
    case 0x43: .right
    case 0x44: .left
    case 0x46: .end
    case 0x48: .home
    default: nil
    }
  }

  /// ESC [ number ~, whatever modifiers follow the number.
  private static func numberedKey(_ parameters: [UInt8]) -> Key {
    let digits = parameters.prefix { (0x30...0x39).contains($0) }
    switch Int(String(decoding: digits, as: UTF8.self)) {
    case 1, 7: return .home
    case 2: return .insert
    case 3: return .delete
    case 4, 8: return .end
    case 5: return .pageUp
    case 6: return .pageDown
    case .some(let number): return functionKeys[number].map(Key.function) ?? .unknown
    case nil: return .unknown
    }
  }

  private static let functionKeys = [
    11: 1, 12: 2, 13: 3, 14: 4, 15: 5, 17: 6, 18: 7, 19: 8, 20: 9, 21: 10, 23: 11, 24: 12,
  ]
}
