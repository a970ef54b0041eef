/// The bins into which finite scores are counted: 2²⁰, rising as scores do.
///
/// Every power of two of a score's size has 8,192 bins, from 2⁻³² up to 2³²; smaller and larger ones
/// share the first and the last bin of their sign. Scores between 2 and 4, for example, lie in bins of
/// width 2 / 8192.
enum ScoreBins {
  static let count = 1 << 20
  /// Bins of either sign.
  private static let half = 1 << 19
  /// The exponent, as Double stores it, of 2⁻³².
  private static let leastExponent: UInt64 = 1023 - 32
  private static let fractionBits: UInt64 = 13

  /// The bin of a finite score.
  static func bin(of score: Double) -> Int {
    let size = score.magnitude.bitPattern >> (52 - fractionBits)
    let least = leastExponent << fractionBits
    let step = size <= least ? 0 : min(Int(size - least), half - 1)
    return score < 0 ? half - 1 - step : half + step
  }

  /// Between which numbers the scores of a bin lie.
  static func range(ofBin bin: Int) -> ClosedRange<Double> {
    let step = bin < half ? half - 1 - bin : bin - half
    let low = step == 0 ? 0 : start(of: step)
    let high = step == half - 1 ? .greatestFiniteMagnitude : start(of: step + 1)
    return bin < half ? -high ... -low : low...high
  }

  /// The least size of a step above 0.
  private static func start(of step: Int) -> Double {
    Double(bitPattern: (leastExponent << fractionBits + UInt64(step)) << (52 - fractionBits))
  }
}
