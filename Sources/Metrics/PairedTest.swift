import Foundation

/// Student's paired t-test: whether two methods differ, from their scores under the same seeds.
///
///     d_i = a_i − b_i,  t = mean(d) / (s_d / √n),  s_d² = Σ (d_i − mean)² / (n − 1)
///     p = P(|T_{n−1}| ≥ |t|) = I_{ν / (ν + t²)}(ν / 2, ½),  ν = n − 1
///
/// Student. "The Probable Error of a Mean." Biometrika 6, 1908. doi:10.1093/biomet/6.1.1
public struct PairedTest: Sendable, Equatable {
  /// The mean difference, the first minus the second.
  public let meanDifference: Double
  /// The statistic; infinite if the differences are all the same and not 0.
  public let t: Double
  /// n − 1.
  public let degreesOfFreedom: Int
  /// The two-sided probability of a statistic at least this far from 0 if nothing differs.
  public let p: Double

  /// Compares two methods, pair by pair; nil with fewer than two pairs or a number that is not
  /// finite.
  ///
  /// When all differences are 0 the test has nothing to hold on to: t is 0 and p is 1.
  public init?(_ first: [Double], _ second: [Double]) {
    precondition(
      first.count == second.count, "paired test: \(first.count) and \(second.count) scores")
    let differences = zip(first, second).map { $0 - $1 }
    guard differences.count >= 2, differences.allSatisfy(\.isFinite) else { return nil }
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    meanDifference = mean
    degreesOfFreedom = differences.count - 1
    let error = (squares / (count - 1) / count).squareRoot()
    t = mean == 0 ? 0 : mean / error
    p = StudentDistribution.twoSided(t, degreesOfFreedom: degreesOfFreedom)
  }
}

/// Student's t distribution.
enum StudentDistribution {
  /// P(|T| ≥ |t|).
  static func twoSided(_ t: Double, degreesOfFreedom: Int) -> Double {
    let nu = Double(degreesOfFreedom)
    let square = t * t
    guard square.isFinite else { return 0 }
    return incompleteBeta(nu / (nu + square), nu / 2, 0.5)
  }
}

/// The regularised incomplete beta function I_x(a, b), for x in 0...1 and positive a and b.
///
/// By its continued fraction (Abramowitz and Stegun 26.5.8), which converges fast below the mean;
/// above it, I_x(a, b) = 1 − I_{1−x}(b, a).
func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  let front = exp(
    lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
  return x < (a + 1) / (a + b + 2)
    ? front * betaFraction(x, a, b) / a : 1 - front * betaFraction(1 - x, b, a) / b
}

/// 1 / (1 + d₁ / (1 + d₂ / (1 + …))), by the modified method of Lentz.
///
///     d_{2m+1} = −(a + m)(a + b + m) x / ((a + 2m)(a + 2m + 1))
///     d_{2m} = m (b − m) x / ((a + 2m − 1)(a + 2m))
private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
  let tiny = 1e-300
  func apart(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
  var c = 1.0
  var d = 1 / apart(1 - (a + b) * x / (a + 1))
  var value = d
  for step in 1...300 {
    let m = Double(step)
    for part in [
      m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
      -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
    ] {
      d = 1 / apart(1 + part * d)
      c = apart(1 + part / c)
      value *= d * c
    }
    if abs(d * c - 1) < 1e-15 { break }
  }
  return value
}
