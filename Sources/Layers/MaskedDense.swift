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
  /// The masks of what a task is contrasted with, by task, laid out as W; empty for none.
  public let negatives: [Parameter]
  /// The path of W.
  public let path: String
  /// Rows of W as it is stored.
  public let inputs: Int
  /// Columns of W as it is stored.
  public let outputs: Int

  /// Declares the parameters in a scope, and a mask for each name.
  public init(
    _ inputs: Int, _ outputs: Int, masks names: [String], density: Double,
    hasNegatives: Bool = false, in scope: Scope
  ) {
    self.inputs = inputs
    self.outputs = outputs
    path = scope.named("weight")
    weight = scope.matrix("weight", inputs, outputs, .heNormal)
    bias = scope.vector("bias", outputs, .zeros)
    masks = names.map { scope.mask(of: $0, "weight", inputs, outputs, density: density) }
    negatives =
      hasNegatives
      ? names.map { scope.mask(of: "\($0).negative", "weight", inputs, outputs, density: 0) } : []
  }

  /// x·(M_k ∘ W) + b for the task at a place.
  public func callAsFunction(_ x: Variable, mask task: Int) -> Variable {
    x.linear(weight, bias: bias, mask: masks[task], inputs: inputs, outputs: outputs)
  }

  /// The same through the negative mask of a task; only W takes a gradient.
  public func callAsFunction(_ x: Variable, negative task: Int) -> Variable {
    x.linear(
      weight, bias: bias, mask: negatives[task], inputs: inputs, outputs: outputs,
      learns: .weight)
  }
}
