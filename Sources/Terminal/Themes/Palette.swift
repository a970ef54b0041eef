/// The colours of a theme, as numbers of the 256-colour palette from 16 on.
///
/// Only these have the same red, green and blue on every terminal, so what the tests say of contrast
/// and difference holds as it is drawn: nothing is mapped. Terminals with direct colours get the
/// same values.
struct Palette: Equatable {
  /// A colour with the text that is read on it.
  struct Fill: Equatable {
    var background: Int16
    var text: Int16
  }
  /// The colours of one series.
  struct Series: Equatable {
    /// Lines, glyphs and text.
    var line: Int16
    /// A quiet shade of it for areas.
    var tint: Int16
    /// A line over the tint.
    var lineOnTint: Int16

    init(_ line: Int16, tint: Int16, over lineOnTint: Int16? = nil) {
      self.line = line
      self.tint = tint
      self.lineOnTint = lineOnTint ?? line
    }
  }

  /// The whole screen, and text on it.
  var screen: Fill
  /// Text of less weight, and hints.
  var dim: Int16
  var frame: Int16
  var focus: Int16
  var good: Int16
  var warning: Int16
  var error: Int16
  /// The eight series.
  var series: [Series]
  /// The eight heats but the coldest, which has no background of its own.
  var heats: [Fill]
  /// From just below what is even, which has no background of its own, to far below it.
  var below: [Fill]
  /// From just above what is even to far above it.
  var above: [Fill]
  /// The five kinds.
  var kinds: [Int16]
}

extension Palette.Fill {
  /// Fills with black or white text.
  static func all(black: [Int16] = [], white: [Int16] = []) -> [Palette.Fill] {
    white.map { .init(background: $0, text: 231) } + black.map { .init(background: $0, text: 16) }
  }
}
