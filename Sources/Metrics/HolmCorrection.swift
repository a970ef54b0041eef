/// Probabilities of several tests, corrected for their number.
///
///     p̃₍ᵢ₎ = max over j ≤ i of min(1, (k − j + 1) · p₍ⱼ₎),   p₍₁₎ ≤ … ≤ p₍ₖ₎
///
/// Holding p̃ against a bound keeps the chance of even one false finding among all tests below it,
/// whatever the tests have to do with each other.
///
/// Holm. "A Simple Sequentially Rejective Multiple Test Procedure." Scandinavian Journal of
/// Statistics 6, 1979. jstor.org/stable/4615733
///
/// - Parameter probabilities: p of each test, each in 0...1.
/// - Returns: p̃ of each test, in the same order.
public func holmCorrected(_ probabilities: [Double]) -> [Double] {
  let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
  var corrected = probabilities
  var largest = 0.0
  for (rank, test) in order.enumerated() {
    largest = max(largest, min(1, Double(order.count - rank) * probabilities[test]))
    corrected[test] = largest
  }
  return corrected
}
