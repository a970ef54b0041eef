import CKernels
import Tensors
import Testing

/// The passes of momentum, RMSprop and LAMB of every CPU level against their formulas in Double.
@Suite struct MomentumTests {
  private static let momentum = ck_momentum(rate: 0.05, beta: 0.75, scale: 0.5, nesterov: false)
  private static let rmsprop = ck_rmsprop(
    rate: 0.05, alpha: 0.75, epsilon: 1e-3, momentum: 0.5, scale: 0.5)
  private static let lamb = ck_lamb(
    rate: 0.25, first: 2, root: 1.5, beta1: 0.75, beta2: 0.875, epsilon: 1e-3, decay: 0.125,
    scale: 0.5)

  @Test(arguments: Level.all, [false, true]) func momentumStep(_ level: Level, nesterov: Bool) {
    for count in awkwardExtents + [1_000] {
      let state = State(count: count)
      var a = Self.momentum
      a.nesterov = nesterov
      let expected = state.after(state.gradient(lanes: 3).sums, where: nil) {
        Self.move(&$0, by: $1, a)
      }
      let g = state.gradient(lanes: 3).grid
      level.kernels.momentum_step(
        Int64(count), state.w.base, state.m.base, g.base, g.distance, 3, &a)
      state.compare(expected, "\(level) \(count), Nesterov \(nesterov)")
    }
  }

  @Test(arguments: Level.all, [1, 8, 17]) func momentumRows(_ level: Level, width: Int) {
    let table = Table(vocabulary: 40, width: width)
    let state = State(count: 40 * width)
    var a = Self.momentum
    let expected = state.after(table.sums, where: table.isTouched) { Self.move(&$0, by: $1, a) }
    table.groups.withGroups {
      level.kernels.momentum_rows(
        $0, Int64(width), state.w.base, state.m.base, table.dx.base, table.dx.distance, &a)
    }
    state.compare(expected, "\(level) width \(width)")
  }

  @Test(arguments: Level.all, [(false, false), (true, false), (false, true), (true, true)])
  func rmspropStep(_ level: Level, _ kept: (momentum: Bool, mean: Bool)) {
    for count in awkwardExtents + [1_000] {
      let state = State(count: count)
      var a = Self.rmsprop
      let expected = state.after(state.gradient(lanes: 3).sums, where: nil) {
        Self.move(&$0, by: $1, a, kept)
      }
      let g = state.gradient(lanes: 3).grid
      level.kernels.rmsprop_step(
        Int64(count), state.w.base, state.v.base, kept.momentum ? state.m.base : nil,
        kept.mean ? state.c.base : nil, g.base, g.distance, 3, &a)
      state.compare(expected, "\(level) \(count) \(kept)")
    }
  }

  @Test(arguments: Level.all, [(false, false), (true, true)])
  func rmspropRows(_ level: Level, _ kept: (momentum: Bool, mean: Bool)) {
    for width in [1, 8, 17] {
      let table = Table(vocabulary: 40, width: width)
      let state = State(count: 40 * width)
      var a = Self.rmsprop
      let expected = state.after(table.sums, where: table.isTouched) {
        Self.move(&$0, by: $1, a, kept)
      }
      table.groups.withGroups {
        level.kernels.rmsprop_rows(
          $0, Int64(width), state.w.base, state.v.base, kept.momentum ? state.m.base : nil,
          kept.mean ? state.c.base : nil, table.dx.base, table.dx.distance, &a)
      }
      state.compare(expected, "\(level) width \(width) \(kept)")
    }
  }

  /// Of equal gradients the variance is 0: nothing is the root of less than that.
  @Test(arguments: Level.all) func aVarianceOfZeroIsNoNaN(_ level: Level) {
    let w = Grid(1, 100, seed: 1)
    let (v, m) = (Grid(1, 100, seed: 2), Grid(1, 100, seed: 3))
    let (c, g) = (Grid(1, 100, seed: 4), Grid(1, 100, seed: 5))
    for at in 0..<100 { (v[0, at], m[0, at], c[0, at], g[0, at]) = (0, 0, 0, 0.1) }
    var a = Self.rmsprop
    a.scale = 1
    for _ in 0..<200 {
      level.kernels.rmsprop_step(
        100, w.base, v.base, m.base, c.base, g.base, g.distance, 1, &a)
    }
    #expect(w.values.allSatisfy { $0.isFinite })
  }

  @Test(arguments: Level.all) func lambSteps(_ level: Level) {
    for count in awkwardExtents + [1_000, 5_000] {
      let state = State(count: count)
      var a = Self.lamb
      let expected = state.after(state.gradient(lanes: 3).sums, where: nil) {
        Self.move(&$0, by: $1, a)
      }
      let g = state.gradient(lanes: 3).grid
      var norms = [1.0, 2.0]
      level.kernels.lamb_moments(
        Int64(count), state.w.base, state.m.base, state.v.base, g.base, g.distance, 3, &a, &norms)
      let (numbers, change) = Self.norms(of: state.w.doubles, expected, a)
      #expect(abs(norms[0] - 1 - numbers) <= 1e-5 * max(1, numbers), "\(level) \(count)")
      #expect(abs(norms[1] - 2 - change) <= 1e-5 * max(1, change), "\(level) \(count)")
      level.kernels.lamb_step(Int64(count), state.w.base, state.m.base, state.v.base, &a)
      state.compare(expected, "\(level) \(count)")
    }
  }

  @Test(arguments: Level.all, [1, 8, 17]) func lambRows(_ level: Level, width: Int) {
    let table = Table(vocabulary: 40, width: width)
    let state = State(count: 40 * width)
    var a = Self.lamb
    let expected = state.after(table.sums, where: table.isTouched) { Self.move(&$0, by: $1, a) }
    let (numbers, change) = Self.norms(of: state.w.doubles, expected, a, where: table.isTouched)
    var norms = [0.0, 0.0]
    table.groups.withGroups {
      level.kernels.lamb_moment_rows(
        $0, Int64(width), state.w.base, state.m.base, state.v.base, table.dx.base,
        table.dx.distance, &a, &norms)
      level.kernels.lamb_rows($0, Int64(width), state.w.base, state.m.base, state.v.base, &a)
    }
    #expect(abs(norms[0] - numbers) <= 1e-5 * max(1, numbers), "\(level) \(width)")
    #expect(abs(norms[1] - change) <= 1e-5 * max(1, change), "\(level) \(width)")
    state.compare(expected, "\(level) width \(width)")
  }
}

// MARK: - The formulas

/// A number with what is kept of it.
private struct Numbers {
  var w: Double
  var m: Double
  var v: Double
  var c: Double
}

extension MomentumTests {
  private static func move(_ x: inout Numbers, by gradient: Double, _ a: ck_momentum) {
    let g = gradient * Double(a.scale)
    x.m = Double(a.beta) * x.m + g
    x.w -= Double(a.rate) * (a.nesterov ? g + Double(a.beta) * x.m : x.m)
  }

  private static func move(
    _ x: inout Numbers, by gradient: Double, _ a: ck_rmsprop,
    _ kept: (momentum: Bool, mean: Bool)
  ) {
    let (g, alpha) = (gradient * Double(a.scale), Double(a.alpha))
    x.v = alpha * x.v + (1 - alpha) * g * g
    if kept.mean { x.c = alpha * x.c + (1 - alpha) * g }
    let spread = kept.mean ? max(0, x.v - x.c * x.c) : x.v
    var step = g / (spread.squareRoot() + Double(a.epsilon))
    if kept.momentum {
      x.m = Double(a.momentum) * x.m + step
      step = x.m
    }
    x.w -= Double(a.rate) * step
  }

  private static func move(_ x: inout Numbers, by gradient: Double, _ a: ck_lamb) {
    let g = gradient * Double(a.scale)
    x.m = Double(a.beta1) * x.m + (1 - Double(a.beta1)) * g
    x.v = Double(a.beta2) * x.v + (1 - Double(a.beta2)) * g * g
    x.w -= Double(a.rate) * change(of: x.w, x.m, x.v, a)
  }

  private static func change(of w: Double, _ m: Double, _ v: Double, _ a: ck_lamb) -> Double {
    Double(a.first) * m / (v.squareRoot() * Double(a.root) + Double(a.epsilon))
      + Double(a.decay) * w
  }

  /// Σ w² and Σ r² of numbers before a step and their moments after it.
  private static func norms(
    of w: [Double], _ after: [[Double]], _ a: ck_lamb, where isTouched: [Bool]? = nil
  ) -> (numbers: Double, change: Double) {
    var sums = (numbers: 0.0, change: 0.0)
    for at in w.indices where isTouched?[at] ?? true {
      let r = change(of: w[at], after[1][at], after[2][at], a)
      sums.numbers += w[at] * w[at]
      sums.change += r * r
    }
    return sums
  }
}

// MARK: - Made numbers

/// Numbers with all that a rule may keep of them.
private struct State {
  let w: Grid
  let m: Grid
  let v: Grid
  let c: Grid
  let count: Int

  init(count: Int) {
    self.count = count
    w = Grid(1, count, seed: 11)
    m = Grid(1, count, gap: 1, seed: 12)
    v = Grid(1, count, gap: 2, seed: 13)
    c = Grid(1, count, gap: 3, seed: 14)
    // As means of a gradient and of its squares are: v is above c².
    for at in 0..<count { v[0, at] = c[0, at] * c[0, at] + abs(v[0, at]) + 0.01 }
  }

  func gradient(lanes: Int) -> (grid: Grid, sums: [Double]) {
    let grid = Grid(lanes, count, seed: 7)
    return (grid, (0..<count).map { at in (0..<lanes).reduce(0) { $0 + Double(grid[$1, at]) } })
  }

  /// w, m, v, c after a step; where none is wanted, as they are.
  func after(
    _ gradient: [Double], where isTouched: [Bool]?, _ move: (inout Numbers, Double) -> Void
  ) -> [[Double]] {
    var all = [w.doubles, m.doubles, v.doubles, c.doubles]
    for at in gradient.indices where isTouched?[at] ?? true {
      var numbers = Numbers(w: all[0][at], m: all[1][at], v: all[2][at], c: all[3][at])
      move(&numbers, gradient[at])
      (all[0][at], all[1][at], all[2][at], all[3][at]) = (
        numbers.w, numbers.m, numbers.v, numbers.c
      )
    }
    return all
  }

  func compare(_ expected: [[Double]], _ what: String) {
    for (name, (found, expected)) in zip("wmvc", zip([w, m, v, c], expected)) {
      expectClose(found.values, expected, within: 1e-5, "\(what): \(name)")
      #expect(found.gapsAreWhole, "\(what): \(name)")
    }
  }
}

/// The gradients of a batch of 50 rows for a table, and their sums over the whole table.
private struct Table {
  let groups: Groups
  let dx: Grid
  private(set) var sums: [Double]
  private(set) var isTouched: [Bool]

  init(vocabulary: Int, width: Int) {
    groups = Groups(IDs(rows: 50, vocabulary: vocabulary, byIndex: true))
    dx = Grid(50, width, seed: 7)
    sums = [Double](repeating: 0, count: vocabulary * width)
    isTouched = [Bool](repeating: false, count: vocabulary * width)
    for (id, sum) in zip(groups.ids, groups.sums(of: dx)) {
      for (column, number) in sum.enumerated() {
        sums[Int(id) * width + column] = number
        isTouched[Int(id) * width + column] = true
      }
    }
  }
}
