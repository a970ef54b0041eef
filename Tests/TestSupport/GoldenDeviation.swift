/// The worst element of an array against its golden counterpart.
///
///     |a − b| ≤ relative · |b| + scaled · max|b| + absolute
///
/// `ratio` is the left side over the right at the element where that is largest, so that up to 1
/// everything is within tolerance. Where NaN or an infinity is expected, only the same will do.
public struct GoldenDeviation: Sendable, CustomStringConvertible {
  /// How far apart two arrays may be.
  public struct Tolerance: Sendable {
    /// Times |b| of the element.
    public var relative = 1e-4
    /// Times the largest |b| of the array.
    public var scaled = 1e-5
    /// Added everywhere.
    public var absolute = 0.0

    /// The tolerance of single-precision engines against the float64 reference.
    public init(relative: Double = 1e-4, scaled: Double = 1e-5, absolute: Double = 0) {
      self.relative = relative
      self.scaled = scaled
      self.absolute = absolute
    }
  }

  /// The place of the worst element, row-major.
  public private(set) var index = 0
  /// What was found there.
  public private(set) var found = Double.nan
  /// What should be there.
  public private(set) var expected = Double.nan
  /// The error there in units of the tolerance; infinite if the counts differ.
  public private(set) var ratio = 0.0
  private let counts: (found: Int, expected: Int)

  /// Whether every element is close enough.
  public var isWithinTolerance: Bool { ratio <= 1 }

  /// Compares two arrays element by element.
  public init(
    of found: [Double], from expected: [Double], within tolerance: Tolerance = Tolerance()
  ) {
    counts = (found.count, expected.count)
    guard found.count == expected.count else {
      ratio = .infinity
      return
    }
    let largest = expected.lazy.filter(\.isFinite).map(abs).max() ?? 0
    for index in found.indices {
      let allowed =
        tolerance.relative * abs(expected[index]) + tolerance.scaled * largest + tolerance.absolute
      let ratio = Self.ratio(found[index], expected[index], allowed: allowed)
      guard index == 0 || ratio > self.ratio else { continue }
      (self.index, self.ratio) = (index, ratio)
      (self.found, self.expected) = (found[index], expected[index])
    }
  }

  /// Compares single-precision numbers with a golden array.
  public init(
    of found: [Float], from expected: GoldenTensor, within tolerance: Tolerance = Tolerance()
  ) {
    self.init(of: found.map(Double.init), from: expected.values, within: tolerance)
  }

  /// The worst element in words.
  public var description: String {
    guard counts.found == counts.expected else {
      return "\(counts.found) elements, expected \(counts.expected)"
    }
    return "element \(index): \(found), expected \(expected), \(ratio) of the tolerance"
  }

  private static func ratio(_ found: Double, _ expected: Double, allowed: Double) -> Double {
    if found == expected || found.isNaN && expected.isNaN { return 0 }
    let ratio = abs(found - expected) / allowed
    return ratio.isNaN || !expected.isFinite ? .infinity : ratio
  }
}
