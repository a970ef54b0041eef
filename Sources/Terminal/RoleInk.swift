internal import CCurses

/// A look as curses wants it: attributes and the number of a colour pair.
struct RoleInk {
  /// What curses calls attributes.
  var attributes: attr_t = 0
  /// The pair; 0 is the terminal's own colours.
  var pair: Int32 = 0
  /// Whether the background says something itself.
  var isFilled = false

  /// The ink under a style's own attributes.
  func changed(by style: Style) -> RoleInk {
    var ink = self
    if style.isBold { ink.attributes |= cc_bold() }
    // Reversed twice is not reversed: a selection inside a reversed row shows.
    if style.isReversed { ink.attributes ^= cc_reverse() }
    if style.isUnderlined { ink.attributes |= cc_underline() }
    return ink
  }
}

/// The inks of a theme on this terminal.
///
/// Each role has a pair of its own, and so has each role over the colour of another once somebody
/// draws it; where the terminal has no pair left, the colour behind is left out.
final class InkTable {
  private let theme: Theme
  private let colors: Int
  private let isDirect: Bool
  /// What curses calls the terminal's own colours, or white on black where it has no such name.
  private let own: RoleLook.Colors
  private let roles: [RoleInk]
  /// Pairs by role and role behind; 0 is none yet.
  private var mixed = [Int32](repeating: 0, count: Role.allCases.count * Role.allCases.count)
  private var lastPair = Int32(Role.allCases.count)

  /// The inks with so many colours: 0, 8, 16 or 256.
  init(_ theme: Theme, colors: Int) {
    let colors = theme.hasColors ? colors : 0
    let isDirect = cc_colors() > 256 && cc_flag("RGB")
    let hasDefaults = colors > 0 && use_default_colors() == OK
    let own = RoleLook.Colors(
      foreground: hasDefaults ? -1 : 7, background: hasDefaults ? -1 : 0)
    self.theme = theme
    self.colors = colors
    self.isDirect = isDirect
    self.own = own
    roles = Role.allCases.map { role in
      let look = theme.look(of: role)
      let wanted = look.colors(of: colors)
      var ink = RoleInk(attributes: Self.attributes(of: look, wanted))
      ink.isFilled = look.isFilled && wanted.background >= 0
      guard wanted != RoleLook.Colors() else { return ink }
      ink.pair = Int32(role.rawValue) + 1
      Self.define(ink.pair, wanted, own, isDirect)
      return ink
    }
  }

  /// The pair of the whole screen.
  var background: Int32 { roles[Int(Role.plain.rawValue)].pair }

  /// The ink of a style.
  func ink(of style: Style) -> RoleInk {
    var ink = roles[Int(style.role.rawValue)]
    if let behind = style.behind, let pair = pair(of: style.role, over: behind) {
      ink.pair = pair
      ink.isFilled = true
    }
    return ink.changed(by: style)
  }

  private func pair(of role: Role, over behind: Role) -> Int32? {
    let place = Int(role.rawValue) * Role.allCases.count + Int(behind.rawValue)
    if mixed[place] > 0 { return mixed[place] }
    let fill = theme.look(of: behind).fill(of: colors)
    guard fill >= 0, lastPair + 1 < cc_color_pairs() else { return nil }
    lastPair += 1
    mixed[place] = lastPair
    let text = theme.look(of: role).colors(of: colors).foreground
    Self.define(lastPair, .init(foreground: text, background: fill), own, isDirect)
    return lastPair
  }

  private static func define(
    _ pair: Int32, _ colors: RoleLook.Colors, _ own: RoleLook.Colors, _ isDirect: Bool
  ) {
    init_extended_pair(
      pair, number(colors.foreground, isDirect, own: own.foreground),
      number(colors.background, isDirect, own: own.background))
  }

  private static func attributes(of look: RoleLook, _ colors: RoleLook.Colors) -> attr_t {
    var attributes: attr_t = 0
    if look.isBold { attributes |= cc_bold() }
    // A palette has a colour for what is less important.
    if look.isDim, colors.foreground < 16 { attributes |= cc_dim() }
    if look.isReversed { attributes |= cc_reverse() }
    if look.isUnderlined { attributes |= cc_underline() }
    return attributes
  }

  /// A terminal with direct colours takes red, green and blue where others take a number.
  private static func number(_ color: Int16, _ isDirect: Bool, own: Int16) -> Int32 {
    if color < 0 { return Int32(own) }
    return Int32(isDirect && color >= 16 ? directColor(Int(color)) : Int(color))
  }
}

/// Red, green and blue of a number of the 256-colour palette from 16 on: a cube, then greys.
func directColor(_ number: Int) -> Int {
  if number >= 232 { return (8 + 10 * (number - 232)) * 0x010101 }
  let steps = [0, 95, 135, 175, 215, 255]
  let index = number - 16
  return steps[index / 36] << 16 | steps[index / 6 % 6] << 8 | steps[index % 6]
}
