/// The inner products of the tasks' gradients, T × T: all that says how the tasks get along.
///
///     M_ij = g_i · g_j,   |g_i| = √M_ii,   cos(i, j) = M_ij / (|g_i| |g_j|)
public struct GramMatrix: Sendable, Equatable {
  /// T.
  public let count: Int
  /// M, row after row.
  public private(set) var products: [Double]

  /// A matrix of known products, row after row.
  public init(_ products: [Double], count: Int) {
    precondition(products.count == count * count, "\(products.count) products of \(count) tasks")
    self.count = count
    self.products = products
  }

  /// A matrix of zeros, to add to.
  public init(count: Int) { self.init([Double](repeating: 0, count: count * count), count: count) }

  /// g_i · g_j.
  public subscript(i: Int, j: Int) -> Double {
    get { products[i * count + j] }
    set { products[i * count + j] = newValue }
  }

  /// Adds the products over other parameters: the matrix of both together is the sum.
  public static func += (a: inout Self, b: Self) {
    for index in a.products.indices { a.products[index] += b.products[index] }
  }

  /// |g_i|.
  public func norm(_ i: Int) -> Double { max(0, self[i, i]).squareRoot() }

  /// cos(g_i, g_j); NaN where one of them is 0.
  public func cosine(_ i: Int, _ j: Int) -> Double {
    let lengths = norm(i) * norm(j)
    guard lengths > 0 else { return .nan }
    return i == j ? 1 : max(-1, min(1, self[i, j] / lengths))
  }

  /// Two different tasks, the earlier one first.
  public struct Pair: Sendable, Hashable {
    /// The earlier task.
    public var first: Int
    /// The later task.
    public var second: Int

    /// Names two tasks.
    public init(_ first: Int, _ second: Int) {
      self.first = first
      self.second = second
    }
  }

  /// All pairs of tasks that both have a gradient, row after row.
  public var pairs: [Pair] {
    (0..<count).flatMap { i in
      ((i + 1)..<max(count, i + 1)).map { Pair(i, $0) }
    }.filter { !cosine($0.first, $0.second).isNaN }
  }

  /// The pairs that pull against each other: cos < 0.
  public var conflicts: [Pair] { pairs.filter { self[$0.first, $0.second] < 0 } }

  /// The share of the pairs that pull against each other; NaN without a pair.
  public var conflictRate: Double {
    let pairs = pairs
    guard !pairs.isEmpty else { return .nan }
    return Double(pairs.count { self[$0.first, $0.second] < 0 }) / Double(pairs.count)
  }

  /// The pair with the smallest cosine; nil without a pair.
  public var worstPair: Pair? {
    pairs.min { cosine($0.first, $0.second) < cosine($1.first, $1.second) }
  }

  /// How much a plain step of one task along its own gradient takes off every task's loss.
  ///
  /// As a share of the loss of j that a step of i takes off, to first order:
  ///
  ///     Z_{i→j} = η · M_ij / L_j
  ///
  /// Below 0 the step of i raises the loss of j. Task affinity of Fifty et al. "Efficiently
  /// Identifying Task Groupings for Multi-Task Learning." NeurIPS 2021, arXiv:2109.04617, without the
  /// second look at the losses: the error falls with η².
  ///
  /// - Parameters:
  ///   - losses: L, by task.
  ///   - rate: η.
  /// - Returns: T × T, row i is who moves; NaN where L_j is not above 0.
  public func affinities(losses: [Double], rate: Double) -> [Double] {
    (0..<count).flatMap { i in
      (0..<count).map { j in losses[j] > 0 ? rate * self[i, j] / losses[j] : .nan }
    }
  }
}
