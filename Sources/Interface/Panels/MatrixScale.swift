import Runs
import Terminal

/// How the numbers of a matrix look: a shade for the size, a colour for size or sign, a text.
struct MatrixScale: Sendable {
  let scale: ModelView.Matrix.Scale
  /// The largest magnitude; 1 where there is none.
  let largest: Float
  private let decimals: Int?

  /// A scale that fits all the numbers.
  init(_ scale: ModelView.Matrix.Scale, values: some Sequence<Float>) {
    self.scale = scale
    let most = values.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    largest = most > 0 ? most : 1
    switch largest {
    case 10_000...: decimals = nil
    case 100...: decimals = 0
    case 10...: decimals = 1
    case 0.095...: decimals = 2
    case 0.0095...: decimals = 3
    default: decimals = nil
    }
  }

  /// How strong a number is, 0 to 1; NaN where there is none.
  func strength(_ value: Float) -> Float {
    guard value.isFinite else { return .nan }
    return scale == .share ? min(1, max(0, value)) : min(1, abs(value) / largest)
  }

  /// The shade of a number.
  func shade(_ value: Float) -> Character {
    guard scale != .share else { return HeatCell(share: value).shade }
    switch strength(value) {
    case 0.75...: return "█"
    case 0.45..<0.75: return "▓"
    case 0.15..<0.45: return "▒"
    case let strength: return strength.isFinite ? "░" : " "
    }
  }

  /// The colour of a number: heat by size; where signs matter, one colour each.
  func style(_ value: Float) -> Style {
    guard value.isFinite else { return .dim }
    switch scale {
    case .share: return HeatCell.style(value)
    case .magnitude: return Style(.heat(Double(strength(value))))
    case .diverging:
      if strength(value) < 0.05 { return .dim }
      return Style(.series(value < 0 ? 1 : 0), bold: strength(value) >= 0.5)
    }
  }

  /// The number as a cell shows it: whole percent of a share, else a number.
  func text(_ value: Float) -> String {
    guard value.isFinite else { return value.isNaN ? "-" : fixed(Double(value), 0) }
    guard scale != .share else { return fixed(Double(value) * 100, 0) }
    let value = Double(value)
    guard let decimals else { return value == 0 ? "0" : abbreviated(value) }
    return fixed(value, decimals)
  }
}

extension ModelView.Matrix {
  /// The number of a row and a column; NaN outside, so that no view can crash a screen.
  func value(_ row: Int, _ column: Int) -> Float {
    let place = row * columns.count + column
    guard column >= 0, column < columns.count, values.indices.contains(place) else { return .nan }
    return values[place]
  }
}
