import Tensors

/// The newest steps and what they did to the gradient: an inverse Hessian in O(capacity · n).
///
///     H = (I − ρ s yᵀ) H' (I − ρ y sᵀ) + ρ s sᵀ,  ρ = 1 / sᵀy,  oldest H' = γ · diag(1 / curvature)
final class CurvatureMemory {
  private let dimensions: Int
  private let capacity: Int
  private let steps: Storage<Double>
  private let changes: Storage<Double>
  private let inverseCurvature: Storage<Double>
  private let inverseProducts: Storage<Double>
  private let projections: Storage<Double>
  private var count = 0
  private var next = 0
  private var scale = 1.0

  /// Whether nothing is remembered.
  var isEmpty: Bool { count == 0 }

  init(dimensions: Int, capacity: Int, curvature: [Double]?) {
    precondition(capacity > 0, "lbfgs: history \(capacity), at least 1 is needed")
    self.dimensions = dimensions
    self.capacity = capacity
    steps = Storage(count: capacity * dimensions, filling: 0)
    changes = Storage(count: capacity * dimensions, filling: 0)
    inverseCurvature = Storage(count: dimensions, filling: 1)
    inverseProducts = Storage(count: capacity, filling: 0)
    projections = Storage(count: capacity, filling: 0)
    for (index, value) in (curvature ?? []).enumerated() { inverseCurvature[index] = 1 / value }
  }

  /// Forgets everything but the guessed curvature.
  func forget() {
    count = 0
    next = 0
    scale = 1
  }

  /// Remembers a step; one along which the gradient does not rise says nothing and is left out.
  func remember(
    from start: UnsafePointer<Double>, to end: UnsafePointer<Double>,
    gradients before: UnsafePointer<Double>, _ after: UnsafePointer<Double>
  ) {
    let step = steps.base + next * dimensions
    let change = changes.base + next * dimensions
    Vectors.sum(end, -1, start, into: step, dimensions)
    Vectors.sum(after, -1, before, into: change, dimensions)
    let product = Vectors.dot(step, change, dimensions)
    let length = Vectors.weightedSquare(change, inverseCurvature.base, dimensions)
    guard product > 1e-14 * length else { return }
    inverseProducts[next] = 1 / product
    scale = product / length
    next = (next + 1) % capacity
    count = min(count + 1, capacity)
  }

  /// The direction −H · gradient, by the two loops of Nocedal (1980).
  func direction(against gradient: UnsafePointer<Double>, into d: UnsafeMutablePointer<Double>) {
    for index in 0..<dimensions { d[index] = -gradient[index] }
    for age in 1...max(1, count) where age <= count {
      let place = (next - age + capacity) % capacity
      let step = steps.base + place * dimensions
      projections[place] = inverseProducts[place] * Vectors.dot(step, d, dimensions)
      Vectors.add(-projections[place], changes.base + place * dimensions, to: d, dimensions)
    }
    for index in 0..<dimensions { d[index] *= scale * inverseCurvature.base[index] }
    for age in (1...max(1, count)).reversed() where age <= count {
      let place = (next - age + capacity) % capacity
      let change = changes.base + place * dimensions
      let projection = inverseProducts[place] * Vectors.dot(change, d, dimensions)
      Vectors.add(
        projections[place] - projection, steps.base + place * dimensions, to: d, dimensions)
    }
  }
}
