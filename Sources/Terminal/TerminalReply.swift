/// What a terminal answers when it is asked.
enum TerminalReply: Equatable {
  /// The setting of a private mode (DECRPM): 0 unknown, 1 set, 2 reset, 3 and 4 for good.
  case mode(Int, setting: Int)
  /// The colour of the background: red, green and blue in 0...1.
  case background(red: Double, green: Double, blue: Double)
  /// What the terminal is (DA1): it answers this whatever else it does not know.
  case attributes

  /// Reads a control sequence: `ESC [ ? mode ; setting $ y` or `ESC [ ? … c`.
  init?(parameters: [UInt8], final: Int32) {
    guard parameters.first == 0x3F else { return nil }
    if final == 0x63 {
      self = .attributes
      return
    }
    guard final == 0x79, parameters.last == 0x24 else { return nil }
    let numbers = parameters.dropFirst().dropLast().split(separator: 0x3B)
      .map { Int(String(decoding: $0, as: UTF8.self)) }
    guard numbers.count == 2, let mode = numbers[0], let setting = numbers[1] else { return nil }
    self = .mode(mode, setting: setting)
  }

  /// Reads an operating system command: `11;rgb:RRRR/GGGG/BBBB`, with 1 to 4 digits each.
  init?(command: [UInt8]) {
    let text = String(decoding: command, as: UTF8.self)
    guard text.hasPrefix("11;rgb:") || text.hasPrefix("11;rgba:") else { return nil }
    let parts = text.drop { $0 != ":" }.dropFirst().split(separator: "/")
    let shares = parts.prefix(3).compactMap { part -> Double? in
      guard (1...4).contains(part.count), let value = Int(part, radix: 16), value >= 0 else {
        return nil
      }
      return Double(value) / Double((1 << (4 * part.count)) - 1)
    }
    guard shares.count == 3 else { return nil }
    self = .background(red: shares[0], green: shares[1], blue: shares[2])
  }

  /// Whether light text is read on the background that was told; nil if this is another reply.
  ///
  /// The luma of Rec. 709 over the gamma-encoded values: what looks darker than mid-grey is dark.
  var isDarkBackground: Bool? {
    guard case .background(let red, let green, let blue) = self else { return nil }
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.5
  }
}
