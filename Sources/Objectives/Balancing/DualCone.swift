/// The projection of Σ_k u_k·g_k on the cone of directions that conflict with no task, by weights.
///
///     v = argmin_{v ≥ u} vᵀHv,   H = M/tr M + ε·1
///
/// M is the Gram matrix. Without ε the result's direction d has d·g_i ≥ 0 for all i. With ε it is unique
/// where gradients are parallel, but ε counts beside the *longest* gradient: against a task whose
/// gradient is ten times shorter d may point, and the more so the shorter it is.
struct DualCone {
  /// ε.
  let regularisation: Double

  /// H of a Gram matrix; ε·1 if that is zero.
  func fill(_ gram: SquareMatrix, into matrix: inout SquareMatrix) {
    let trace = gram.trace
    matrix.resize(to: gram.count)
    for row in 0..<gram.count {
      for column in 0..<gram.count {
        matrix[row, column] = trace > 0 ? gram[row, column] / trace : 0
      }
      matrix[row, row] += regularisation
    }
  }
}
