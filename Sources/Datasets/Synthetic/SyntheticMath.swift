#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The logistic sigmoid, 1 / (1 + e⁻ˣ).
func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

/// ln x.
func naturalLogarithm(_ x: Double) -> Double { log(x) }

/// eˣ.
func exponential(_ x: Double) -> Double { exp(x) }

/// The third expert's wave, √2 · sin x: variance 1 when x is spread over many turns.
func unitWave(_ x: Double) -> Double { Double(2).squareRoot() * sin(x) }

/// tanh x.
func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

/// Shares that fall as rank⁻ᵉˣᵖᵒⁿᵉⁿᵗ: Zipf's law, rank from 1.
func zipfWeight(rank: Int, exponent: Double) -> Double { pow(Double(rank), -exponent) }

/// sin x.
func sine(_ x: Double) -> Double { sin(x) }

/// The share of N(0, 1) below x: ½ erfc(−x / √2).
func normalShare(below x: Double) -> Double { 0.5 * erfc(-x / Double(2).squareRoot()) }
