import Testing

@testable import Terminal

@Suite("Looks") struct RoleLookTests {
  @Test("every colour exists on its terminal", arguments: Theme.all)
  func coloursExist(theme: Theme) {
    for look in Role.allCases.map(theme.look) {
      let colors = look.colors(of: 256)
      let isPainted = theme.look(of: .plain).rich.background >= 0
      for color in [colors.foreground, colors.background] {
        // Below 16 a colour is what the terminal's owner made of it.
        #expect(isPainted ? (16...255).contains(color) : (-1...15).contains(color))
      }
      for available in [8, 16] {
        let colors = look.colors(of: available)
        #expect((-1...7).contains(colors.foreground), "it is used where there are only 8 colours")
        #expect((-1...7).contains(colors.background), "it is used where there are only 8 colours")
      }
      #expect(look.colors(of: 0) == RoleLook.Colors())
    }
  }

  @Test("series are told apart by colour, with 256 colours all and with 8 at least six")
  func seriesDiffer() {
    for theme in Theme.all where theme.hasColors {
      let looks = (0..<8).map { theme.look(of: .series($0)) }
      #expect(Set(looks.map(\.rich.foreground)).count == (theme == .terminal ? 7 : 8))
      #expect(Set(looks.map(\.plain.foreground)).count >= 6)
    }
  }

  @Test("black of the first 8 colours is never bold: many terminals would draw it grey")
  func blackIsNotBold() {
    for theme in Theme.all where theme.hasColors {
      for colors in [8, 16, 256] {
        let inks = InkTable(theme, colors: colors)
        for role in Role.allCases {
          let ink = inks.ink(of: Style(role, bold: true))
          #expect(
            ink.attributes.contains(.bold) == (ink.colors.foreground != 0),
            "\(theme.name) \(role) \(colors)")
        }
      }
    }
    let terminal = InkTable(.terminal, colors: 16)
    #expect(terminal.ink(of: Style(.above4)).colors.foreground == 0)
    #expect(!terminal.ink(of: Style(.above4)).attributes.contains(.bold))
    #expect(terminal.ink(of: Style(.below4)).attributes.contains(.bold))
  }

  @Test("themes have names of their own, and only mono has no colour")
  func names() {
    #expect(Set(Theme.all.map(\.name)).count == 7)
    #expect(Theme.all.allSatisfy { Theme.named($0.name) == $0 && !$0.summary.isEmpty })
    #expect(Theme.named("drak") == nil)
    #expect(Theme.all.filter { !$0.hasColors }.map(\.name) == ["mono"])
    for role in Role.allCases { #expect(Theme.mono.look(of: role).rich == RoleLook.Colors()) }
  }

  @Test("without colours a band is dimmer than the line over it")
  func bandsAreDim() {
    for index in 0..<8 {
      #expect(Theme.mono.look(of: .tint(index)).isDim)
      #expect(Theme.terminal.look(of: .tint(index)).isDim)
      #expect(!Theme.mono.look(of: .series(index)).isDim)
      #expect(!Theme.mono.look(of: .band(index)).isDim)
    }
  }

  @Test("a fill gives its background to what lies over it, a colour of text itself")
  func fills() {
    #expect(Theme.dark.look(of: .kind(0)).fill(of: 256) == 252)
    #expect(Theme.dark.look(of: .below4).fill(of: 256) == 117)
    #expect(Theme.dark.look(of: .above1).fill(of: 256) == 94)
    #expect(Theme.dark.look(of: .below4).fill(of: 8) == 4)
    #expect(Theme.dark.look(of: .kind(0)).fill(of: 0) == -1)
    #expect(Theme.mono.look(of: .below4).fill(of: 256) == -1)
  }

  @Test(
    "no bright colour of the terminal's own stands for a tint behind a line", arguments: Theme.all)
  func tintsAreQuiet(theme: Theme) {
    for colors in [0, 8, 16, 256] {
      let inks = InkTable(theme, colors: colors)
      for tint in Role.allCases where (Role.tint0...Role.tint7).contains(tint) {
        let ink = inks.ink(of: Style(.dim, behind: tint))
        let plain = inks.ink(of: Style(.dim))
        #expect(ink.colors.background >= 16 || ink == plain, "\(theme.name) \(colors) \(tint)")
      }
    }
    // Where there are tints they are there.
    let dark = InkTable(.dark, colors: 256)
    #expect(dark.ink(of: Style(.dim, behind: .tint0)).colors.background >= 16)
    #expect(InkTable(.terminal, colors: 256).ink(of: Style(.dim, behind: .tint0)).isFilled == false)
  }

  @Test("heats have backgrounds of their own, and text of another colour than these")
  func heatsDiffer() {
    let looks = (0..<8).map { Theme.dark.look(of: .heat((Double($0) + 0.5) / 8)) }
    #expect(Set(looks.map(\.rich.background)).count == 8)
    for look in looks { #expect(look.rich.foreground != look.rich.background) }
  }

  @Test(
    "what calls for attention shows without any colour",
    arguments: [Role.selection, .focusedFrame, .title, .warning, .error])
  func showsWithoutColour(role: Role) {
    for theme in Theme.all {
      let look = theme.look(of: role)
      #expect(look.isBold || look.isReversed || look.isUnderlined)
    }
  }

  @Test("an error differs from a warning without colour") func errorIsNoWarning() {
    let (error, warning) = (Theme.mono.look(of: .error), Theme.mono.look(of: .warning))
    #expect(error.isUnderlined != warning.isUnderlined)
  }

  @Test("a shade gives way to a background that says the same, and only there")
  func shadesOnBackgrounds() {
    for shade in "░▒▓█" {
      #expect(CellText.character(shade, onBackground: true) == " ")
      #expect(CellText.character(shade, onBackground: false) == shade)
    }
    #expect(CellText.character("●", onBackground: true) == "●")
  }

  @Test("series repeat after 8, heats stop at the ends, undefined is cold")
  func roleByNumber() {
    #expect(Role.band(9) == .band1)
    #expect(Role.tint(-1) == .tint7)
    #expect(Role.kind(6) == .kind1)
    #expect(Role.kind(-1) == .kind4)
    #expect(Role.series(8) == .series0)
    #expect(Role.series(-1) == .series7)
    #expect(Role.heat(-4) == .heat0)
    #expect(Role.heat(1) == .heat7)
    #expect(Role.heat(.infinity) == .heat0)
    #expect(Role.heat(.nan) == .heat0)
    #expect(Role.diverging(0) == .even && Role.diverging(-1) == .below1)
    #expect(Role.diverging(-9) == .below4 && Role.diverging(9) == .above4)
  }
}
