public import Graph

/// A gate over E experts whose logits are an MLP's: g(x) = softmax(MLP(x)), [B, inputs] to [B, E].
///
/// Hidden layers with ReLU, then an affine map named after their number, drawn from N(0, 0.01²), so
/// that all experts start with nearly equal weight.
public struct DeepGate: Sendable {
  private let hidden: MLP
  private let last: Dense

  /// Declares the gate in a scope; without sizes it is an affine map.
  public init(_ inputs: Int, _ sizes: [Int], experts: Int, in scope: Scope) {
    hidden = MLP(inputs, sizes, in: scope)
    last = Dense(
      hidden.width, experts, start: .normal(deviation: 0.01), in: scope / "\(sizes.count)")
  }

  /// What the softmax is taken of.
  public func logits(_ x: Variable) -> Variable { last(hidden(x)) }
}
