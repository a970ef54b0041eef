/// Which characters charts are drawn with.
public enum Charset: String, Sendable, CaseIterable {
  /// 2 × 4 dots in a cell.
  case braille
  /// 2 × 2 quarters in a cell.
  case block
  /// 1 × 2 dots in a cell, and no character outside ASCII anywhere on the screen.
  case ascii

  /// Dots in a cell, across.
  var dotsAcross: Int { self == .ascii ? 1 : 2 }

  /// Dots in a cell, down.
  var dotsDown: Int { self == .braille ? 4 : 2 }

  /// The bit of a dot, counted from the left and from the top of its cell.
  func bit(across: Int, down: Int) -> UInt8 {
    guard self == .braille else { return 1 << UInt8(down * dotsAcross + across) }
    return down == 3 ? 64 << UInt8(across) : 1 << UInt8(across * 3 + down)
  }

  /// The character of a cell by its dots.
  var characters: [Character] {
    switch self {
    case .braille: Self.brailleCharacters
    case .block: Self.blockCharacters
    case .ascii: Self.asciiCharacters
    }
  }

  private static let brailleCharacters: [Character] = (0..<256).map { mask in
    Unicode.Scalar(0x2800 + UInt32(mask)).map { Character($0) } ?? " "
  }
  private static let blockCharacters: [Character] = [
    " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
  ]
  private static let asciiCharacters: [Character] = [" ", "'", ".", ":"]
}
