public import Graph

/// An affine map of two values that lie side by side, each with a weight of its own name:
/// y = u·W_u + v·W_v + b, [B, n + m] to [B, outputs].
///
/// Glorot-uniform weights, zero bias. Named `<first>.weight`, `<second>.weight` and `bias`.
public struct JointDense: Sendable {
  private let weight: Parameter
  private let bias: Parameter
  private let inputs: Int
  private let outputs: Int

  /// What it learns but for the bias.
  public var weights: [Parameter] { [weight] }

  /// Declares the map in a scope.
  public init(
    _ first: (name: String, width: Int), _ second: (name: String, width: Int), _ outputs: Int,
    in scope: Scope
  ) {
    inputs = first.width + second.width
    self.outputs = outputs
    weight = scope.block(
      count: inputs * outputs,
      [(first, 0), (second, first.width * outputs)].map { part, offset in
        scope.piece(
          (scope / part.name).named("weight"), part.width, outputs, offset: offset,
          stride: outputs, .glorotUniform)
      })
    bias = scope.vector("bias", outputs, .zeros)
  }

  /// The map of [u, v].
  public func callAsFunction(_ pair: Variable) -> Variable {
    pair.linear(weight, bias: bias, inputs: inputs, outputs: outputs)
  }
}
