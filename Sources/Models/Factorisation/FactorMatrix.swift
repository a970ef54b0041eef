/// A row of factors for each user, item or word, in double precision.
public struct FactorMatrix: Sendable, Equatable {
  /// Rows.
  public let rows: Int
  /// Factors of a row.
  public let width: Int
  /// The factors, row after row: [rows · width].
  public var values: [Double]

  /// Takes rows · width numbers.
  public init(rows: Int, width: Int, values: [Double]) {
    precondition(values.count == rows * width, "\(values.count) numbers for [\(rows), \(width)]")
    (self.rows, self.width, self.values) = (rows, width, values)
  }

  /// The inner product of a row with a row of another matrix of this width.
  public func dot(_ row: Int, _ other: FactorMatrix, _ otherRow: Int) -> Double {
    var sum = 0.0
    for k in 0..<width { sum += values[row * width + k] * other.values[otherRow * width + k] }
    return sum
  }

  /// Σ(θ − θ̃)² over all factors.
  func squaredDistance(to other: FactorMatrix) -> Double {
    zip(values, other.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}
