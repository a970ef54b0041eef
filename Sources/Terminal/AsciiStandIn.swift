/// The ASCII character that comes closest to one that the terminal cannot show; `?` if none does.
///
/// Used at the last moment, for what a view drew without asking for the character set.
func asciiStandIn(for value: UInt32) -> UInt8 {
  switch value {
  case 0x20...0x7E: UInt8(value)
  case 0x2500...0x257F: lineArt[Int(value - 0x2500)]
  case 0x2580...0x259F: blocks[Int(value - 0x2580)]
  case 0x2800...0x28FF: braille(UInt8(value - 0x2800))
  default: signs[value] ?? ascii("?")
  }
}

private func ascii(_ scalar: Unicode.Scalar) -> UInt8 { UInt8(truncatingIfNeeded: scalar.value) }

/// U+2500 to U+257F in order, 16 a line.
private let lineArt = Array(
  """
  -=|#-=|#-=|#++++\
  ++++++++++++++++\
  ++++++++++++++++\
  ++++++++++++++++\
  ++++++++++++-=|#\
  =#++++++++++++++\
  ++++++++++++++++\
  +/\\X-|-|=#=#-|=#
  """.utf8)

/// U+2580 to U+259F in order: halves and eighths by height, then by width, shades, quadrants.
private let blocks = Array(##""_.:-=+*####|||||.:%"|..'#%##'%#"##.utf8)

/// Dots say where in the cell something is: high, low, or all over.
private func braille(_ dots: UInt8) -> UInt8 {
  let high = dots & 0b0001_1011
  let low = dots & 0b1110_0100
  if dots == 0 { return ascii(" ") }
  if dots.nonzeroBitCount > 5 { return ascii("#") }
  if low == 0 { return ascii("'") }
  return high == 0 ? ascii(".") : ascii(":")
}

/// Other signs, by what stands in for them.
private let signs: [UInt32: UInt8] = {
  let groups: [(Unicode.Scalar, String)] = [
    ("~", "…≈"),
    (".", "·○"),
    ("x", "×✖✗✘"),
    ("-", "–—−‐‑↔"),
    ("\"", "“”„"),
    ("'", "‘’°"),
    ("*", "•◆◇◈☆"),
    ("o", "●"),
    ("#", "■□"),
    ("^", "▲△↑"),
    ("v", "▼▽✓✔↓"),
    (">", "▶▷→⇒≥»"),
    ("<", "◀◁←≤«"),
    ("+", "✚±"),
    ("|", "❚⏸↕"),
    ("/", "↗÷"),
    ("\\", "↘"),
    ("!", "≠★"),
    ("u", "µ"),
    ("s", "σ"),
    ("2", "²"),
    ("S", "§"),
  ]
  return groups.reduce(into: [:]) { table, group in
    for scalar in group.1.unicodeScalars { table[scalar.value] = ascii(group.0) }
  }
}()
