internal import CKernels

/// Every column's units as a combination of all columns' units.
///
///     y_k = Σ_j A[k, j] · x_j                  x, y [B, K·H], A [K, K]
///     y_kh = Σ_j A[k, j, h] · x_jh             by unit: A [K, K, H]
///     dx_j = Σ_k A[k, j] · dy_k,  dA[k, j] = Σ_i ⟨dy_ik, x_ij⟩
///
/// Misra, Shrivastava, Gupta, Hebert "Cross-Stitch Networks for Multi-task Learning." CVPR 2016.
/// doi:10.1109/CVPR.2016.433
public struct Stitch: Operation {
  /// A.
  public let matrix: Parameter
  /// K.
  public let columns: Int
  /// H, the units of a column.
  public let units: Int
  /// Whether every unit has a matrix of its own.
  public let isPerUnit: Bool

  /// A stitch of K columns of H units.
  public init(matrix: Parameter, columns: Int, units: Int, isPerUnit: Bool) {
    self.matrix = matrix
    self.columns = columns
    self.units = units
    self.isPerUnit = isPerUnit
  }

  /// The name in profiles and messages.
  public var name: String { "stitch" }
  /// The columns.
  public var keeps: Keeps { .inputs }
  /// A.
  public var parameters: [Parameter] { [matrix] }
  /// K·H, as wide as the input.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs[0] == columns * units,
      "stitch: [B, \(inputs[0])] is not \(columns) columns of \(units)")
    return inputs[0]
  }
  /// K²·H.
  public func multiplyAdds(inputs: [Int]) -> Int { columns * inputs[0] }

  /// Combines the columns.
  public func forward(_ call: Call) {
    let x = call.input(0)
    let y = call.output
    ck_stitch(
      Int64(call.rows), Int64(columns), Int64(units), call.value(0), isPerUnit ? 1 : 0, x.base,
      Int64(x.stride), y.base, Int64(y.stride))
  }

  /// Adds to the gradients of A and of the columns.
  public func backward(_ call: Call) { backward(call, into: call.gradient(0)) }

  private func backward(_ call: Call, into matrix: UnsafeMutablePointer<Float>?) {
    let (x, dy) = (call.input(0), call.outputGradient)
    let dx = call.inputGradient(0)
    ck_stitch_backward(
      Int64(call.rows), Int64(columns), Int64(units), call.value(0), isPerUnit ? 1 : 0, x.base,
      Int64(x.stride), dy.base, Int64(dy.stride), dx?.base, Int64(dx?.stride ?? 0),
      dx?.accumulates == true ? 1 : 0, matrix, call.accumulatesParameters ? 1 : 0)
  }
}

/// The gradient of A in tiles, each one row of A: dA[k, ·].
extension Stitch: TiledGradient {
  /// K.
  public var tiles: Int { columns }
  /// K, or K·H by unit.
  public func floats(ofTile tile: Int) -> Int { columns * (isPerUnit ? units : 1) }
  /// None.
  public func tileScratch(rows: Int) -> Int { 0 }
  /// Adds to the gradients of the columns.
  public func backwardInputs(_ call: Call) { backward(call, into: nil) }
  /// Σ_i dy_ik ∘ x_ij of a block for all j.
  public func backwardTile(_ tile: Int, _ call: Call, into target: UnsafeMutablePointer<Float>) {
    let (x, dy) = (call.input(0), call.outputGradient)
    ck_stitch_weights(
      Int64(call.rows), Int64(columns), Int64(units), isPerUnit ? 1 : 0, x.base, Int64(x.stride),
      dy.base + tile * units, Int64(dy.stride), target, call.accumulatesParameters ? 1 : 0)
  }
  /// Copies a row of A's gradient.
  public func storeTile(_ tile: Int, _ call: Call, from source: UnsafePointer<Float>) {
    let count = floats(ofTile: tile)
    (call.gradient(0) + tile * count).update(from: source, count: count)
  }
}

extension Variable {
  /// Combinations of K equal columns; see ``Stitch``.
  public func stitched(_ matrix: Parameter, columns: Int, isPerUnit: Bool) -> Variable {
    graph.record(
      Stitch(matrix: matrix, columns: columns, units: width / columns, isPerUnit: isPerUnit), [self]
    )
  }
}
