public import Graph

/// Groups of numbers brought to mean 0 and variance 1, then scaled and shifted; [B, G·n] to itself.
///
/// The scale starts at 1, the shift at 0. Named `weight` and `bias`, [n].
public struct LayerNormalisation: Sendable {
  private let weight: Parameter
  private let bias: Parameter
  /// n.
  public let width: Int

  /// Declares the scale and the shift of n numbers in a scope.
  public init(_ width: Int, in scope: Scope) {
    self.width = width
    weight = scope.vector("weight", width, .constant(1))
    bias = scope.vector("bias", width, .zeros)
  }

  /// The normalised groups.
  public func callAsFunction(_ x: Variable) -> Variable {
    x.layerNorm(weight, bias, groupsOf: width)
  }
}
