public import Graph

/// A straight line through logits whose size means nothing, so that they read as log-odds.
///
///     c = P · sg(r) + Q                        r, c [B, 1]; P = 1 and Q = 0 at first
///
/// P and Q are fitted by the cross-entropy of c; nothing goes back to r. With P > 0 the order of the
/// rows stays. Neither is decayed.
///
/// Platt. "Probabilistic Outputs for Support Vector Machines …" Advances in Large Margin
/// Classifiers, MIT Press 1999.
public struct PlattScaling: Sendable {
  /// P, named `scale`.
  public let scale: Parameter
  /// Q, named `shift`.
  public let shift: Parameter

  /// Declares P and Q in a scope; they move `rateFactor` times as fast as a network.
  public init(rateFactor: Double = 1, in scope: Scope) {
    func number(_ name: String, _ start: Double) -> Parameter {
      scope.block(
        count: 1, [scope.vectorPiece(scope.named(name), 1, offset: 0, .constant(start))],
        rateFactor: rateFactor, decays: false)
    }
    scale = number("scale", 1)
    shift = number("shift", 0)
  }

  /// The log-odds.
  public func callAsFunction(_ logit: Variable) -> Variable {
    logit.detached().linear(scale, bias: shift, inputs: 1, outputs: 1)
  }
}
