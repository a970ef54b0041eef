import CKernels
import Tensors
import Testing

/// The optimisers' passes of every CPU level against their formulas in Double.
@Suite struct UpdateTests {
  private static let numbers = ck_adam(
    rate: 0.01, root: 1.5, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, scale: 0.5)

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
      let batch = IDs(rows: 50, vocabulary: vocabulary, byIndex: true)
      let groups = Groups(batch)
      let dx = Grid(50, width, seed: 7)
      var sums = [Double](repeating: 0, count: vocabulary * width)
      var isTouched = [Bool](repeating: false, count: vocabulary * width)
      for (id, sum) in zip(groups.ids, groups.sums(of: dx)) {
        for (column, number) in sum.enumerated() {
          sums[Int(id) * width + column] = number
          isTouched[Int(id) * width + column] = true
        }
      }
      let what = "\(level) width \(width), \(vocabulary) ids"
      let adam = Moments(count: vocabulary * width, seed: 8)
      let expected = adam.afterAdam(sums, Self.numbers, where: isTouched)
      var numbers = Self.numbers
      groups.withGroups {
        level.kernels.adam_rows(
          $0, Int64(width), adam.w.base, adam.m.base, adam.v.base, dx.base, dx.distance, &numbers)
      }
      adam.compare(expected, "\(what), Adam")
      let w = Grid(1, vocabulary * width, seed: 9)
      let before = w.doubles
      groups.withGroups {
        level.kernels.sgd_rows($0, Int64(width), w.base, dx.base, dx.distance, 0.1)
      }
      expectClose(
        w.values, zip(before, sums).map { $0 - 0.1 * $1 }, within: 1e-6, "\(what), SGD")
      #expect(zip(zip(w.doubles, before), isTouched).allSatisfy { $1 || $0.0 == $0.1 }, "\(what)")
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
