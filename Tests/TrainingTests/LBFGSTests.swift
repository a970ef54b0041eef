import Foundation
import Tensors
import Testing

@testable import Training

@Suite struct LBFGSTests {
  @Test func `finds the minimum of Rosenbrock's valley`() {
    let point = Storage([-1.2, 1.0])
    let outcome = LBFGS(dimensions: 2).minimise(point, objective: rosenbrock)
    #expect(outcome.ending == .flat)
    #expect(abs(point[0] - 1) < 1e-7 && abs(point[1] - 1) < 1e-7)
    #expect(outcome.last.evaluations < 80)
  }

  @Test(arguments: [1, 2, 5, 24])
  func `solves random quadratics`(size: Int) {
    for seed in UInt64(1)...5 {
      let problem = Quadratic(size: size, seed: seed)
      let point = Storage<Double>(count: size, filling: 0)
      let outcome = LBFGS(dimensions: size).minimise(point, objective: problem.objective)
      #expect(outcome.ending == .flat || outcome.ending == .settled, "seed \(seed)")
      for (found, expected) in zip(point.array, problem.minimum) {
        #expect(abs(found - expected) < 1e-5, "seed \(seed)")
      }
    }
  }

  @Test func `a guess of the curvature saves evaluations where scales differ`() {
    let scales = (0..<12).map { pow(10, Double($0) / 2) }
    let problem: LBFGS.Objective = { x, g in
      var value = 0.0
      for (index, scale) in scales.enumerated() {
        g[index] = scale * (x[index] - 1)
        value += scale * (x[index] - 1) * (x[index] - 1) / 2
      }
      return value
    }
    let plain = LBFGS(dimensions: 12).minimise(Storage(count: 12, filling: 0), objective: problem)
    let guessed = LBFGS(dimensions: 12, curvature: scales)
      .minimise(Storage(count: 12, filling: 0), objective: problem)
    #expect(guessed.ending == .flat)
    #expect(guessed.last.number == 1)
    #expect(plain.last.number > 5)
  }

  @Test func `stays where the function is defined`() {
    // x − ln x: a whole step from 0.01 would land below 0, where the logarithm is not.
    let point = Storage([0.01])
    let outcome = LBFGS(dimensions: 1).minimise(point) { x, g in
      g[0] = 1 - 1 / x[0]
      return x[0] - log(x[0])
    }
    #expect(outcome.ending == .flat)
    #expect(abs(point[0] - 1) < 1e-6)
  }

  @Test func `ends at a kink`() {
    let point = Storage([0.7, -0.3])
    let outcome = LBFGS(dimensions: 2).minimise(point) { x, g in
      for index in 0..<2 { g[index] = x[index] < 0 ? -1 : 1 }
      return abs(x[0]) + abs(x[1])
    }
    #expect(outcome.ending == .stuck || outcome.ending == .settled)
    #expect(outcome.last.value < 0.5)
  }

  @Test func `does not begin where nothing is defined`() {
    let outcome = LBFGS(dimensions: 1).minimise(Storage([0.0])) { _, g in
      g[0] = 1
      return .nan
    }
    #expect(outcome.ending == .undefined)
    let steep = LBFGS(dimensions: 1).minimise(Storage([0.0])) { _, g in
      g[0] = .nan
      return 0
    }
    #expect(steep.ending == .undefined)
  }

  @Test func `stops when asked, and after the last iteration`() {
    var seen: [Int] = []
    let outcome = LBFGS(dimensions: 2).minimise(Storage([-1.2, 1.0]), objective: rosenbrock) {
      seen.append($0.number)
      return $0.number < 3
    }
    #expect(outcome.ending == .cancelled)
    #expect(seen == [0, 1, 2, 3])
    var options = LBFGS.Options()
    options.maximumIterations = 2
    let short = LBFGS(dimensions: 2, options: options)
      .minimise(Storage([-1.2, 1.0]), objective: rosenbrock)
    #expect(short.ending == .exhausted)
    #expect(short.last.number == 2)
  }

  @Test func `values fall at every iteration, and a second run repeats the first`() {
    let minimiser = LBFGS(dimensions: 2)
    func run() -> [Double] {
      var values: [Double] = []
      minimiser.minimise(Storage([-1.2, 1.0]), objective: rosenbrock) {
        values.append($0.value)
        return true
      }
      return values
    }
    let first = run()
    #expect(first == run())
    #expect(zip(first, first.dropFirst()).allSatisfy { $0 > $1 })
  }

  private func rosenbrock(_ x: UnsafePointer<Double>, _ g: UnsafeMutablePointer<Double>) -> Double {
    let valley = x[1] - x[0] * x[0]
    g[0] = -400 * x[0] * valley - 2 * (1 - x[0])
    g[1] = 200 * valley
    return 100 * valley * valley + (1 - x[0]) * (1 - x[0])
  }
}

@Suite struct LineSearchTests {
  /// φ(t) = (t − 3)² − 9 falls until 3.
  @Test(arguments: [0.001, 0.1, 1, 3, 5.9, 40])
  func `accepts a step that satisfies both conditions`(first: Double) {
    var search = LineSearch(value: 0, slope: -6, firstStep: first)
    while search.verdict == .again {
      let t = search.step
      search.judge(value: (t - 3) * (t - 3) - 9, slope: 2 * (t - 3))
    }
    #expect(search.verdict == .accepted)
    #expect(search.value <= 1e-4 * search.step * -6)
    #expect(2 * (search.step - 3) >= 0.9 * -6)
  }

  @Test func `fails where nothing falls`() {
    var search = LineSearch(value: 0, slope: -1, firstStep: 1)
    while search.verdict == .again { search.judge(value: search.step, slope: 1) }
    #expect(search.verdict == .failed)
  }
}

/// ½ xᵀAx − bᵀx with A = MᵀM + I and a known minimum.
private struct Quadratic {
  let size: Int
  let minimum: [Double]
  private var matrix: [Double]
  private var b: [Double]

  init(size: Int, seed: UInt64) {
    let random = RandomSource(seed: seed, .test)
    func number(_ i: Int, _ j: Int) -> Double { 2 * random.uniform(UInt64(i), UInt64(j)) - 1 }
    self.size = size
    matrix = []
    for row in 0..<size {
      for column in 0..<size {
        let product = (0..<size).reduce(0) { $0 + number($1, row) * number($1, column) }
        matrix.append(product + (row == column ? 1 : 0))
      }
    }
    let solution = (0..<size).map { number($0, size) }
    minimum = solution
    let rows = matrix
    b = (0..<size).map { row in
      (0..<size).reduce(0) { $0 + rows[row * size + $1] * solution[$1] }
    }
  }

  func objective(_ x: UnsafePointer<Double>, _ g: UnsafeMutablePointer<Double>) -> Double {
    var value = 0.0
    for row in 0..<size {
      let product = (0..<size).reduce(0) { $0 + matrix[row * size + $1] * x[$1] }
      g[row] = product - b[row]
      value += x[row] * (product / 2 - b[row])
    }
    return value
  }
}
