internal import CCurses

extension TTY {
  /// The control sequences of this terminal for so many colours; nil where they are not those that
  /// ``FrameWriter`` writes, so that curses draws.
  func sequences(colors: Int) -> SequenceSet? {
    // Without the glitch of the VT100, what is written into the last corner would scroll.
    guard text("cup") == "\u{1B}[%i%p1%d;%p2%dH", !cc_flag("am") || cc_flag("xenl") else {
      return nil
    }
    var set = SequenceSet()
    set.erasesInColor = cc_flag("bce")
    // Terminals with colours are all younger than the ends of single attributes.
    set.endsEach = cc_number("colors") >= 8
    let withoutColor = max(0, cc_number("ncv"))
    for (attribute, name, code, bit) in Self.attributes {
      if withoutColor & bit != 0 { set.withoutColor.insert(attribute) }
      guard let text = text(name) else { continue }
      guard text == "\u{1B}[\(code)m" else { return nil }
      set.attributes.insert(attribute)
    }
    guard colors > 0 else { return set }
    guard text("op") == "\u{1B}[39;49m", let foregrounds = colorCodes("setaf", "39", colors),
      let backgrounds = colorCodes("setab", "49", colors)
    else { return nil }
    (set.foregrounds, set.backgrounds) = (foregrounds, backgrounds)
    return set
  }

  /// Attribute, capability, the parameter that it should have, its bit among those that colours
  /// exclude.
  private static let attributes: [(Ink.Attributes, String, Int, Int32)] = [
    (.bold, "bold", 1, 32), (.dim, "dim", 2, 16), (.underlined, "smul", 4, 2),
    (.reversed, "rev", 7, 4),
  ]

  /// The parameters of all colours, those of the terminal's own first; nil if they are no parameters.
  private func colorCodes(_ name: String, _ own: String, _ colors: Int) -> [[UInt8]]? {
    let isDirect = cc_colors() > 256 && cc_flag("RGB")
    var codes = [Array(own.utf8)]
    for number in 0..<colors {
      let wanted = isDirect && number >= 16 ? directColor(number) : number
      guard let sequence = cc_color_sequence(name, Int32(wanted)) else { return nil }
      let code = Array(String(cString: sequence).utf8)
      guard code.starts(with: [0x1B, 0x5B]), code.last == 0x6D else { return nil }
      let parameters = Array(code.dropFirst(2).dropLast())
      // Digits, colons and semicolons.
      guard parameters.allSatisfy({ (0x30...0x3B).contains($0) }) else { return nil }
      codes.append(parameters)
    }
    return codes
  }

  private func text(_ name: String) -> String? {
    let bytes = capability(name)
    return bytes.isEmpty ? nil : String(decoding: bytes.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
