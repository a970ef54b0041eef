/// How far two gates weigh the same experts for the same rows.
///
/// Of weights [B, E] each,
///
///     overlap = 1/B · Σᵣ Σₑ min(a[r, e], b[r, e])
///
/// from 0, where no expert serves both, to 1, where the gates agree on every row; NaN without rows.
public func gateOverlap(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, rows: Int, experts: Int
) -> Double {
  var sum = 0.0
  for place in 0..<(rows * experts) { sum += Double(min(a[place], b[place])) }
  return rows > 0 ? sum / Double(rows) : .nan
}
