/// Rows of coefficients K: g'_i = Σ_j K_ij·g_j, seen through the Gram matrix of the g_j.
extension SquareMatrix {
  /// g'_i·g_j.
  func row(_ i: Int, times gram: SquareMatrix, _ j: Int) -> Double {
    var sum = 0.0
    for index in 0..<count { sum += self[i, index] * gram[index, j] }
    return sum
  }

  /// ‖g'_i‖.
  func length(ofRow i: Int, in gram: SquareMatrix) -> Double {
    var sum = 0.0
    for index in 0..<count { sum += row(i, times: gram, index) * self[i, index] }
    return max(0, sum).squareRoot()
  }

  /// The weights of Σ_i g'_i, or of `factor` times it: sums of columns.
  func addColumns(into weights: inout [Double], times factor: Double = 1) {
    for column in 0..<count {
      var sum = 0.0
      for row in 0..<count { sum += self[row, column] }
      weights[column] = factor * sum
    }
  }
}
