public import Graph

/// An affine map of which each task keeps some weights: y_k = x·(M_k ∘ W) + b, from [B, inputs] to
/// [B, outputs].
///
/// He-normal weights, zero bias, as ``MLP``'s layers. The masks are not learned: 0 or 1, drawn with a
/// density at first, named `masks.<task>.<path>.weight`.
public struct MaskedDense: Sendable {
  /// W, named `weight` [outputs, inputs].
  public let weight: Parameter
  /// b, named `bias` [outputs].
  public let bias: Parameter
  /// M_k by task, laid out as W.
  public let masks: [Parameter]
  let inputs: Int
  let outputs: Int

  /// Declares the parameters in a scope, and a mask for each name.
  public init(
    _ inputs: Int, _ outputs: Int, masks names: [String], density: Double, in scope: Scope
  ) {
    self.inputs = inputs
    self.outputs = outputs
    weight = scope.matrix("weight", inputs, outputs, .heNormal)
    bias = scope.vector("bias", outputs, .zeros)
    masks = names.map { scope.mask(of: $0, "weight", inputs, outputs, density: density) }
  }

  /// x·(M_k ∘ W) + b for the task at a place.
  public func callAsFunction(_ x: Variable, mask task: Int) -> Variable {
    x.linear(weight, bias: bias, mask: masks[task], inputs: inputs, outputs: outputs)
  }
}
