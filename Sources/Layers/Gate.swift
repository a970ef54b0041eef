public import Graph

/// A softmax gate over E experts: g(x) = softmax(x · W), [B, inputs] to [B, E].
///
/// Linear and without bias, as in the MMoE paper (doi:10.1145/3219819.3220007, eq. 7); drawn from
/// N(0, 0.01²), so that all experts start with nearly equal weight (the paper leaves this open).
public struct Gate: Sendable {
  let map: Dense

  /// Declares the gate in a scope.
  public init(_ inputs: Int, experts: Int, in scope: Scope) {
    map = Dense(inputs, experts, bias: false, start: .normal(deviation: 0.01), in: scope)
  }

  /// The experts' weights, which sum to 1.
  public func callAsFunction(_ x: Variable) -> Variable { map(x).softmax() }

  /// What the softmax is taken of.
  public func logits(_ x: Variable) -> Variable { map(x) }
}
