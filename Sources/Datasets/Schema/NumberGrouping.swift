/// How numbers become categories.
public enum NumberGrouping: Sendable, Hashable, Codable {
  /// The whole part of v / divisor, rounded down: 100 makes hours of 0, 100 … 2300.
  case wholePart(divisor: Double)
  /// The interval that v is in, by rising bounds: `<7`, `7..<15`, `>=15`.
  case bins([Double])

  /// The name of the whole part that a number is in.
  static func name(of value: Double, divisor: Double) -> String {
    text((value / divisor).rounded(.down))
  }

  /// The names of the intervals between rising bounds, one more than there are bounds.
  static func names(of bounds: [Double]) -> [String] {
    (0...bounds.count).map { bin in
      if bin == 0 { return bounds.first.map { "<\(text($0))" } ?? "" }
      let from = text(bounds[bin - 1])
      return bin == bounds.count ? ">=\(from)" : "\(from)..<\(text(bounds[bin]))"
    }
  }

  /// The name of a number's category.
  func name(of value: Double) -> String {
    switch self {
    case .wholePart(let divisor): Self.name(of: value, divisor: divisor)
    case .bins(let bounds):
      Self.names(of: bounds)[bounds.firstIndex { value < $0 } ?? bounds.count]
    }
  }

  private static func text(_ number: Double) -> String {
    Int64(exactly: number).map { "\($0)" } ?? "\(number)"
  }
}
