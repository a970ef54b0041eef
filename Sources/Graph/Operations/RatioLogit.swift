internal import Foundation

/// The logit of a ratio of two probabilities, from their logits.
///
///     d = log (σ(c) / σ(a)) = softplus(−a) − softplus(−c)
///     b = d − log(1 − eᵈ)                      a, c, b [B, 1]
///
/// A ratio may exceed 1 and has no logit then: from 1 − 10⁻⁶ on b is 13.8 + d, so that σ(b) stays
/// next to 1 and larger ratios still lie above smaller ones. It is for evaluation and has no gradient.
public struct RatioLogit: Operation {
  /// The largest d that has a logit.
  public static let last: Float = -1e-6
  /// The logit there.
  public static let most: Float = 13.8155

  /// The logit of a ratio.
  public init() {}

  /// The name in profiles and messages.
  public var name: String { "ratio" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// It does not.
  public var handsOnGradient: Bool { false }
  /// 1; stops the program unless both logits are one number.
  public func width(of inputs: [Int]) -> Int {
    precondition(inputs == [1, 1], "ratio: a logit is one number, found \(inputs)")
    return 1
  }

  /// Computes the logits.
  public func forward(_ call: Call) {
    let (above, below, y) = (call.input(0), call.input(1), call.output)
    for row in 0..<call.rows {
      let d =
        Self.softplus(-below.base[row * below.stride])
        - Self.softplus(-above.base[row * above.stride])
      y.base[row * y.stride] = d < Self.last ? d - log(-expm1(d)) : Self.most + d - Self.last
    }
  }

  private static func softplus(_ z: Float) -> Float { max(z, 0) + log1p(exp(-abs(z))) }

  /// Nothing to do.
  public func backward(_ call: Call) {}
}

extension Variable {
  /// The logit of this logit's probability divided by another's; see ``RatioLogit``.
  public func ratio(to other: Variable) -> Variable { graph.record(RatioLogit(), [self, other]) }
}
