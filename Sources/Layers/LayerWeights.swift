public import Graph

/// What each of K columns takes of each of its L layers; see ``LayerMixture``.
///
/// Starts even, 1 / L. Named `weight`, [K, L].
public struct LayerWeights: Sendable {
  /// β.
  public let weights: Parameter
  private let columns: Int

  /// Declares the weights in a scope; `rateFactor` multiplies their learning rate.
  public init(columns: Int, layers: Int, rateFactor: Double = 1, in scope: Scope) {
    self.columns = columns
    let piece = ParameterPiece(
      path: scope.named("weight"), shape: [columns, layers], offset: 0,
      strides: .init(first: layers, second: 1), initialiser: .constant(1 / Double(layers)))
    // Decayed weights would cut the columns' signal down to nothing.
    weights = scope.block(
      count: columns * layers, [piece], rateFactor: rateFactor, decays: false)
  }

  /// The combined layers, [B, K·H].
  public func callAsFunction(_ layers: [Variable]) -> Variable {
    layers[0].graph.layerMixture(of: layers, weights: weights, columns: columns)
  }
}
