/// The AUC that the truth itself expects: what no model can beat, on average.
///
/// With known probabilities p, sorted descending,
///
///     AUC* = Σ_j (1 − p_j) Σ_{i before j} p_i / (Σ p · Σ (1 − p) − Σ p (1 − p))
///
/// Of two equal p either comes first, which counts the pair as half. NaN when one class cannot
/// happen or there are fewer than two rows. O(n log n).
func expectedAUC(_ probabilities: [Double]) -> Double {
  var above = 0.0
  var ordered = 0.0
  var negatives = 0.0
  var same = 0.0
  for p in probabilities.sorted(by: >) {
    ordered += (1 - p) * above
    above += p
    negatives += 1 - p
    same += p * (1 - p)
  }
  let pairs = above * negatives - same
  return probabilities.count > 1 && pairs > 0 ? ordered / pairs : .nan
}
