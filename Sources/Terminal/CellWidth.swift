/// How many columns a character takes: 1 or 2; harmless characters only (see ``harmless(_:)``).
///
/// East Asian wide and full-width characters and emoji take 2, ambiguous ones 1.
public func cellWidth(of character: Character) -> Int {
  guard let first = character.unicodeScalars.first else { return 0 }
  if first.value < 0x1100 || isSymbol(first.value) { return 1 }
  if character.unicodeScalars.contains(where: { $0.value == 0xFE0F }) { return 2 }
  return isWide(first.value) ? 2 : 1
}

/// How many columns a text takes once it is made harmless.
public func cellWidth(of text: String) -> Int {
  text.reduce(0) { $0 + cellWidth(of: harmless($1)) }
}

/// The character itself, or `?` in place of one that a terminal might obey or that has no width.
public func harmless(_ character: Character) -> Character {
  let scalars = character.unicodeScalars
  guard let first = scalars.first else { return "?" }
  // Nearly every character is one of these; what follows looks up properties and is slow.
  let isKnown = (0x20...0x7E).contains(first.value) || isSymbol(first.value)
  if isKnown, scalars.index(after: scalars.startIndex) == scalars.endIndex { return character }
  let obeyed = scalars.contains { scalar in
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      || scalar.properties.generalCategory == .format && scalar.value != 0x200D
      || scalar.properties.generalCategory == .lineSeparator
      || scalar.properties.generalCategory == .paragraphSeparator
  }
  let isMark =
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark, .surrogate, .unassigned, .privateUse: true
    default: false
    }
  return obeyed || isMark ? "?" : character
}

/// The text made harmless and, if it is wider than `columns`, cut and ended with `…`.
public func fit(_ text: String, into columns: Int) -> String {
  guard columns > 0 else { return "" }
  var fitted = ""
  var width = 0
  var cutAt = fitted.endIndex
  for raw in text {
    let character = harmless(raw)
    let next = width + cellWidth(of: character)
    if next > columns { return String(fitted[..<cutAt]) + "…" }
    fitted.append(character)
    width = next
    if width <= columns - 1 { cutAt = fitted.endIndex }
  }
  return fitted
}

/// How many columns a scalar takes where no system says: 0 for marks.
func assumedWidth(of scalar: UInt32) -> Int {
  guard let scalar = Unicode.Scalar(scalar) else { return -1 }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark: return 0
  default: return cellWidth(of: Character(scalar))
  }
}

/// Line drawing, blocks and geometric shapes, and braille: assigned, and one column wide.
private func isSymbol(_ value: UInt32) -> Bool {
  (0x2500...0x25FC).contains(value) || (0x2800...0x28FF).contains(value)
}

private func isWide(_ value: UInt32) -> Bool {
  switch value {
  case 0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0, 0x23F3,
    0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653, 0x267F, 0x2693, 0x26A1, 0x26AA...0x26AB,
    0x26BD...0x26BE, 0x26C4...0x26C5, 0x26CE, 0x26D4, 0x26EA, 0x26F2...0x26F3, 0x26F5, 0x26FA,
    0x26FD, 0x2705, 0x270A...0x270B, 0x2728, 0x274C, 0x274E, 0x2753...0x2755, 0x2757,
    0x2795...0x2797, 0x27B0, 0x27BF, 0x2B1B...0x2B1C, 0x2B50, 0x2B55, 0x2E80...0x303E,
    0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x16FE0...0x18AFF, 0x1B000...0x1B2FF, 0x1F004, 0x1F0CF, 0x1F18E,
    0x1F191...0x1F19A, 0x1F200...0x1F320, 0x1F32D...0x1F335, 0x1F337...0x1F37C,
    0x1F37E...0x1F393, 0x1F3A0...0x1F3CA, 0x1F3CF...0x1F3D3, 0x1F3E0...0x1F3F0, 0x1F3F4,
    0x1F3F8...0x1F43E, 0x1F440, 0x1F442...0x1F4FC, 0x1F4FF...0x1F53D, 0x1F54B...0x1F54E,
    0x1F550...0x1F567, 0x1F57A, 0x1F595...0x1F596, 0x1F5A4, 0x1F5FB...0x1F64F,
    0x1F680...0x1F6C5, 0x1F6CC, 0x1F6D0...0x1F6D2, 0x1F6D5...0x1F6D7, 0x1F6DC...0x1F6DF,
    0x1F6EB...0x1F6EC, 0x1F6F4...0x1F6FC, 0x1F7E0...0x1F7EB, 0x1F7F0, 0x1F90C...0x1F93A,
    0x1F93C...0x1F945, 0x1F947...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD:
    true
  default: false
  }
}
