/// The look of a role: its colours where there are many and where there are 8, and attributes that
/// also work without colour.
///
/// Whatever a colour says, a glyph, a word or a number says too.
struct RoleLook: Equatable {
  /// Numbers of colours; −1 is the terminal's own.
  struct Colors: Hashable {
    var foreground: Int16 = -1
    var background: Int16 = -1
  }

  /// On terminals with 256 colours.
  var rich = Colors()
  /// On terminals with fewer: of the first 8.
  var plain = Colors()
  var isBold = false
  var isDim = false
  var isReversed = false
  var isUnderlined = false
  /// Whether the background says something itself, instead of being that of the whole screen.
  var isFilled = false

  /// The colours on a terminal with so many of them.
  func colors(of available: Int) -> Colors {
    if available == 0 { return Colors() }
    return available >= 256 ? rich : plain
  }

  /// The colour that this look gives a cell behind another role's text.
  func fill(of available: Int) -> Int16 {
    let colors = colors(of: available)
    return isFilled && colors.background >= 0 ? colors.background : colors.foreground
  }
}
