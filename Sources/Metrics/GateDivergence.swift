import Foundation

/// Jensen–Shannon divergence of two distributions in bits, 0...1.
///
///     JS(p, q) = ½ Σ p log₂(p / m) + ½ Σ q log₂(q / m),   m = (p + q) / 2
public func jensenShannon(_ p: some Sequence<Float>, _ q: some Sequence<Float>) -> Float {
  var sum = 0.0
  for (p, q) in zip(p, q) {
    let p = Double(p)
    let q = Double(q)
    let middle = (p + q) / 2
    if p > 0 { sum += 0.5 * p * log2(p / middle) }
    if q > 0 { sum += 0.5 * q * log2(q / middle) }
  }
  return Float(max(0, sum))
}

/// How differently two gates weigh the same experts for the same rows: of weights [B, E] each the
/// mean over rows of their Jensen–Shannon divergence in bits; NaN without rows.
public func gateDivergence(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, rows: Int, experts: Int
) -> Double {
  var sum = 0.0
  for row in 0..<rows {
    sum += Double(
      jensenShannon(
        UnsafeBufferPointer(start: a + row * experts, count: experts),
        UnsafeBufferPointer(start: b + row * experts, count: experts)))
  }
  return rows > 0 ? sum / Double(rows) : .nan
}

/// By expert, the share of its outputs that are exactly zero: of outputs [B, E·H], over rows and its
/// H columns; NaN without rows.
public func zeroShares(
  _ outputs: UnsafePointer<Float>, rows: Int, width: Int, experts: Int
) -> [Float] {
  let columns = experts > 0 ? width / experts : 0
  var zeros = [Int](repeating: 0, count: experts)
  for row in 0..<rows {
    for expert in 0..<experts {
      let from = outputs + row * width + expert * columns
      for column in 0..<columns where from[column] == 0 { zeros[expert] += 1 }
    }
  }
  return zeros.map { rows > 0 ? Float(Double($0) / Double(rows * columns)) : .nan }
}
