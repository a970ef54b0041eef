extension Palette {
  /// Light on nearly black.
  static let dark = Palette(
    screen: Fill(background: 233, text: 252), dim: 246, frame: 244, focus: 39,
    good: 77, warning: 178, error: 203,
    series: [
      Series(69, tint: 18), Series(208, tint: 52), Series(81, tint: 23, over: 117),
      Series(227, tint: 58), Series(175, tint: 53), Series(114, tint: 22, over: 120),
      Series(189, tint: 54), Series(223, tint: 88),
    ],
    heats: viridis, below: Fill.all(black: [32, 75, 117], white: [24]),
    above: Fill.all(black: [172, 214, 222], white: [94]), kinds: [252, 141, 143, 36, 118])

  /// Dark on white.
  static let light = Palette(
    screen: Fill(background: 231, text: 235), dim: 241, frame: 242, focus: 26,
    good: 22, warning: 94, error: 160,
    series: [
      Series(26, tint: 189, over: 25), Series(52, tint: 224), Series(130, tint: 229, over: 94),
      Series(96, tint: 225, over: 53), Series(18, tint: 189), Series(29, tint: 195, over: 23),
      Series(90, tint: 225), Series(22, tint: 194),
    ],
    heats: Fill.all(black: [230, 193, 114, 36, 30]) + Fill.all(white: [60, 54]),
    below: Fill.all(black: [153, 111, 68]) + Fill.all(white: [25]),
    above: Fill.all(black: [223, 215, 172]) + Fill.all(white: [130]),
    kinds: [93, 233, 131, 58, 23])

  /// Bright on black: text has at least 7:1.
  static let highContrast = Palette(
    screen: Fill(background: 16, text: 231), dim: 250, frame: 250, focus: 51,
    good: 46, warning: 226, error: 210,
    series: [
      Series(39, tint: 18), Series(214, tint: 52), Series(189, tint: 54), Series(70, tint: 236),
      Series(86, tint: 23), Series(213, tint: 53), Series(226, tint: 58), Series(204, tint: 52),
    ],
    heats: viridis, below: Fill.all(black: [32, 75, 117], white: [24]),
    above: Fill.all(black: [172, 214, 222], white: [94]), kinds: [36, 231, 143, 118, 182])

  /// Colours that differ where red and green look alike.
  static let deuteranopia = Palette(
    screen: Fill(background: 233, text: 252), dim: 246, frame: 244, focus: 39,
    good: 39, warning: 220, error: 203,
    series: [
      Series(33, tint: 17), Series(34, tint: 235), Series(195, tint: 23), Series(118, tint: 22),
      Series(199, tint: 235, over: 205), Series(65, tint: 235, over: 151),
      Series(117, tint: 24, over: 153),
      Series(49, tint: 23),
    ],
    heats: viridis, below: Fill.all(black: [32, 75, 117], white: [24]),
    above: Fill.all(black: [172, 214, 222], white: [94]), kinds: [146, 222, 134, 173, 252])

  /// Colours that differ where blue and green, and yellow and pink, look alike.
  static let tritanopia = Palette(
    screen: Fill(background: 233, text: 252), dim: 246, frame: 244, focus: 44,
    good: 44, warning: 219, error: 203,
    series: [
      Series(31, tint: 17, over: 38), Series(219, tint: 53), Series(190, tint: 58),
      Series(196, tint: 235, over: 203),
      Series(201, tint: 53, over: 207), Series(47, tint: 22), Series(99, tint: 17, over: 105),
      Series(142, tint: 52),
    ],
    heats: viridis, below: Fill.all(black: [32, 75, 117], white: [24]),
    above: Fill.all(black: [172, 214, 222], white: [94]), kinds: [214, 65, 145, 147, 229])

  /// Viridis from the colour cube: lightness rises from cold to hot.
  private static let viridis =
    [Fill(background: 53, text: 252)] + Fill.all(white: [54, 60])
    + Fill.all(black: [30, 35, 77, 185])
}
