/// What a piece of text means; the terminal decides how that looks (colours, or attributes alone).
public enum Role: UInt8, Sendable, Hashable, CaseIterable {
  case plain
  case dim
  case title
  case frame
  case focusedFrame
  case selection
  case hint
  case status
  case good
  case warning
  case error
  /// Series colours, told apart by glyph too.
  case series0, series1, series2, series3, series4, series5, series6, series7
  /// Heat from cold (0) to hot (7).
  case heat0, heat1, heat2, heat3, heat4, heat5, heat6, heat7
  /// How far a share lies below what is even (blue), at it, or above it (orange).
  case below4, below3, below2, below1, even, above1, above2, above3, above4

  /// The role of a series, by its place; repeats after 8.
  public static func series(_ index: Int) -> Role {
    Role(rawValue: series0.rawValue + UInt8(((index % 8) + 8) % 8)) ?? .plain
  }

  /// The role of a heat in 0...1.
  public static func heat(_ share: Double) -> Role {
    let step = share.isFinite ? min(7, max(0, Int(share * 8))) : 0
    return Role(rawValue: heat0.rawValue + UInt8(step)) ?? .plain
  }

  /// The role of a step away from what is even, −4...4; further steps look like the last.
  public static func diverging(_ step: Int) -> Role {
    Role(rawValue: UInt8(Int(even.rawValue) + min(4, max(-4, step)))) ?? .even
  }
}

/// How a cell is drawn: a role, and attributes that also work without colour.
public struct Style: Sendable, Hashable {
  /// What the text means.
  public var role: Role
  /// Bold; never the only carrier of a meaning.
  public var isBold: Bool
  /// Foreground and background exchanged.
  public var isReversed: Bool
  /// Underlined.
  public var isUnderlined: Bool

  /// A style.
  public init(
    _ role: Role = .plain, bold: Bool = false, reversed: Bool = false, underlined: Bool = false
  ) {
    self.role = role
    isBold = bold
    isReversed = reversed
    isUnderlined = underlined
  }

  /// Plain text.
  public static let plain = Style()
  /// Text of less weight.
  public static let dim = Style(.dim)
  /// Bold text.
  public static let bold = Style(.plain, bold: true)
}
