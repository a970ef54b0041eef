/// What came of copying a text.
public enum CopyOutcome: Sendable, Equatable {
  /// So many bytes were handed to the terminal; whether it obeys, it does not say.
  case sent(bytes: Int)
  /// The text has more bytes than terminals take.
  case tooLong(bytes: Int, limit: Int)
  /// The terminal is of a kind without a clipboard.
  case unsupported
}

extension CopyOutcome {
  /// Whether nothing was copied.
  public var isRefusal: Bool {
    if case .sent = self { return false }
    return true
  }
}

extension CopyOutcome: CustomStringConvertible {
  /// What came of it, in words.
  public var description: String {
    switch self {
    case .sent(let bytes): "\(bytes) bytes handed to the terminal's clipboard"
    case .tooLong(let bytes, let limit):
      "too long to copy: \(bytes) bytes, terminals take \(limit); write it with e"
    case .unsupported: "this terminal has no clipboard; write it with e"
    }
  }
}

/// OSC 52: a program hands a text to the clipboard of the terminal, also through ssh.
enum Clipboard {
  /// Bytes of text that are sent at most: encoded they are 99,992, and the strictest terminals take
  /// 100,000 a sequence.
  static let limit = 74_994

  /// What becomes of a text on a terminal with a clipboard.
  static func outcome(of text: String) -> CopyOutcome {
    let bytes = text.utf8.count
    return bytes > limit ? .tooLong(bytes: bytes, limit: limit) : .sent(bytes: bytes)
  }

  /// The sequence that copies a text.
  ///
  /// tmux takes it itself where its option `set-clipboard` is on, and hands it on to the terminal
  /// around it where `allow-passthrough` is on: it gets both.
  static func sequence(_ text: String, insideTmux: Bool) -> String {
    let plain = "\u{1B}]52;c;\(base64(Array(text.utf8)))\u{07}"
    return insideTmux ? plain + "\u{1B}Ptmux;\u{1B}\(plain)\u{1B}\\" : plain
  }

  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// RFC 4648, with padding.
  static func base64(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for index in 0..<4 {
        text.append(
          index <= group.count ? letters[bits >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
