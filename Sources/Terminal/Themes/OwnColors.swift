extension Theme {
  /// A role's colours of the terminal's own first 8, on its own background, and whether they fill
  /// the cell.
  ///
  /// Steps that share a colour differ by what is drawn on them.
  static func ownColors(of role: Role) -> (colors: RoleLook.Colors, isFilled: Bool) {
    let place = Int(role.rawValue)
    switch role {
    case .series0 ... .series7: return (text(series[place - Int(Role.series0.rawValue)]), false)
    case .band0 ... .band7: return (text(series[place - Int(Role.band0.rawValue)]), false)
    case .tint0 ... .tint7: return (text(series[place - Int(Role.tint0.rawValue)]), false)
    case .kind0 ... .kind4: return (text(kinds[place - Int(Role.kind0.rawValue)]), false)
    case .below4 ... .above4: return diverging(place - Int(Role.even.rawValue))
    default: return (text(words[role] ?? -1), false)
    }
  }

  private static let words: [Role: Int16] = [
    .focusedFrame: 6, .good: 2, .warning: 3, .error: 1,
  ]
  private static let series: [Int16] = [6, 3, 2, 5, 7, 4, 1, 7]
  private static let kinds: [Int16] = [7, 5, 3, 6, 2]

  private static func text(_ color: Int16) -> RoleLook.Colors { .init(foreground: color) }

  /// Blue below what is even and yellow above it: as text near it, as background farther off.
  private static func diverging(_ step: Int) -> (RoleLook.Colors, Bool) {
    switch step {
    case ..<(-2): (.init(foreground: 7, background: 4), true)
    case -2 ... -1: (text(6), false)
    case 1...2: (text(3), false)
    case 3...: (.init(foreground: 0, background: 3), true)
    default: (RoleLook.Colors(), false)
    }
  }
}
