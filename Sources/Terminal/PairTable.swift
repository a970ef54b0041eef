internal import CCurses

/// Curses' colour pairs, made as they are needed.
final class PairTable {
  private let isDirect: Bool
  /// What curses calls the terminal's own colours, or white on black where it has no such name.
  private let own: RoleLook.Colors
  private var pairs: [RoleLook.Colors: Int32] = [RoleLook.Colors(): 0]

  init(colors: Int) {
    isDirect = cc_colors() > 256 && cc_flag("RGB")
    let hasDefaults = colors > 0 && use_default_colors() == OK
    own = RoleLook.Colors(foreground: hasDefaults ? -1 : 7, background: hasDefaults ? -1 : 0)
  }

  /// The pair of two colours; where the terminal has none left, that of the text on its own
  /// background, or of nothing.
  func pair(of colors: RoleLook.Colors) -> Int32 {
    if let known = pairs[colors] { return known }
    guard pairs.count < cc_color_pairs() else {
      return pairs[RoleLook.Colors(foreground: colors.foreground)] ?? 0
    }
    let pair = Int32(pairs.count)
    init_extended_pair(
      pair, number(colors.foreground, own: own.foreground),
      number(colors.background, own: own.background))
    pairs[colors] = pair
    return pair
  }

  /// A terminal with direct colours takes red, green and blue where others take a number.
  private func number(_ color: Int16, own: Int16) -> Int32 {
    if color < 0 { return Int32(own) }
    return Int32(isDirect && color >= 16 ? directColor(Int(color)) : Int(color))
  }
}

extension Ink.Attributes {
  /// What curses calls them.
  var ofCurses: attr_t {
    var all: attr_t = 0
    if contains(.bold) { all |= cc_bold() }
    if contains(.dim) { all |= cc_dim() }
    if contains(.underlined) { all |= cc_underline() }
    if contains(.reversed) { all |= cc_reverse() }
    return all
  }
}
