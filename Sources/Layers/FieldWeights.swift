public import Graph

/// One answer of a field-weighted factorisation machine: z = b + ⟨x, w⟩ + ⟨pairs, r⟩, from
/// [B, D + P] to [B, 1].
///
/// w and b start at 0, r at 1, so that it starts as a plain factorisation machine. Named
/// `linear.weight` [D], `pairs.weight` [P] and `bias` [1].
public struct FieldWeights: Sendable {
  /// w and r, one behind the other; the named arrays in this order.
  public let weight: Parameter
  /// b.
  public let bias: Parameter
  /// D + P.
  public let count: Int

  /// Declares the weights of D inputs and P pairs in a scope.
  public init(inputs: Int, pairs: Int, in scope: Scope) {
    count = inputs + pairs
    let linear = scope.vectorPiece(
      scope.named("linear.weight"), inputs, offset: 0, .zeros)
    let second = scope.vectorPiece(
      scope.named("pairs.weight"), pairs, offset: inputs, .constant(1))
    weight = scope.block(count: count, pairs > 0 ? [linear, second] : [linear])
    bias = scope.vector("bias", 1, .zeros)
  }

  /// The answer from the inputs and the pairs side by side.
  public func callAsFunction(_ x: Variable) -> Variable {
    x.linear(weight, bias: bias, inputs: count, outputs: 1)
  }
}
