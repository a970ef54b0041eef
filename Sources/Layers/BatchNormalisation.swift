public import Graph

/// Columns brought to mean 0 and variance 1 over the rows of a batch, then scaled and shifted.
///
/// [B, n] to itself; answers use running means of both. The scale starts at 1, the shift at 0, the running mean at 0 and the running variance at 1; both
/// follow a batch by a tenth. Named `weight`, `bias`, `running_mean` and `running_var`, [n].
public struct BatchNormalisation: Sendable {
  private let weight: Parameter
  private let bias: Parameter
  private let mean: Parameter
  private let variance: Parameter
  private let columns: Int

  /// The share of a batch in the running numbers.
  public static let rate = 0.1

  /// Declares the numbers of n columns in a scope.
  public init(_ width: Int, in scope: Scope) {
    columns = width
    weight = scope.vector("weight", width, .constant(1))
    bias = scope.vector("bias", width, .zeros)
    mean = scope.average("running_mean", count: width, 0, rate: Self.rate)
    variance = scope.average("running_var", count: width, 1, rate: Self.rate)
  }

  /// The normalised columns.
  public func callAsFunction(_ x: Variable, _ pass: Forward) -> Variable {
    x.batchNorm(
      BatchNorm(
        weight: weight, bias: bias, mean: mean, variance: variance, columns: columns,
        isTraining: pass.isTraining))
  }
}
