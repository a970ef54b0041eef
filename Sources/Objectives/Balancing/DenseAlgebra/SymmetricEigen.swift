/// The eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's rotations.
///
///     A = V·Λ·Vᵀ
///
/// Each rotation makes one entry off the diagonal 0; sweeps over all of them end when what is left is
/// below the rounding of the diagonal. Small eigenvalues of scaled matrices are as exact as large
/// ones (Demmel, Veselić 1992. doi:10.1137/0613074).
public struct SymmetricEigen: Sendable, Hashable {
  /// λ, in no order, [n].
  public private(set) var values: [Double]
  /// V: the eigenvectors are its columns, [n, n].
  public private(set) var vectors: SquareMatrix
  private var work: SquareMatrix

  /// Room for so many rows.
  public init(_ count: Int) {
    values = Array(repeating: 0, count: count)
    vectors = SquareMatrix(count)
    work = vectors
  }

  /// Sweeps at most; five or six are usual.
  private static let mostSweeps = 60

  /// Takes a matrix apart; only what lies on and above the diagonal is read.
  public mutating func decompose(_ matrix: SquareMatrix) {
    let count = matrix.count
    work.copy(matrix)
    vectors.setIdentity(count)
    for _ in 0..<Self.mostSweeps {
      var rotated = false
      for row in 0..<count {
        for column in (row + 1)..<max(count, row + 1) where rotate(row, column) { rotated = true }
      }
      if !rotated { break }
    }
    values.removeAll(keepingCapacity: true)
    for index in 0..<count { values.append(work[index, index]) }
  }

  /// Makes an entry 0; false if it is nothing beside the diagonal.
  private mutating func rotate(_ p: Int, _ q: Int) -> Bool {
    let entry = work[p, q]
    let size = (abs(work[p, p]) * abs(work[q, q])).squareRoot()
    guard abs(entry) > 1e-17 * size, abs(entry) > .leastNormalMagnitude else { return false }
    let ratio = (work[q, q] - work[p, p]) / (2 * entry)
    let tangent = (ratio < 0 ? -1 : 1) / (abs(ratio) + (1 + ratio * ratio).squareRoot())
    let cosine = 1 / (1 + tangent * tangent).squareRoot()
    let sine = tangent * cosine
    // Where the rotation changes nothing, the diagonal has swallowed the entry.
    let changes =
      work[p, p] - tangent * entry != work[p, p] || work[q, q] + tangent * entry != work[q, q]
    work[p, p] -= tangent * entry
    work[q, q] += tangent * entry
    work[p, q] = 0
    for index in 0..<work.count where index != p && index != q {
      turn(index, p, index, q, cosine, sine)
    }
    for index in 0..<work.count {
      let (a, b) = (vectors[index, p], vectors[index, q])
      vectors[index, p] = cosine * a - sine * b
      vectors[index, q] = sine * a + cosine * b
    }
    return changes
  }

  /// Turns two entries of one row, of which only those above the diagonal are kept.
  private mutating func turn(
    _ row: Int, _ p: Int, _ other: Int, _ q: Int, _ cosine: Double, _ sine: Double
  ) {
    let (a, b) = (work[min(row, p), max(row, p)], work[min(other, q), max(other, q)])
    work[min(row, p), max(row, p)] = cosine * a - sine * b
    work[min(other, q), max(other, q)] = sine * a + cosine * b
  }
}

extension SymmetricEigen {
  /// Up to where an eigenvalue counts as 0: λ_max·n·ε.
  public var threshold: Double {
    let largest = values.reduce(0) { max($0, abs($1)) }
    return largest * Double(values.count) * .ulpOfOne
  }

  /// A⁺·b of the matrix that was taken apart, its pseudo-inverse times a vector, into another vector.
  public func solve(_ b: [Double], into x: inout [Double]) {
    let least = threshold
    for row in 0..<values.count { x[row] = 0 }
    for index in 0..<values.count where abs(values[index]) > least {
      var part = 0.0
      for row in 0..<values.count { part += vectors[row, index] * b[row] }
      part /= values[index]
      for row in 0..<values.count { x[row] += part * vectors[row, index] }
    }
  }
}
