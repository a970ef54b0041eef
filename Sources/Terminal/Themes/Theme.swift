/// How every role looks: a value that the terminal draws with.
///
/// The themes with a palette paint the background of the whole screen, so that the contrast of their
/// text is known: at least 4.5:1 (WCAG 2.2, 1.4.3). What `terminal` and `mono` look like, only the
/// terminal's owner knows. On terminals with fewer than 256 colours all but `mono` draw with the
/// terminal's own.
public struct Theme: Sendable, Equatable {
  /// The name that a person types.
  public let name: String
  /// What it is for, in a few words.
  public let summary: String
  private let looks: [RoleLook]

  /// Whether it has colours at all.
  public var hasColors: Bool { looks.contains { $0.rich.foreground >= 0 } }

  private init(_ name: String, _ summary: String, _ look: (Role) -> RoleLook) {
    self.name = name
    self.summary = summary
    looks = Role.allCases.map(look)
  }

  private init(_ name: String, _ summary: String, _ palette: Palette) {
    self.init(name, summary) { palette.look(of: $0) }
  }

  /// The look of a role.
  func look(of role: Role) -> RoleLook { looks[Int(role.rawValue)] }
}

extension Theme {
  /// Light text on nearly black.
  public static let dark = Theme("dark", "light text on nearly black", .dark)
  /// Dark text on white.
  public static let light = Theme("light", "dark text on white", .light)
  /// Text of at least 7:1 on black.
  public static let highContrast = Theme(
    "high-contrast", "bright text on black, at least 7:1", .highContrast)
  /// Tasks differ where red and green look alike.
  public static let deuteranopia = Theme(
    "deuteranopia", "colours that differ where red and green look alike", .deuteranopia)
  /// Tasks differ where blue and green look alike.
  public static let tritanopia = Theme(
    "tritanopia", "colours that differ where blue and green look alike", .tritanopia)
  /// No colours: bold, reversed and underlined alone.
  public static let mono = Theme("mono", "no colours") { Theme.attributes(of: $0) }
  /// The terminal's own 16 colours on its own background.
  public static let terminal = Theme("terminal", "the terminal's own 16 colours") {
    var look = attributes(of: $0)
    (look.plain, look.isFilled) = ownColors(of: $0)
    look.rich = look.plain
    return look
  }

  /// All themes, in the order in which they are offered.
  public static let all = [
    dark, light, highContrast, deuteranopia, tritanopia, mono, terminal,
  ]

  /// What a person types for the theme that fits the terminal's background.
  public static let automatic = "auto"

  /// The theme of a name.
  public static func named(_ name: String) -> Theme? { all.first { $0.name == name } }
}

// MARK: - Without colours

extension Theme {
  /// What is left of a role without colours.
  static func attributes(of role: Role) -> RoleLook {
    switch role {
    case .dim, .frame, .heat0: RoleLook(isDim: true)
    // A line stands out of its band.
    case .tint0 ... .tint7: RoleLook(isDim: true)
    case .title, .focusedFrame, .warning, .heat6, .heat7, .below4, .above4: RoleLook(isBold: true)
    case .selection: RoleLook(isReversed: true)
    case .error: RoleLook(isBold: true, isUnderlined: true)
    default: RoleLook()
    }
  }
}

// MARK: - Where nothing is said

extension Theme {
  /// Light where `COLORFGBG` says so, as some terminals set it; else dark.
  static var assumed: Theme { assumed(from: environment("COLORFGBG")) }

  /// The last number is that of the background: 7 and 9 to 15 are light.
  static func assumed(from variable: String) -> Theme {
    let number = variable.split(separator: ";").last.flatMap { Int($0) }
    return number == 7 || (9...15).contains(number ?? 0) ? .light : .dark
  }
}
