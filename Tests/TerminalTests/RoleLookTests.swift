import Foundation
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

  @Test("steps below and above what is even differ from each other, and the text can be read")
  func stepsDiffer() {
    let looks = (-4...4).map { RoleLook.of(.diverging($0)) }
    #expect(Set(looks.map(\.rich.background)).count == 9)
    #expect(looks[4].rich == (-1, -1) && looks[4].plain == (-1, -1))
    for look in looks where look.rich.background >= 0 {
      let contrast = Self.contrast(look.rich.foreground, look.rich.background)
      #expect(contrast >= 4.5, "\(look.rich)")
    }
    // Further from the middle is brighter, on either side.
    let below = looks[..<4].map { Self.luminance($0.rich.background) }
    let above = looks[5...].map { Self.luminance($0.rich.background) }
    #expect(below == below.sorted(by: >))
    #expect(above == above.sorted())
  }

  /// The relative luminance of a number of the 256-colour palette from 16 on, 0 to 1.
  private static func luminance(_ number: Int16) -> Double {
    let color = directColor(Int(number))
    let linear = [16, 8, 0].map { shift -> Double in
      let part = Double(color >> shift & 255) / 255
      return part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }

  private static func contrast(_ a: Int16, _ b: Int16) -> Double {
    let light = [luminance(a), luminance(b)].sorted()
    return (light[1] + 0.05) / (light[0] + 0.05)
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
    #expect(Role.diverging(0) == .even && Role.diverging(-1) == .below1)
    #expect(Role.diverging(-9) == .below4 && Role.diverging(9) == .above4)
  }
}
