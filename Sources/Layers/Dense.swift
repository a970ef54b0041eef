public import Graph

/// An affine map: y = x · W + b, from [B, inputs] to [B, outputs].
///
/// Glorot-uniform weights, or He's where a ReLU follows; zero bias.
public struct Dense: Sendable {
  /// W, named `weight` [outputs, inputs].
  public let weight: Parameter
  /// b, named `bias` [outputs].
  public let bias: Parameter?
  let inputs: Int
  let outputs: Int

  /// What it learns.
  public var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }

  /// Declares the parameters in a scope.
  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true, start: Initialiser = .glorotUniform,
    in scope: Scope
  ) {
    self.inputs = inputs
    self.outputs = outputs
    weight = scope.matrix("weight", inputs, outputs, start)
    self.bias = bias ? scope.vector("bias", outputs, .zeros) : nil
  }

  /// x · W + b, of which the parts that learn take a gradient.
  public func callAsFunction(_ x: Variable, learns: Linear.Learning = .all) -> Variable {
    x.linear(weight, bias: bias, inputs: inputs, outputs: outputs, learns: learns)
  }
}
