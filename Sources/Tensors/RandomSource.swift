#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a stream of random numbers is for; streams never share draws.
public enum RandomPurpose: UInt64, Sendable {
  case initialiser = 1
  case shuffle
  case dropout
  case negatives
  case balancer
  case data
  case split
  case test
}

/// A counter-based source of random numbers: a value is a function of (seed, purpose, i, j) alone.
///
///     bits(i, j) = mix(mix(mix(seed ⊕ mix(purpose)) ⊕ i) ⊕ j)
///
/// There is no state, so any number may be drawn in any order and on any thread with the same
/// answer. `mix` is the finaliser of SplitMix64 (Steele, Lea, Flood 2014,
/// doi:10.1145/2660193.2660195).
public struct RandomSource: Sendable, Hashable {
  private let root: UInt64

  /// The stream of a seed and a purpose.
  public init(seed: UInt64, _ purpose: RandomPurpose) {
    self.init(seed: seed, stream: purpose.rawValue)
  }

  /// The stream of a seed and a number of one's own.
  public init(seed: UInt64, stream: UInt64) {
    root = Self.mix(seed ^ Self.mix(stream))
  }

  /// 64 random bits.
  public func bits(_ i: UInt64, _ j: UInt64 = 0) -> UInt64 {
    Self.mix(Self.mix(root ^ i) ^ j)
  }

  /// A number in [0, 1) of 53 random bits.
  public func uniform(_ i: UInt64, _ j: UInt64 = 0) -> Double {
    Double(bits(i, j) >> 11) * 0x1p-53
  }

  /// A whole number in 0..<bound, bound > 0 (multiply-shift; bias below bound / 2⁶⁴).
  public func index(below bound: Int, _ i: UInt64, _ j: UInt64 = 0) -> Int {
    Int(bits(i, j).multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// The finaliser of SplitMix64.
  public static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension RandomSource {
  /// A number of N(0, 1) by Box–Muller from two uniform draws.
  public func normal(_ i: UInt64, _ j: UInt64 = 0) -> Double {
    let u = Double((bits(i, 2 &* j) >> 11) + 1) * 0x1p-53
    let v = uniform(i, 2 &* j &+ 1)
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
  }
}
