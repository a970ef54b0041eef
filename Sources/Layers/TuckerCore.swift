public import Graph

/// The core of Tucker's product of three rows of factors.
///
///     x = Σ_abc G_abc x_a y_b z_c        x [B, a], y [B, b], z [B, c] → [B, 1]
///
/// A core whose numbers are 1 on the diagonal and 0 elsewhere makes it the product of CP.
public struct TuckerCore: Sendable {
  /// G, named as [a, b, c].
  public let core: Parameter
  let extents: (Int, Int, Int)

  /// Declares a core in a scope.
  public init(
    _ name: String, _ first: Int, _ second: Int, _ third: Int, start: Initialiser, in scope: Scope
  ) {
    extents = (first, second, third)
    let piece = ParameterPiece(
      path: scope.named(name), shape: [first, second, third], offset: 0,
      strides: .init(first: second * third, second: 1), initialiser: start)
    core = scope.block(count: first * second * third, [piece])
  }

  /// Σ_a G_abc x_a: what a row is to all pairs of the other two, [B, b·c].
  public func pairs(of x: Variable) -> Variable {
    x.linear(core, bias: nil, inputs: extents.0, outputs: extents.1 * extents.2)
  }

  /// The product.
  public func callAsFunction(_ x: Variable, _ y: Variable, _ z: Variable) -> Variable {
    pairs(of: x).mixture(y).dot(z)
  }
}
