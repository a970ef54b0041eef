public import Graph

/// Hidden layers with ReLU of which each task keeps some weights: h_l = max(h_{l−1}·(M_k,l ∘ W_l) +
/// b_l, 0), named `0`, `1`, …; [B, inputs] to [B, last size].
///
/// All masks are full at first.
public struct MaskedTrunk: Sendable {
  /// The layers, from the input upwards.
  public let layers: [MaskedDense]
  /// Numbers in a row of the output.
  public let width: Int

  /// Declares the layers in a scope, with a mask for each task, and a negative one if asked.
  public init(
    _ inputs: Int, _ sizes: [Int], tasks: [String], hasNegatives: Bool = false, in scope: Scope
  ) {
    layers = zip([inputs] + sizes, sizes).enumerated().map { place, size in
      MaskedDense(
        size.0, size.1, masks: tasks, density: 1, hasNegatives: hasNegatives,
        in: scope / "\(place)")
    }
    width = sizes.last ?? inputs
  }

  /// The sub-network of a task.
  public func callAsFunction(_ x: Variable, mask task: Int) -> Variable {
    layers.reduce(x) { h, layer in layer(h, mask: task).relu() }
  }

  /// The negative sub-network of a task, in which only weights take a gradient.
  public func callAsFunction(_ x: Variable, negative task: Int) -> Variable {
    layers.reduce(x) { h, layer in layer(h, negative: task).relu() }
  }
}
