import Tensors

/// Matrix factorisation with priors for users and items, solved side by side in closed form.
///
///     L = ½ Σ (r − U_u·V_i)² + ½ λ_U ‖U − Ũ‖² + ½ λ_V ‖V − Ṽ‖²
///     U_u = (Σ V_i V_iᵀ + λ_U 1)⁻¹ (Σ r V_i + λ_U Ũ_u)      sums over the ratings of u; V alike
///
/// The rating step of "Why I like it" (doi 10.1145/3240323.3240365), whose priors are what reviews say;
/// with priors of 0 it is probabilistic matrix factorisation. A sweep never raises L.
public struct AlternatingLeastSquares: Sendable {
  /// A user's rating of an item.
  public struct Rating: Sendable, Hashable {
    let user: Int
    let item: Int
    let value: Double

    /// Names a user, an item and what the one gave the other.
    public init(user: Int, item: Int, value: Double) {
      (self.user, self.item, self.value) = (user, item, value)
    }
  }

  private let ratings: [Rating]
  private let byUser: RatingLists
  private let byItem: RatingLists
  /// How strongly users and items are drawn to their priors, above 0.
  private let strengths: (user: Double, item: Double)

  /// Sorts ratings by user and by item; two of the same pair count as two.
  public init(
    _ ratings: [Rating], users: Int, items: Int, userStrength: Double, itemStrength: Double
  ) {
    precondition(userStrength > 0 && itemStrength > 0, "without priors a row may have no solution")
    self.ratings = ratings
    strengths = (userStrength, itemStrength)
    byUser = RatingLists(rows: users, ratings.map { ($0.user, $0.item, $0.value) })
    byItem = RatingLists(rows: items, ratings.map { ($0.item, $0.user, $0.value) })
  }

  /// Solves for all users, then for all items with the new users.
  ///
  /// The same bits on any number of threads: a row's sums are taken in the order of its ratings.
  public func sweep(
    users: inout FactorMatrix, items: inout FactorMatrix, priors: (FactorMatrix, FactorMatrix),
    pool: WorkerPool
  ) {
    users = solved(byUser, against: items, prior: priors.0, strength: strengths.user, pool)
    items = solved(byItem, against: users, prior: priors.1, strength: strengths.item, pool)
  }

  /// L of these factors.
  public func loss(
    users: FactorMatrix, items: FactorMatrix, priors: (FactorMatrix, FactorMatrix)
  ) -> Double {
    let errors = ratings.reduce(0) { sum, rating in
      let error = rating.value - users.dot(rating.user, items, rating.item)
      return sum + error * error
    }
    return 0.5
      * (errors + strengths.user * users.squaredDistance(to: priors.0)
        + strengths.item * items.squaredDistance(to: priors.1))
  }

  private func solved(
    _ lists: RatingLists, against others: FactorMatrix, prior: FactorMatrix, strength: Double,
    _ pool: WorkerPool
  ) -> FactorMatrix {
    let solution = Storage(prior.values)
    let loop = ParallelLoop(
      RowSolutions(lists: lists, others: others, strength: strength, solution: solution))
    let chunks = (prior.rows + RowSolutions.chunk - 1) / RowSolutions.chunk
    if chunks > 0 { pool.run(loop, chunks: chunks) }
    return FactorMatrix(rows: prior.rows, width: prior.width, values: solution.array)
  }
}

/// The ratings of each row, one row after another.
private struct RatingLists: Sendable {
  /// Where a row's ratings begin; one more at the end.
  let starts: [Int]
  /// The other side of each rating.
  let others: [Int]
  let values: [Double]

  init(rows: Int, _ ratings: [(row: Int, other: Int, value: Double)]) {
    var starts = [Int](repeating: 0, count: rows + 1)
    for rating in ratings { starts[rating.row + 1] += 1 }
    for row in 0..<rows { starts[row + 1] += starts[row] }
    var next = starts
    var others = [Int](repeating: 0, count: ratings.count)
    var values = [Double](repeating: 0, count: ratings.count)
    for rating in ratings {
      others[next[rating.row]] = rating.other
      values[next[rating.row]] = rating.value
      next[rating.row] += 1
    }
    (self.starts, self.others, self.values) = (starts, others, values)
  }
}

/// Solves the rows of one side, each from its own ratings; the solution holds the priors before.
private struct RowSolutions: ParallelBody {
  let lists: RatingLists
  let others: FactorMatrix
  let strength: Double
  let solution: Storage<Double>

  /// Rows that a thread solves at once.
  static let chunk = 32

  func run(chunk: Int, thread: Int) {
    let first = chunk * Self.chunk
    let last = min(first + Self.chunk, lists.starts.count - 1)
    var system = NormalEquations(width: others.width)
    for row in first..<last { solve(row, &system) }
  }

  private func solve(_ row: Int, _ system: inout NormalEquations) {
    let width = others.width
    let prior = UnsafeMutableBufferPointer(start: solution.base + row * width, count: width)
    system.begin(strength: strength, prior: prior)
    for rating in lists.starts[row]..<lists.starts[row + 1] {
      system.add(others.values, at: lists.others[rating] * width, target: lists.values[rating])
    }
    system.solve(into: prior)
  }
}

/// (Σ v vᵀ + λ 1) x = Σ r v + λ p, solved by Cholesky's decomposition.
private struct NormalEquations {
  let width: Int
  /// The lower triangle of the matrix, row after row; then that of its root.
  private var matrix: [Double]
  private var right: [Double]

  init(width: Int) {
    self.width = width
    matrix = [Double](repeating: 0, count: width * width)
    right = [Double](repeating: 0, count: width)
  }

  mutating func begin(strength: Double, prior: UnsafeMutableBufferPointer<Double>) {
    for i in 0..<width {
      for j in 0..<i { matrix[i * width + j] = 0 }
      matrix[i * width + i] = strength
      right[i] = strength * prior[i]
    }
  }

  mutating func add(_ values: [Double], at first: Int, target: Double) {
    for i in 0..<width {
      let factor = values[first + i]
      for j in 0...i { matrix[i * width + j] += factor * values[first + j] }
      right[i] += target * factor
    }
  }

  /// The matrix is positive definite, as λ is above 0.
  mutating func solve(into solution: UnsafeMutableBufferPointer<Double>) {
    for i in 0..<width {
      for j in 0...i {
        var sum = matrix[i * width + j]
        for k in 0..<j { sum -= matrix[i * width + k] * matrix[j * width + k] }
        matrix[i * width + j] = i == j ? sum.squareRoot() : sum / matrix[j * width + j]
      }
    }
    for i in 0..<width {
      var sum = right[i]
      for k in 0..<i { sum -= matrix[i * width + k] * right[k] }
      right[i] = sum / matrix[i * width + i]
    }
    for i in (0..<width).reversed() {
      var sum = right[i]
      for k in (i + 1)..<width { sum -= matrix[k * width + i] * right[k] }
      right[i] = sum / matrix[i * width + i]
    }
    for i in 0..<width { solution[i] = right[i] }
  }
}
