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
  /// Whether every unit has a matrix of its own.
  public let isPerUnit: Bool

  /// A stitch of K columns.
  public init(matrix: Parameter, columns: Int, isPerUnit: Bool) {
    self.matrix = matrix
    self.columns = columns
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
      inputs[0] % columns == 0, "stitch: [B, \(inputs[0])] is not \(columns) equal columns")
    return inputs[0]
  }
  /// K²·H.
  public func multiplyAdds(inputs: [Int]) -> Int { columns * inputs[0] }

  /// Combines the columns.
  public func forward(_ call: Call) {
    let x = call.input(0)
    let y = call.output
    ck_stitch(
      Int64(call.rows), Int64(columns), Int64(call.outputWidth / columns), call.value(0),
      isPerUnit ? 1 : 0, x.base, Int64(x.stride), y.base, Int64(y.stride))
  }

  /// Adds to the gradients of A and of the columns.
  public func backward(_ call: Call) {
    let x = call.input(0)
    let dy = call.outputGradient
    let dx = call.inputGradient(0)
    ck_stitch_backward(
      Int64(call.rows), Int64(columns), Int64(call.outputWidth / columns), call.value(0),
      isPerUnit ? 1 : 0, x.base, Int64(x.stride), dy.base, Int64(dy.stride), dx?.base,
      Int64(dx?.stride ?? 0), dx?.accumulates == true ? 1 : 0, call.gradient(0),
      call.accumulatesParameters ? 1 : 0)
  }
}

extension Variable {
  /// Combinations of K equal columns; see ``Stitch``.
  public func stitched(_ matrix: Parameter, columns: Int, isPerUnit: Bool) -> Variable {
    graph.record(Stitch(matrix: matrix, columns: columns, isPerUnit: isPerUnit), [self])
  }
}
