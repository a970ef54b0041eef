public import Graph

/// A trained combination of K columns behind one layer; see ``Stitch``.
///
/// Starts with `own` on the diagonal and (1 − own) shared evenly by the others. Named `weight`,
/// [K, K], or [H, K, K] by unit.
public struct StitchUnit: Sendable {
  /// A.
  public let matrix: Parameter
  private let columns: Int
  private let isPerUnit: Bool

  /// Declares the matrix in a scope.
  ///
  /// - Parameters:
  ///   - columns: K.
  ///   - width: H, units of one column.
  ///   - isPerUnit: whether every unit has a matrix of its own.
  ///   - own: what a column keeps of itself at the start.
  ///   - rateFactor: what the learning rate is multiplied by for the matrix.
  ///   - scope: where the parameter belongs.
  public init(
    columns: Int, width: Int, isPerUnit: Bool, own: Double, rateFactor: Double = 1, in scope: Scope
  ) {
    self.columns = columns
    self.isPerUnit = isPerUnit
    let units = isPerUnit ? width : 1
    let piece = ParameterPiece(
      path: scope.named("weight"),
      shape: isPerUnit ? [width, columns, columns] : [columns, columns], offset: 0,
      strides: isPerUnit ? .init(first: 1, second: width) : .init(first: columns, second: 1),
      initialiser: .stitch(columns: columns, own: own))
    // A decayed stitch would cut the columns' signal down to nothing.
    matrix = scope.block(
      count: units * columns * columns, [piece], rateFactor: rateFactor, decays: false)
  }

  /// The combined columns, [B, K·H].
  public func callAsFunction(_ x: Variable) -> Variable {
    x.stitched(matrix, columns: columns, isPerUnit: isPerUnit)
  }
}
