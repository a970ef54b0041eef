extension AUC {
  /// An area with its standard error.
  public struct Estimate: Sendable, Equatable {
    /// The area; NaN where it is undefined.
    public var area: Double
    /// The standard error over draws of the rows; NaN below two rows of either class.
    public var standardError: Double
  }

  /// The area of rows, and how far it would differ on other rows of the same kind.
  ///
  ///     V₁ᵢ = P(s⁺ᵢ beats a negative),  V₀ⱼ = P(s⁻ⱼ is beaten by a positive),  ties count half
  ///     Var(AUC) = Σ (V₁ᵢ − AUC)² / (m (m − 1)) + Σ (V₀ⱼ − AUC)² / (n (n − 1))
  ///
  /// for m positive and n negative rows, by sorting: O(n log n), no pair is looked at.
  ///
  /// DeLong, DeLong and Clarke-Pearson. "Comparing the Areas under Two or More Correlated Receiver
  /// Operating Characteristic Curves." Biometrics 44, 1988. doi:10.2307/2531595
  public mutating func estimate(_ rows: LabelledRows) -> Estimate {
    let area = self(rows)
    return estimate(area: area)
  }

  /// The area of what was added and its standard error.
  mutating func estimateOfAdded() -> Estimate {
    let area = areaOfAdded()
    return estimate(area: area)
  }

  private func estimate(area: Double) -> Estimate {
    guard !area.isNaN else { return Estimate(area: area, standardError: .nan) }
    let variance =
      Self.variance(of: positives, against: negatives, mean: area)
      + Self.variance(of: negatives, against: positives, mean: 1 - area)
    return Estimate(area: area, standardError: variance.squareRoot())
  }

  /// The variance of the mean share of `others` that a score beats; both sorted.
  private static func variance(
    of scores: [UInt64], against others: [UInt64], mean: Double
  ) -> Double {
    guard scores.count > 1 else { return .nan }
    var below = 0
    var notAbove = 0
    var squares = 0.0
    for score in scores {
      while below < others.count, others[below] < score { below += 1 }
      while notAbove < others.count, others[notAbove] <= score { notAbove += 1 }
      let share = Double(below + notAbove) / (2 * Double(others.count))
      squares += (share - mean) * (share - mean)
    }
    return squares / (Double(scores.count) * Double(scores.count - 1))
  }
}
