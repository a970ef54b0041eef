import Testing

@testable import Terminal

@Suite("Looks") struct RoleLookTests {
  @Test("every colour exists on its terminal", arguments: Role.allCases)
  func coloursExist(role: Role) {
    let look = RoleLook.of(role)
    for colour in [look.rich.foreground, look.rich.background] {
      #expect((-1...255).contains(colour))
    }
    for colour in [look.plain.foreground, look.plain.background] {
      #expect((-1...7).contains(colour), "it is used where there are only 8 colours")
    }
  }

  @Test("series are told apart by colour, with 256 colours all and with 8 at least six")
  func seriesDiffer() {
    let looks = (0..<8).map { RoleLook.of(.series($0)) }
    #expect(Set(looks.map(\.rich.foreground)).count == 8)
    #expect(Set(looks.map(\.plain.foreground)).count >= 6)
  }

  @Test("heats have backgrounds of their own, and text of another colour than these")
  func heatsDiffer() {
    let looks = (0..<8).map { RoleLook.of(.heat((Double($0) + 0.5) / 8)) }
    #expect(Set(looks.map(\.rich.background)).count == 8)
    for look in looks { #expect(look.rich.foreground != look.rich.background) }
  }

  @Test(
    "what calls for attention shows without any colour",
    arguments: [Role.selection, .focusedFrame, .title, .warning, .error])
  func showsWithoutColour(role: Role) {
    let look = RoleLook.of(role)
    #expect(look.isBold || look.isReversed || look.isUnderlined)
  }

  @Test("an error differs from a warning without colour") func errorIsNoWarning() {
    #expect(RoleLook.of(.error).isUnderlined != RoleLook.of(.warning).isUnderlined)
  }

  @Test("a shade gives way to a background that says the same, and only there")
  func shadesOnBackgrounds() {
    for shade in "░▒▓█" {
      #expect(CellEncoder.character(shade, onBackground: true) == " ")
      #expect(CellEncoder.character(shade, onBackground: false) == shade)
    }
    #expect(CellEncoder.character("●", onBackground: true) == "●")
  }

  @Test("series repeat after 8, heats stop at the ends, undefined is cold")
  func roleByNumber() {
    #expect(Role.series(8) == .series0)
    #expect(Role.series(-1) == .series7)
    #expect(Role.heat(-4) == .heat0)
    #expect(Role.heat(1) == .heat7)
    #expect(Role.heat(.infinity) == .heat0)
    #expect(Role.heat(.nan) == .heat0)
  }
}
