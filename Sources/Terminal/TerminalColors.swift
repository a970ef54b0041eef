/// How many colours to use.
public enum ColorMode: String, Sendable, CaseIterable {
  /// What the terminal has; none if `NO_COLOR` is set.
  case auto
  /// 256 colours.
  case c256 = "256"
  /// 16 colours.
  case c16 = "16"
  /// None: attributes alone.
  case mono
}

/// The look of every role: a colour of 256, one of 16 (8 on terminals that have no more), and the
/// attributes without colour.
///
/// Nobody tells a program what the background is: a colour of 256 that stands on the terminal's own
/// has a contrast of at least 4.5:1 to black and 3:1 to white. Whatever a colour says, a glyph, a
/// word or a number says too.
struct RoleLook {
  /// Foreground and background of 256; −1 is the terminal's own.
  var rich: (foreground: Int16, background: Int16) = (-1, -1)
  /// Foreground and background of 8.
  var plain: (foreground: Int16, background: Int16) = (-1, -1)
  var isBold = false
  var isDim = false
  var isReversed = false
  var isUnderlined = false

  /// The table.
  static func of(_ role: Role) -> RoleLook {
    switch role {
    case .plain: RoleLook()
    case .dim: RoleLook(rich: (245, -1), isDim: true)
    case .title: RoleLook(isBold: true)
    case .frame: RoleLook(rich: (243, -1), isDim: true)
    case .focusedFrame: RoleLook(rich: (33, -1), plain: (6, -1), isBold: true)
    case .selection: RoleLook(isReversed: true)
    case .hint: RoleLook(rich: (245, -1))
    case .status: RoleLook()
    case .good: RoleLook(rich: (64, -1), plain: (2, -1))
    case .warning: RoleLook(rich: (136, -1), plain: (3, -1), isBold: true)
    case .error: RoleLook(rich: (197, -1), plain: (1, -1), isBold: true, isUnderlined: true)
    default: series(role) ?? diverging(role) ?? heat(role)
    }
  }

  /// Hues of which neighbours differ for every kind of colour vision.
  private static func series(_ role: Role) -> RoleLook? {
    let place = Int(role.rawValue) - Int(Role.series0.rawValue)
    guard (0..<8).contains(place) else { return nil }
    let rich: [Int16] = [32, 166, 198, 99, 100, 66, 164, 137]
    let plain: [Int16] = [6, 3, 2, 5, 7, 4, 1, 7]
    return RoleLook(rich: (rich[place], -1), plain: (plain[place], -1))
  }

  /// Blue below, orange above, each darker towards the middle, which has no colour.
  private static func diverging(_ role: Role) -> RoleLook? {
    let place = Int(role.rawValue) - Int(Role.below4.rawValue)
    guard (0..<9).contains(place) else { return nil }
    let background: [Int16] = [39, 32, 25, 24, -1, 94, 130, 172, 214]
    let foreground: [Int16] = [16, 16, 231, 231, -1, 231, 231, 16, 16]
    let plain: [(Int16, Int16)] = [
      (7, 4), (7, 4), (6, -1), (6, -1), (-1, -1), (3, -1), (3, -1), (0, 3), (0, 3),
    ]
    return RoleLook(
      rich: (foreground[place], background[place]), plain: plain[place],
      isBold: place == 0 || place == 8)
  }

  /// Viridis from the colour cube, as backgrounds with a foreground that can be read on them.
  private static func heat(_ role: Role) -> RoleLook {
    let place = max(0, min(7, Int(role.rawValue) - Int(Role.heat0.rawValue)))
    let background: [Int16] = [-1, 53, 54, 60, 30, 35, 77, 185]
    let foreground: [Int16] = [245, 252, 255, 255, 16, 16, 16, 16]
    return RoleLook(
      rich: (foreground[place], background[place]), isBold: place >= 6, isDim: place == 0)
  }
}
