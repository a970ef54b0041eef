import Foundation
import Testing

@testable import Terminal

@Suite("Contrast") struct ContrastTests {
  /// The themes that say which colours they draw with.
  static let painted = Theme.all.filter { Color($0.look(of: .plain).rich.background) != nil }

  @Test("five themes paint the whole screen; what the others look like nobody knows")
  func paintedThemes() {
    #expect(
      Self.painted.map(\.name)
        == ["dark", "light", "high-contrast", "deuteranopia", "tritanopia"])
  }

  /// WCAG 2.2, success criterion 1.4.3; tints carry no text.
  @Test("text of every role, numbers on fills too, can be read", arguments: painted)
  func readable(theme: Theme) throws {
    let least = theme == .highContrast ? 7 : 4.5
    for role in Role.allCases where !(Role.tint0 ... .tint7).contains(role) {
      let colors = theme.look(of: role).rich
      let text = try #require(Color(colors.foreground))
      let behind = try #require(Color(colors.background))
      let isFilled = theme.look(of: role).isFilled
      #expect(contrast(text, behind) >= (isFilled ? 4.5 : least), "\(theme.name) \(role)")
    }
  }

  @Test("a tint can be seen, and is quieter than its series", arguments: painted)
  func tints(theme: Theme) throws {
    let screen = try #require(Color(theme.look(of: .plain).rich.background))
    for place in 0..<8 {
      let tint = try #require(Color(theme.look(of: .tint(place)).rich.foreground))
      let line = try #require(Color(theme.look(of: .series(place)).rich.foreground))
      #expect(difference(tint, screen, seenWith: .usual) >= 3, "\(theme.name) \(place)")
      #expect(contrast(tint, screen) * 1.5 < contrast(line, screen), "\(theme.name) \(place)")
      #expect(
        theme.look(of: .band(place)).rich.background == theme.look(of: .tint(place)).rich.foreground
      )
    }
  }

  /// CIEDE2000, as seen with deuteranopia by Machado, Oliveira and Fernandes.
  @Test("neighbouring tasks differ by 20 with deuteranopia, and enough for everybody else")
  func seriesDiffer() throws {
    for theme in Self.painted {
      var least: [Vision: Double] = [.deutan: 20, .usual: 20, .protan: 12, .tritan: 12]
      if theme == .tritanopia { least[.tritan] = 20 }
      // Where red and green look alike, yellow and blue may be alike for a few others.
      if theme == .deuteranopia { (least[.tritan], least[.protan]) = (8, 20) }
      for (vision, least) in least {
        for place in 0..<8 {
          let one = try #require(Color(theme.look(of: .series(place)).rich.foreground))
          let other = try #require(Color(theme.look(of: .series(place + 1)).rich.foreground))
          let found = difference(one, other, seenWith: vision)
          #expect(found >= least, "\(theme.name) \(place) and the next one, \(vision)")
        }
      }
    }
  }

  @Test("any two tasks differ in the theme that is made for one's vision")
  func allSeriesDiffer() throws {
    for (theme, vision) in [
      (Theme.deuteranopia, Vision.deutan), (.deuteranopia, .protan), (.tritanopia, .tritan),
      (.dark, .usual), (.light, .usual), (.highContrast, .usual),
    ] {
      let colors = try (0..<8).map {
        try #require(Color(theme.look(of: .series($0)).rich.foreground))
      }
      for (place, color) in colors.enumerated() {
        for other in colors[..<place] {
          #expect(difference(color, other, seenWith: vision) >= 14, "\(theme.name) \(vision)")
        }
      }
    }
  }

  @Test("kinds differ from each other, and from every task", arguments: painted)
  func kinds(theme: Theme) throws {
    let series = try (0..<8).map {
      try #require(Color(theme.look(of: .series($0)).rich.foreground))
    }
    let kinds = try (0..<5).map { try #require(Color(theme.look(of: .kind($0)).rich.foreground)) }
    for (place, kind) in kinds.enumerated() {
      for other in series { #expect(difference(kind, other, seenWith: .usual) >= 13) }
      for other in kinds[..<place] {
        #expect(difference(kind, other, seenWith: .usual) >= 16, "\(theme.name)")
        #expect(difference(kind, other, seenWith: .deutan) >= 12, "\(theme.name)")
      }
    }
  }

  @Test("steps of the diverging scale differ, and so do its two sides", arguments: painted)
  func diverging(theme: Theme) throws {
    #expect(!theme.look(of: .even).isFilled)
    let colors = try (-4...4).map {
      try #require(Color(theme.look(of: .diverging($0)).rich.background))
    }
    for vision in Vision.allCases {
      for (one, other) in zip(colors, colors.dropFirst()) {
        #expect(difference(one, other, seenWith: vision) >= 7, "\(theme.name) \(vision)")
      }
      for step in 1...4 {
        #expect(difference(colors[4 - step], colors[4 + step], seenWith: vision) >= 15)
      }
    }
    // Farther from what is even is farther in lightness, too.
    let away = colors.map { abs($0.lab.x - colors[4].lab.x) }
    for side in [away[0...4].reversed(), Array(away[4...8])] {
      #expect(zip(side, side.dropFirst()).allSatisfy(<), "\(theme.name)")
    }
  }

  @Test("good, warning and error differ", arguments: painted)
  func judgements(theme: Theme) throws {
    let roles: [Role] = [.good, .warning, .error]
    let colors = try roles.map { try #require(Color(theme.look(of: $0).rich.foreground)) }
    let vision: Vision =
      theme == .deuteranopia ? .deutan : theme == .tritanopia ? .tritan : .usual
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
      #expect(difference(colors[one], colors[other], seenWith: vision) >= 15, "\(theme.name)")
    }
  }

  /// Sharma, Wu and Dalal, doi:10.1002/col.20070, Table 1, pairs 1, 4, 7, 10, 13, 17, 25, 34.
  @Test("the difference is that of CIEDE2000")
  func differences() {
    let pairs: [(SIMD3<Double>, SIMD3<Double>, Double)] = [
      ([50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425),
      ([50, -1.3802, -84.2814], [50, 0, -82.7485], 1.0),
      ([50, 0, 0], [50, -1, 2], 2.3669),
      ([50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195),
      ([50, -0.001, 2.49], [50, 0.0009, -2.49], 4.8045),
      ([50, 2.5, 0], [50, 0, -2.5], 4.3065),
      ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
      ([2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082),
    ]
    for (one, other, expected) in pairs {
      #expect(abs(difference2000(one, other) - expected) < 0.00006)
      #expect(abs(difference2000(other, one) - expected) < 0.00006)
    }
  }

  private func contrast(_ one: Color, _ other: Color) -> Double {
    let (dark, light) = (min(one.luminance, other.luminance), max(one.luminance, other.luminance))
    return (light + 0.05) / (dark + 0.05)
  }

  private func difference(_ one: Color, _ other: Color, seenWith vision: Vision) -> Double {
    difference2000(one.seen(with: vision).lab, other.seen(with: vision).lab)
  }
}

/// Kinds of colour vision, as matrices over linear RGB at full severity: Machado, Oliveira and
/// Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG
/// 15(6), 2009, doi:10.1109/TVCG.2009.113.
enum Vision: CaseIterable, Hashable {
  case usual, protan, deutan, tritan

  fileprivate var rows: [SIMD3<Double>] {
    switch self {
    case .usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    case .protan:
      [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
      ]
    case .deutan:
      [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
      ]
    case .tritan:
      [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
      ]
    }
  }
}

/// A colour in linear RGB.
private struct Color: Equatable {
  var linear: SIMD3<Double>

  /// A colour of the 256-colour palette from 16 on; nil for the terminal's own.
  init?(_ number: Int16) {
    guard number >= 16 else { return nil }
    let value = directColor(Int(number))
    linear = SIMD3(
      Self.light(value >> 16 & 255), Self.light(value >> 8 & 255), Self.light(value & 255))
  }

  var luminance: Double { (linear * [0.2126, 0.7152, 0.0722]).sum() }

  func seen(with vision: Vision) -> Color {
    var color = self
    for (place, row) in vision.rows.enumerated() {
      color.linear[place] = min(1, max(0, (row * linear).sum()))
    }
    return color
  }

  var lab: SIMD3<Double> {
    let x = root((linear * [0.4124, 0.3576, 0.1805]).sum() / 0.9505)
    let y = root(luminance)
    let z = root((linear * [0.0193, 0.1192, 0.9505]).sum() / 1.089)
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
  }

  private func root(_ value: Double) -> Double {
    value > 0.008856 ? exp(log(value) / 3) : 7.787 * value + 16.0 / 116
  }

  private static func light(_ value: Int) -> Double {
    let share = Double(value) / 255
    return share <= 0.04045 ? share / 12.92 : exp(2.4 * log((share + 0.055) / 1.055))
  }
}

/// The distance ΔE₀₀ of two colours in CIE L*a*b*: Sharma, Wu and Dalal, "The CIEDE2000
/// color-difference formula: Implementation notes, supplementary test data, and mathematical
/// observations", Color Research & Application 30(1), 2005, doi:10.1002/col.20070.
private func difference2000(_ one: SIMD3<Double>, _ other: SIMD3<Double>) -> Double {
  let chroma = (hypot(one.y, one.z) + hypot(other.y, other.z)) / 2
  let stretch = 1 + 0.5 * (1 - (pow(chroma, 7) / (pow(chroma, 7) + pow(25, 7))).squareRoot())
  let (first, second) = (Hue(one, stretch), Hue(other, stretch))
  let product = first.chroma * second.chroma
  var turn = product == 0 ? 0 : second.angle - first.angle
  if turn > 180 { turn -= 360 } else if turn < -180 { turn += 360 }
  var meanAngle = (first.angle + second.angle) / 2
  if product == 0 {
    meanAngle *= 2
  } else if abs(first.angle - second.angle) > 180 {
    meanAngle += meanAngle < 180 ? 180 : -180
  }
  let meanChroma = (first.chroma + second.chroma) / 2
  let fromMiddle = pow((one.x + other.x) / 2 - 50, 2)
  let weight =
    1 - 0.17 * cosine(meanAngle - 30) + 0.24 * cosine(2 * meanAngle)
    + 0.32 * cosine(3 * meanAngle + 6) - 0.2 * cosine(4 * meanAngle - 63)
  let lightness = (other.x - one.x) / (1 + 0.015 * fromMiddle / (20 + fromMiddle).squareRoot())
  let saturation = (second.chroma - first.chroma) / (1 + 0.045 * meanChroma)
  let hue =
    2 * product.squareRoot() * cosine(turn / 2 - 90) / (1 + 0.015 * meanChroma * weight)
  let bend = 60 * exp(-pow((meanAngle - 275) / 25, 2))
  let rotation =
    -2 * (pow(meanChroma, 7) / (pow(meanChroma, 7) + pow(25, 7))).squareRoot() * cosine(bend - 90)
  return
    (lightness * lightness + saturation * saturation + hue * hue + rotation * saturation * hue)
    .squareRoot()
}

private func cosine(_ degrees: Double) -> Double { cos(degrees * .pi / 180) }

/// Chroma, and hue in degrees, with a* stretched.
private struct Hue {
  var chroma: Double
  var angle: Double

  init(_ lab: SIMD3<Double>, _ stretch: Double) {
    let red = lab.y * stretch
    chroma = hypot(red, lab.z)
    let degrees = atan2(lab.z, red) * 180 / .pi
    angle = degrees < 0 ? degrees + 360 : degrees
  }
}
