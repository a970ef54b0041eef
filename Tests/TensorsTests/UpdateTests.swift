import CKernels
import Tensors
import Testing

/// The optimisers' passes of every CPU level against their formulas in Double.
@Suite struct UpdateTests {
  private static let numbers = ck_adam(
    rate: 0.01, root: 1.5, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, scale: 0.5)
  private static let adagrad = ck_adagrad(rate: 0.05, epsilon: 1e-6, scale: 0.5)

  @Test(arguments: Level.all, [1, 2, 4]) func adamStep(_ level: Level, lanes: Int) {
    for count in awkwardExtents + [1_000] {
      let memory = Moments(count: count, seed: UInt64(count))
      let g = Grid(lanes, count, seed: 7)
      let sums = (0..<count).map { at in (0..<lanes).reduce(0) { $0 + Double(g[$1, at]) } }
      let expected = memory.afterAdam(sums, Self.numbers)
      var numbers = Self.numbers
      level.kernels.adam_step(
        Int64(count), memory.w.base, memory.m.base, memory.v.base, g.base, g.distance,
        Int64(lanes), &numbers)
      memory.compare(expected, "\(level) \(count) numbers, \(lanes) lanes")
    }
  }

  @Test(arguments: Level.all, [1, 2, 4]) func adagradStep(_ level: Level, lanes: Int) {
    for count in awkwardExtents + [1_000] {
      let memory = Sums(numbers: count, sums: count, seed: UInt64(count))
      let g = Grid(lanes, count, seed: 7)
      let gradient = (0..<count).map { at in (0..<lanes).reduce(0) { $0 + Double(g[$1, at]) } }
      let expected = memory.afterAdagrad(gradient, Self.adagrad)
      var numbers = Self.adagrad
      level.kernels.adagrad_step(
        Int64(count), memory.w.base, memory.sums.base, g.base, g.distance, Int64(lanes), &numbers)
      memory.compare(expected, "\(level) \(count) numbers, \(lanes) lanes")
      #expect(g.gapsAreWhole)
    }
  }

  @Test(arguments: Level.all, [1, 2, 4]) func sgdStepAndLaneSums(_ level: Level, lanes: Int) {
    for count in awkwardExtents + [1_000] {
      let what = "\(level) \(count) numbers, \(lanes) lanes"
      let w = Grid(1, count, seed: 6)
      let g = Grid(lanes, count, seed: 7)
      let sums = (0..<count).map { at in (0..<lanes).reduce(0) { $0 + Double(g[$1, at]) } }
      let expected = zip(w.doubles, sums).map { $0 - 0.1 * $1 }
      level.kernels.sgd_step(
        Int64(count), w.base, g.base, g.distance, Int64(lanes), 0.1)
      expectClose(w.values, expected, within: 1e-6, what)
      level.kernels.sum_lanes(Int64(count), g.base, g.distance, Int64(lanes))
      expectClose((0..<count).map { g[0, $0] }, sums, within: 1e-6, "\(what), sums")
      #expect(w.gapsAreWhole && g.gapsAreWhole, "\(what)")
    }
  }

  /// Rows that the batch does not have stay as they are, moments too.
  @Test(arguments: Level.all, [1, 4, 8, 16, 17, 40]) func rowsOfATable(_ level: Level, width: Int) {
    for vocabulary in [3, 40, 700] {
      let update = TableGradient(vocabulary: vocabulary, width: width)
      let (dx, isTouched) = (update.dx, update.isTouched)
      let what = "\(level) width \(width), \(vocabulary) ids"
      let adam = Moments(count: vocabulary * width, seed: 8)
      let expected = adam.afterAdam(update.sums, Self.numbers, where: isTouched)
      var numbers = Self.numbers
      update.groups.withGroups {
        level.kernels.adam_rows(
          $0, Int64(width), adam.w.base, adam.m.base, adam.v.base, dx.base, dx.distance, &numbers)
      }
      adam.compare(expected, "\(what), Adam")
      let w = Grid(1, vocabulary * width, seed: 9)
      let before = w.doubles
      update.groups.withGroups {
        level.kernels.sgd_rows($0, Int64(width), w.base, dx.base, dx.distance, 0.1)
      }
      expectClose(
        w.values, zip(before, update.sums).map { $0 - 0.1 * $1 }, within: 1e-6, "\(what), SGD")
      #expect(zip(zip(w.doubles, before), isTouched).allSatisfy { $1 || $0.0 == $0.1 }, "\(what)")
    }
  }

  /// With a sum of squares a number, and with one a row; 300 columns are more than a row keeps.
  @Test(arguments: Level.all, [1, 4, 8, 16, 17, 40, 300])
  func adagradOfRows(_ level: Level, width: Int) {
    for vocabulary in [3, 40, 200] {
      let update = TableGradient(vocabulary: vocabulary, width: width)
      for isRowWise in [false, true] {
        let memory = Sums(
          numbers: vocabulary * width, sums: isRowWise ? vocabulary : vocabulary * width, seed: 8)
        let before = memory.w.values
        let expected = memory.afterAdagrad(update.sums, Self.adagrad)
        var numbers = Self.adagrad
        let step = isRowWise ? level.kernels.adagrad_rowwise : level.kernels.adagrad_rows
        update.groups.withGroups {
          step?(
            $0, Int64(width), memory.w.base, memory.sums.base, update.dx.base, update.dx.distance,
            &numbers)
        }
        let what = "\(level) width \(width), \(vocabulary) ids, row-wise \(isRowWise)"
        memory.compare(expected, what)
        let stays = zip(zip(memory.w.values, before), update.isTouched).allSatisfy {
          $1 || $0.0 == $0.1
        }
        #expect(stays, "\(what)")
      }
    }
  }
}

/// The gradients of a batch of 50 rows for a table, and their sums over the whole table.
private struct TableGradient {
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

/// Numbers and their sums of squares, one a number or one a row.
private struct Sums {
  let w: Grid
  let sums: Grid

  init(numbers: Int, sums count: Int, seed: UInt64) {
    w = Grid(1, numbers, seed: seed)
    sums = Grid(1, count, gap: 2, seed: seed + 1)
    for at in 0..<count { sums[0, at] = abs(sums[0, at]) + 0.01 }
  }

  /// w and the sums after a step on the given gradient.
  func afterAdagrad(_ gradient: [Double], _ a: ck_adagrad) -> [[Double]] {
    var (w, sums) = (w.doubles, self.sums.doubles)
    let width = sums.isEmpty ? 1 : w.count / sums.count
    for row in sums.indices {
      let g = gradient[row * width..<(row + 1) * width].map { $0 * Double(a.scale) }
      sums[row] += g.reduce(0) { $0 + $1 * $1 } / Double(width)
      let rate = Double(a.rate) / (sums[row].squareRoot() + Double(a.epsilon))
      for (column, number) in g.enumerated() { w[row * width + column] -= rate * number }
    }
    return [w, sums]
  }

  func compare(_ expected: [[Double]], _ what: String) {
    for (name, (found, expected)) in zip(["w", "sums"], zip([w, sums], expected)) {
      expectClose(found.values, expected, within: 2e-6, "\(what): \(name)")
      #expect(found.gapsAreWhole, "\(what): \(name)")
    }
  }
}

/// Numbers and both moments.
private struct Moments {
  let w: Grid
  let m: Grid
  let v: Grid

  init(count: Int, seed: UInt64) {
    w = Grid(1, count, seed: seed)
    m = Grid(1, count, gap: 1, seed: seed + 1)
    v = Grid(1, count, gap: 2, seed: seed + 2)
    for at in 0..<count { v[0, at] = abs(v[0, at]) }
  }

  /// w, m, v after a step on the given gradient; where it is not wanted, as they are.
  func afterAdam(
    _ gradient: [Double], _ a: ck_adam, where isTouched: [Bool]? = nil
  ) -> [[Double]] {
    var (w, m, v) = (w.doubles, m.doubles, v.doubles)
    for at in gradient.indices where isTouched?[at] ?? true {
      let g = gradient[at] * Double(a.scale)
      m[at] = Double(a.beta1) * m[at] + (1 - Double(a.beta1)) * g
      v[at] = Double(a.beta2) * v[at] + (1 - Double(a.beta2)) * g * g
      w[at] -= Double(a.rate) * m[at] / (v[at].squareRoot() * Double(a.root) + Double(a.epsilon))
    }
    return [w, m, v]
  }

  func compare(_ expected: [[Double]], _ what: String) {
    for (name, (found, expected)) in zip(["w", "m", "v"], zip([w, m, v], expected)) {
      expectClose(found.values, expected, within: 2e-6, "\(what): \(name)")
      #expect(found.gapsAreWhole, "\(what): \(name)")
    }
  }
}
