/// How a cell is drawn: colours, as numbers of the palette, and attributes.
struct Ink: Equatable {
  /// What works without colour too.
  struct Attributes: OptionSet {
    var rawValue: UInt8
    static let bold = Attributes(rawValue: 1)
    static let dim = Attributes(rawValue: 2)
    static let underlined = Attributes(rawValue: 4)
    static let reversed = Attributes(rawValue: 8)
    /// Those that show on a blank.
    static let onBlank: Attributes = [.underlined, .reversed]
  }

  /// The colours; −1 is the terminal's own.
  var colors = RoleLook.Colors()
  var attributes: Attributes = []
  /// Whether the background says something itself.
  var isFilled = false

  /// Whether the text is black of the first 8 colours, which many terminals draw grey where it is bold.
  var isBlack: Bool { colors.foreground == 0 }

  /// The ink under a style's own attributes.
  func changed(by style: Style) -> Ink {
    var ink = self
    if style.isBold, !ink.isBlack { ink.attributes.insert(.bold) }
    // Reversed twice is not reversed: a selection inside a reversed row shows.
    if style.isReversed { ink.attributes.formSymmetricDifference(.reversed) }
    if style.isUnderlined { ink.attributes.insert(.underlined) }
    return ink
  }
}

/// The inks of a theme where there are so many colours.
struct InkTable {
  private let roles: [Ink]
  /// By role, the colour that fills a cell behind another role's text; −1 for none.
  private let fills: [Int16]

  /// The inks with so many colours: 0, 8, 16 or 256.
  init(_ theme: Theme, colors: Int) {
    let colors = theme.hasColors ? colors : 0
    roles = Role.allCases.map { role in
      let look = theme.look(of: role)
      let wanted = look.colors(of: colors)
      return Ink(
        colors: wanted, attributes: Self.attributes(of: look, wanted),
        isFilled: look.isFilled && wanted.background >= 0)
    }
    fills = Role.allCases.map { role in
      let fill = theme.look(of: role).fill(of: colors)
      // One of the terminal's first 16 colours is no tint: it is as loud as the text on it.
      return (Role.tint0...Role.tint7).contains(role) && fill < 16 ? -1 : fill
    }
  }

  /// The ink of the whole screen.
  var plain: Ink { roles[Int(Role.plain.rawValue)] }

  /// The ink of a style.
  func ink(of style: Style) -> Ink {
    var ink = roles[Int(style.role.rawValue)]
    if let behind = style.behind, fills[Int(behind.rawValue)] >= 0 {
      ink.colors.background = fills[Int(behind.rawValue)]
      ink.isFilled = true
    }
    return ink.changed(by: style)
  }

  private static func attributes(
    of look: RoleLook, _ colors: RoleLook.Colors
  ) -> Ink.Attributes {
    var attributes: Ink.Attributes = []
    if look.isBold, !Ink(colors: colors).isBlack { attributes.insert(.bold) }
    // A palette has a colour for what is less important.
    if look.isDim, colors.foreground < 16 { attributes.insert(.dim) }
    if look.isReversed { attributes.insert(.reversed) }
    if look.isUnderlined { attributes.insert(.underlined) }
    return attributes
  }
}

/// Red, green and blue of a number of the 256-colour palette from 16 on: a cube, then greys.
func directColor(_ number: Int) -> Int {
  if number >= 232 { return (8 + 10 * (number - 232)) * 0x010101 }
  let steps = [0, 95, 135, 175, 215, 255]
  let index = number - 16
  return steps[index / 36] << 16 | steps[index / 6 % 6] << 8 | steps[index % 6]
}
