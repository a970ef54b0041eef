public import Tensors

/// A small square matrix in double precision, row by row.
public struct SquareMatrix: Sendable, Hashable, ArchivedState {
  /// n.
  public private(set) var count: Int
  /// [n, n]; there may be room for more behind it.
  private var values: [Double]

  /// n × n zeros.
  public init(_ count: Int) {
    self.count = count
    values = Array(repeating: 0, count: count * count)
  }

  /// The n × n matrix of these numbers, row by row.
  public init(_ count: Int, _ values: [Double]) {
    precondition(values.count == count * count, "\(values.count) numbers for \(count) × \(count)")
    self.count = count
    self.values = values
  }

  /// An entry.
  public subscript(row: Int, column: Int) -> Double {
    get { values[row * count + column] }
    set { values[row * count + column] = newValue }
  }

  /// Visits the n × n numbers; the room behind them is nobody's.
  public mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    var numbers = Array(values.prefix(count * count))
    try archive.numbers("values", &numbers, count: count * count)
    for index in numbers.indices { values[index] = numbers[index] }
  }

  /// Makes it n × n zeros; nothing is allocated unless it was never as large.
  public mutating func resize(to count: Int) {
    self.count = count
    for index in 0..<min(values.count, count * count) { values[index] = 0 }
    while values.count < count * count { values.append(0) }
  }

  /// Makes it the identity of n rows.
  public mutating func setIdentity(_ count: Int) {
    resize(to: count)
    for index in 0..<count { self[index, index] = 1 }
  }

  /// Copies another without allocating, if that is no larger than this one ever was.
  public mutating func copy(_ other: SquareMatrix) {
    resize(to: other.count)
    for row in 0..<count {
      for column in 0..<count { self[row, column] = other[row, column] }
    }
  }

  /// The sum of the diagonal.
  public var trace: Double { (0..<count).reduce(0) { $0 + self[$1, $1] } }

  /// aᵀ·M·b.
  public func form(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for row in 0..<count { sum += a[row] * product(row, b) }
    return sum
  }

  /// (M·b)_row.
  public func product(_ row: Int, _ b: [Double]) -> Double {
    var sum = 0.0
    for column in 0..<count { sum += self[row, column] * b[column] }
    return sum
  }

  /// Two matrices of the same numbers are equal, whatever room is behind them.
  public static func == (left: SquareMatrix, right: SquareMatrix) -> Bool {
    let size = left.count * left.count
    return left.count == right.count && left.values.prefix(size) == right.values.prefix(size)
  }

  /// Hashes its numbers.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    hasher.combine(Array(values.prefix(count * count)))
  }
}
