/// What a piece of text means; the terminal decides how that looks (colours, or attributes alone).
public enum Role: UInt8, Sendable, Hashable, CaseIterable, Comparable {
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
  /// How far a share lies below what is even (blue), at it, or above it (orange); numbers can be
  /// read on every step.
  case below4, below3, below2, below1, even, above1, above2, above3, above4
  /// A series over its own tint: a line where it runs through its band.
  case band0, band1, band2, band3, band4, band5, band6, band7
  /// A quiet tint of a series' colour, for filled areas; never for text.
  case tint0, tint1, tint2, tint3, tint4, tint5, tint6, tint7
  /// Kinds of something that is no series, such as who keeps a weight.
  case kind0, kind1, kind2, kind3, kind4

  /// The role of a series, by its place; repeats after 8.
  public static func series(_ index: Int) -> Role {
    Role(rawValue: series0.rawValue + UInt8(((index % 8) + 8) % 8)) ?? .plain
  }

  /// The role of a series' line inside its band, by the series' place.
  public static func band(_ index: Int) -> Role { series(index).moved(from: .series0, to: .band0) }

  /// The role of the tint of a series' colour, by its place: for areas, never for text.
  public static func tint(_ index: Int) -> Role { series(index).moved(from: .series0, to: .tint0) }

  /// The role of a kind, by its place; repeats after 5, and no kind has the colour of a series.
  public static func kind(_ index: Int) -> Role {
    Role(rawValue: kind0.rawValue + UInt8(((index % 5) + 5) % 5)) ?? .plain
  }

  /// Whether a role stands before another in the list.
  public static func < (one: Role, other: Role) -> Bool { one.rawValue < other.rawValue }

  private func moved(from start: Role, to other: Role) -> Role {
    Role(rawValue: rawValue - start.rawValue + other.rawValue) ?? .plain
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
  /// A role whose colour fills the cell behind the text, where the terminal has colours; nil is the
  /// background that `role` has anyway.
  ///
  /// With a half block two areas share a cell: `Style(.kind(0), behind: .kind(2))`.
  public var behind: Role?
  /// Bold; never the only carrier of a meaning.
  public var isBold: Bool
  /// Foreground and background exchanged.
  public var isReversed: Bool
  /// Underlined.
  public var isUnderlined: Bool

  /// A style.
  public init(
    _ role: Role = .plain, behind: Role? = nil, bold: Bool = false, reversed: Bool = false,
    underlined: Bool = false
  ) {
    self.role = role
    self.behind = behind
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
