internal import CCurses

/// A look as curses wants it: attributes and the number of a colour pair.
struct RoleInk {
  /// What curses calls attributes.
  var attributes: attr_t = 0
  /// The pair; 0 is the terminal's own colours.
  var pair: Int32 = 0
  /// Whether the pair has a background of its own.
  var hasBackground = false

  /// The inks of all roles, in their order, with so many colours: 0, 8, 16 or 256.
  static func all(colors: Int) -> [RoleInk] {
    let isDirect = cc_colors() > 256 && cc_flag("RGB")
    let hasDefaults = colors > 0 && use_default_colors() == OK
    return Role.allCases.map { role in
      let look = RoleLook.of(role)
      var ink = RoleInk(attributes: attributes(of: look, colors: colors))
      guard colors > 0 else { return ink }
      let (foreground, background) = colors >= 256 ? look.rich : look.plain
      guard foreground >= 0 || background >= 0 else { return ink }
      ink.pair = Int32(role.rawValue) + 1
      ink.hasBackground = background >= 0
      init_extended_pair(
        ink.pair, number(foreground, isDirect, missing: hasDefaults ? -1 : 7),
        number(background, isDirect, missing: hasDefaults ? -1 : 0))
      return ink
    }
  }

  /// The ink under a style's own attributes: bold, reversed, underlined from the lowest bit up.
  func changed(by flags: UInt8) -> RoleInk {
    var ink = self
    if flags & 1 != 0 { ink.attributes |= cc_bold() }
    // Reversed twice is not reversed: a selection inside a reversed row shows.
    if flags & 2 != 0 { ink.attributes ^= cc_reverse() }
    if flags & 4 != 0 { ink.attributes |= cc_underline() }
    return ink
  }

  private static func attributes(of look: RoleLook, colors: Int) -> attr_t {
    var attributes: attr_t = 0
    if look.isBold { attributes |= cc_bold() }
    if look.isDim, colors < 256 { attributes |= cc_dim() }
    if look.isReversed { attributes |= cc_reverse() }
    if look.isUnderlined { attributes |= cc_underline() }
    return attributes
  }

  /// A terminal with direct colours takes red, green and blue where others take a number.
  private static func number(_ color: Int16, _ isDirect: Bool, missing: Int32) -> Int32 {
    if color < 0 { return missing }
    return Int32(isDirect && color >= 16 ? directColor(Int(color)) : Int(color))
  }
}

/// Red, green and blue of a number of the 256-colour palette from 16 on: a cube, then greys.
func directColor(_ number: Int) -> Int {
  if number >= 232 { return (8 + 10 * (number - 232)) * 0x010101 }
  let steps = [0, 95, 135, 175, 215, 255]
  let place = number - 16
  return steps[place / 36] << 16 | steps[place / 6 % 6] << 8 | steps[place % 6]
}
