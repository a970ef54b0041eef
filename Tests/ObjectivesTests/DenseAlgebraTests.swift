import Tensors
import Testing

@testable import Objectives

/// Eigenvalues, pseudo-inverses and minima between bounds, by what they must satisfy.
@Suite struct DenseAlgebraTests {
  /// A drawn symmetric matrix of some rank.
  private func matrix(_ seed: UInt64, _ count: Int, rank: Int) -> SquareMatrix {
    let problem = BalancerProblem(seed: seed, tasks: count, ratio: 0.5)
    var matrix = SquareMatrix(count)
    for i in 0..<count {
      for j in 0..<count {
        matrix[i, j] = (0..<rank).reduce(0) {
          $0 + problem.gradients[i][$1] * problem.gradients[j][$1]
        }
      }
    }
    return matrix
  }

  @Test(arguments: 1...7) func eigenvectorsTakeTheMatrixApart(_ count: Int) {
    for seed in 0..<8 as Range<UInt64> {
      let matrix = matrix(seed, count, rank: max(1, count - Int(seed % 2)))
      var eigen = SymmetricEigen(count)
      eigen.decompose(matrix)
      for i in 0..<count {
        for j in 0..<count {
          let whole = (0..<count).reduce(0) {
            $0 + eigen.values[$1] * eigen.vectors[i, $1] * eigen.vectors[j, $1]
          }
          #expect(abs(whole - matrix[i, j]) < 1e-12 * matrix.trace, "seed \(seed)")
          let product = (0..<count).reduce(0) {
            $0 + eigen.vectors[$1, i] * eigen.vectors[$1, j]
          }
          #expect(abs(product - (i == j ? 1 : 0)) < 1e-13, "seed \(seed)")
        }
      }
      // A·A⁺·A·x = A·x, whatever the rank.
      let x = (0..<count).map { Double($0) - 1.5 }
      let image = (0..<count).map { matrix.product($0, x) }
      var solved = x
      eigen.solve(image, into: &solved)
      #expect(agree((0..<count).map { matrix.product($0, solved) }, image, within: 1e-9))
    }
  }

  @Test(arguments: 1...7) func minimaOnTheSimplexSatisfyTheirConditions(_ count: Int) {
    for seed in 0..<20 as Range<UInt64> {
      let objective = HalfSquare(matrix: matrix(seed, count, rank: 9))
      var minimum = BoundedMinimum(count)
      minimum.minimiseOnSimplex(objective, count: count)
      let point = minimum.point
      var gradient = point
      objective.gradient(point, into: &gradient)
      let level = dot(gradient, point)
      #expect(point.allSatisfy { $0 >= 0 } && abs(point.reduce(0, +) - 1) < 1e-12)
      for (slope, weight) in zip(gradient, point) {
        #expect(slope >= level * (1 - 1e-9), "seed \(seed)")
        #expect(weight == 0 || abs(slope - level) < 1e-9 * level, "seed \(seed)")
      }
    }
  }

  @Test(arguments: 1...7) func minimaAboveBoundsSatisfyTheirConditions(_ count: Int) {
    for seed in 0..<20 as Range<UInt64> {
      let objective = HalfSquare(matrix: matrix(seed, count, rank: 9))
      let bounds = (0..<count).map { $0 == Int(seed) % count ? 1.0 : 0.1 }
      var minimum = BoundedMinimum(count)
      minimum.minimise(objective, above: bounds, count: count)
      var gradient = minimum.point
      objective.gradient(minimum.point, into: &gradient)
      let size = gradient.map(abs).max() ?? 0
      for index in 0..<count {
        let slack = minimum.point[index] - bounds[index]
        #expect(slack >= 0 && gradient[index] > -1e-9 * size, "seed \(seed)")
        #expect(slack == 0 || abs(gradient[index]) < 1e-8 * size + 1e-12, "seed \(seed)")
      }
    }
  }

  /// By hand: the nearest point to the origin of a segment, inside and at its end.
  @Test func nearestPointsOfSegments() {
    var minimum = BoundedMinimum(2)
    // g = (1, 0) and (−1, 2): γ = ½(1 + …) = 3/4.
    minimum.minimiseOnSimplex(HalfSquare(matrix: SquareMatrix(2, [1, -1, -1, 5])), count: 2)
    #expect(agree(minimum.point, [0.75, 0.25], within: 1e-12))
    minimum.minimiseOnSimplex(HalfSquare(matrix: SquareMatrix(2, [1, 2, 2, 5])), count: 2)
    #expect(minimum.point == [1, 0])
  }

  @Test func ordersVisitEveryOtherTaskOnceAndChange() {
    let draws = RandomSource(seed: 3, .balancer)
    var orders = VisitOrders(tasks: 5)
    var seen = Set<[Int]>()
    for step in 0..<40 {
      orders.draw(4, from: draws, step: step)
      for task in 0..<4 {
        let order = (0..<3).map { orders[task, $0] }
        #expect(Set(order) == Set(0..<4).subtracting([task]))
        if task == 1 { seen.insert(order) }
      }
    }
    #expect(seen.count == 6)
  }
}
