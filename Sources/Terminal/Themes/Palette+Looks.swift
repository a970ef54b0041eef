extension Palette {
  /// The look of a role.
  func look(of role: Role) -> RoleLook {
    var look = Theme.attributes(of: role)
    (look.plain, look.isFilled) = Theme.ownColors(of: role)
    let fill = fill(of: role)
    look.isFilled = look.isFilled || fill != nil
    look.rich = RoleLook.Colors(
      foreground: fill?.text ?? text(of: role), background: fill?.background ?? screen.background)
    return look
  }

  /// The colour and text of a role that fills its cells.
  private func fill(of role: Role) -> Fill? {
    let place = Int(role.rawValue)
    switch role {
    case .heat1 ... .heat7: return heats[place - Int(Role.heat1.rawValue)]
    case .band0 ... .band7:
      let series = series[place - Int(Role.band0.rawValue)]
      return Fill(background: series.tint, text: series.lineOnTint)
    case .below4 ... .above4:
      let step = place - Int(Role.even.rawValue)
      return step == 0 ? nil : step < 0 ? below[-step - 1] : above[step - 1]
    default: return nil
    }
  }

  /// The colour of a role on the screen's background.
  private func text(of role: Role) -> Int16 {
    let place = Int(role.rawValue)
    switch role {
    case .dim, .hint, .heat0: return dim
    case .frame: return frame
    case .focusedFrame: return focus
    case .good: return good
    case .warning: return warning
    case .error: return error
    case .series0 ... .series7: return series[place - Int(Role.series0.rawValue)].line
    case .tint0 ... .tint7: return series[place - Int(Role.tint0.rawValue)].tint
    case .kind0 ... .kind4: return kinds[place - Int(Role.kind0.rawValue)]
    default: return screen.text
    }
  }
}
