public import Graph

/// A number from a row: every entry with a weight, every pair of entries with the product of their
/// factors; [B, n] to [B, 1], see ``FactorisationMachine``.
///
/// Named `bias` [1], `linear.weight` [1, n] and `factors` [n, k]. They start as 0, Glorot-uniform and
/// N(0, 0.1²).
public struct FactorWeights: Sendable {
  private let bias: Parameter
  private let weight: Parameter
  private let factors: Parameter
  private let count: Int

  /// What it learns but for the bias.
  public var weights: [Parameter] { [weight, factors] }

  /// Declares the weights in a scope.
  public init(_ inputs: Int, factors count: Int, in scope: Scope) {
    self.count = count
    bias = scope.vector("bias", 1, .zeros)
    weight = (scope / "linear").matrix("weight", inputs, 1, .glorotUniform)
    factors = scope.block(
      count: inputs * count,
      [
        ParameterPiece(
          path: scope.named("factors"), shape: [inputs, count], offset: 0,
          strides: .init(first: count, second: 1), initialiser: .normal(deviation: 0.1))
      ])
  }

  /// The number of every row.
  public func callAsFunction(_ x: Variable) -> Variable {
    x.factorisationMachine(bias: bias, weight: weight, factors: factors, factorCount: count)
  }
}
