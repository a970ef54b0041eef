import Foundation
import Testing

@testable import Terminal

@Suite("Contrast") struct ContrastTests {
  @Test("text can be read on black, and made out on white", arguments: Role.allCases)
  func readable(role: Role) {
    let (foreground, background) = RoleLook.of(role).rich
    let text = Color(foreground)
    switch (text, Color(background)) {
    case (let text?, let behind?): #expect(contrast(text, behind) >= 4.5)
    case (let text?, nil):
      #expect(contrast(text, Color(16) ?? text) >= 4.5)
      #expect(contrast(text, Color(231) ?? text) >= 3)
    case (nil, let behind): #expect(behind == nil, "the terminal's own text may not be readable")
    }
  }

  @Test("neighbouring series differ in every kind of colour vision", arguments: Vision.allCases)
  func seriesDiffer(vision: Vision) throws {
    for place in 0..<8 {
      let one = try #require(Color(RoleLook.of(.series(place)).rich.foreground))
      let other = try #require(Color(RoleLook.of(.series(place + 1)).rich.foreground))
      #expect(difference(one, other, seenWith: vision) >= 8, "series \(place) and the next one")
    }
  }

  private func contrast(_ one: Color, _ other: Color) -> Double {
    let (dark, light) = (min(one.luminance, other.luminance), max(one.luminance, other.luminance))
    return (light + 0.05) / (dark + 0.05)
  }

  /// The distance in CIE L*a*b* (1976).
  private func difference(_ one: Color, _ other: Color, seenWith vision: Vision) -> Double {
    let (a, b) = (one.seen(with: vision).lab, other.seen(with: vision).lab)
    return ((a - b) * (a - b)).sum().squareRoot()
  }
}

/// Kinds of colour vision, as matrices over linear RGB (Machado, Oliveira and Fernandes 2009, full
/// severity).
enum Vision: CaseIterable {
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
