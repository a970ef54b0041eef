/// A convex function of a few numbers with its derivatives.
public protocol ConvexObjective {
  /// f(v).
  func value(_ point: [Double]) -> Double
  /// ∇f(v), [n].
  func gradient(_ point: [Double], into gradient: inout [Double])
  /// ∇²f(v), [n, n].
  func hessian(_ point: [Double], into hessian: inout SquareMatrix)
}

/// The minimum of a convex function above lower bounds, on the simplex if the sum is kept.
///
///     min f(v)   v_i ≥ u_i   (Σ_i v_i as at the start)
///
/// A primal active-set method: Newton's steps within the face of the bounds that hold with equality,
/// shortened to the next bound, which then holds too; at the minimum of a face the bound with the most
/// negative multiplier is let go. For a quadratic f it ends exactly after finitely many steps. Where
/// the Hessian is singular the shortest Newton step counts, so that parallel gradients share.
public struct BoundedMinimum: Sendable, Hashable {
  /// v, [n].
  public private(set) var point: [Double]
  private var isHeld: [Bool]
  private var free: [Int]
  private var gradient: [Double]
  private var step: [Double]
  private var trial: [Double]
  private var reduced: [Double]
  private var scale: [Double]
  private var hessian: SquareMatrix
  private var face: SquareMatrix
  private var eigen: SymmetricEigen

  /// Room for so many numbers.
  public init(_ count: Int) {
    point = Array(repeating: 0, count: count)
    (gradient, step, trial, reduced, scale) = (point, point, point, point, point)
    isHeld = Array(repeating: false, count: count)
    free = Array(0..<count)
    hessian = SquareMatrix(count)
    face = hessian
    eigen = SymmetricEigen(count)
  }

  /// Minimises on the simplex v ≥ 0, Σv = 1, from the middle.
  public mutating func minimiseOnSimplex(_ f: some ConvexObjective, count: Int) {
    for index in 0..<count { (point[index], trial[index]) = (1 / Double(count), 0) }
    minimise(f, count: count, keepsSum: true) { _ in 0 }
  }

  /// Minimises above bounds u, from there.
  public mutating func minimise(_ f: some ConvexObjective, above bounds: [Double], count: Int) {
    for index in 0..<count { point[index] = bounds[index] }
    minimise(f, count: count, keepsSum: false) { bounds[$0] }
  }

  /// Minimises without bounds, from a point where the value is finite.
  public mutating func minimise(_ f: some ConvexObjective, from start: [Double], count: Int) {
    for index in 0..<count { point[index] = start[index] }
    minimise(f, count: count, keepsSum: false) { _ in -.infinity }
  }

  private mutating func minimise(
    _ f: some ConvexObjective, count: Int, keepsSum: Bool, bound: (Int) -> Double
  ) {
    for index in 0..<count { isHeld[index] = point[index] <= bound(index) }
    let start = abs(f.value(point))
    for _ in 0..<(200 * count) {
      prepare(f, count: count, keepsSum: keepsSum)
      let value = f.value(point)
      let decrement = -(0..<count).reduce(0) { $0 + gradient[$1] * step[$1] }
      let isBlocked = advance(
        f, from: value, searches: decrement > 1e-9 * abs(value), count: count, bound: bound)
      if isBlocked || decrement > 1e-15 * (abs(value) + 1e-6 * start) { continue }
      f.gradient(point, into: &gradient)
      if !release(count, keepsSum: keepsSum) { return }
    }
  }

  /// Works out Newton's step within the face.
  private mutating func prepare(_ f: some ConvexObjective, count: Int, keepsSum: Bool) {
    f.gradient(point, into: &gradient)
    hessian.resize(to: count)
    f.hessian(point, into: &hessian)
    free.removeAll(keepingCapacity: true)
    for index in 0..<count {
      step[index] = 0
      if !isHeld[index] { free.append(index) }
    }
    // Moving one number against the last free one keeps the sum.
    let size = keepsSum ? max(0, free.count - 1) : free.count
    guard size > 0 else { return }
    let last = keepsSum ? free.last : nil
    face.resize(to: size)
    for row in 0..<size {
      let i = free[row]
      trial[row] = (last.map { gradient[$0] } ?? 0) - gradient[i]
      for column in 0..<size {
        let j = free[column]
        face[row, column] =
          hessian[i, j]
          + (last.map { hessian[$0, $0] - hessian[i, $0] - hessian[$0, j] } ?? 0)
      }
    }
    solve(size)
    for row in 0..<size {
      step[free[row]] += reduced[row]
      if let last { step[last] -= reduced[row] }
    }
  }

  /// Solves the face's system, scaled to a diagonal of 1, so that long and short gradients count alike.
  private mutating func solve(_ size: Int) {
    for row in 0..<size {
      let diagonal = face[row, row]
      scale[row] = diagonal > 0 ? 1 / diagonal.squareRoot() : 1
      trial[row] *= scale[row]
    }
    for row in 0..<size {
      for column in 0..<size { face[row, column] *= scale[row] * scale[column] }
    }
    eigen.decompose(face)
    eigen.solve(trial, into: &reduced)
    for row in 0..<size { reduced[row] *= scale[row] }
  }

  /// Goes along the step, as far as the bounds allow and the value falls; true if a bound was met.
  private mutating func advance(
    _ f: some ConvexObjective, from value: Double, searches: Bool, count: Int,
    bound: (Int) -> Double
  ) -> Bool {
    var length = 1.0
    var blocker: Int?
    for index in free where step[index] < 0 {
      let room = (bound(index) - point[index]) / step[index]
      if room < length { (length, blocker) = (max(0, room), index) }
    }
    var halvings = 0
    while true {
      for index in 0..<count { trial[index] = point[index] + length * step[index] }
      let reached = f.value(trial)
      let isLower = searches ? reached <= value + 1e-13 * abs(value) : reached.isFinite
      if isLower || halvings == 60 { break }
      halvings += 1
      length /= 2
      blocker = nil
    }
    for index in 0..<count { point[index] = max(bound(index), trial[index]) }
    guard let blocker else { return false }
    point[blocker] = bound(blocker)
    isHeld[blocker] = true
    return true
  }

  /// Lets the bound go along which the function falls most; false if it falls along none.
  private mutating func release(_ count: Int, keepsSum: Bool) -> Bool {
    var size = 0.0
    for index in 0..<count { size = max(size, abs(gradient[index])) }
    let level = keepsSum ? (free.first.map { gradient[$0] } ?? 0) : 0
    var (least, best) = (-1e-12 * size, -1)
    for index in 0..<count where isHeld[index] && gradient[index] - level < least {
      (least, best) = (gradient[index] - level, index)
    }
    guard best >= 0 else { return false }
    isHeld[best] = false
    return true
  }
}
