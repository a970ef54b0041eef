import CKernels
import Tensors
import Testing

/// Adagrad above 0 of every CPU level against its formula in Double: what has no gradient rests, what
/// falls below 0 stops there, and rows make up for the steps in which they rested.
@Suite struct ProjectedAdagradTests {
  private static let numbers = ck_projected_adagrad(
    rate: 0.5, epsilon: 0.125, penalty: 0.25, resting: 0, scale: 0.5, step: 9)

  private static let steps: [(lanes: Int, resting: Float)] = [(1, 0), (3, 0.125)]

  @Test(arguments: Level.all, steps)
  func step(_ level: Level, _ choice: (lanes: Int, resting: Float)) {
    for count in awkwardExtents + [1_000] {
      let state = State(numbers: count, seed: UInt64(count))
      let g = Grid(choice.lanes, count, seed: 7)
      for lane in 0..<choice.lanes {
        for at in 0..<count where at % 3 == 1 { g[lane, at] = 0 }
      }
      let sums = (0..<count).map { at in
        (0..<choice.lanes).reduce(0) { $0 + Double(g[$1, at]) }
      }
      var numbers = Self.numbers
      numbers.resting = choice.resting
      let expected = state.after(sums, numbers)
      let before = state.w.values
      level.kernels.projected_adagrad_step(
        Int64(count), state.w.base, state.sums.base, g.base, g.distance, Int64(choice.lanes),
        &numbers)
      let what = "\(level) \(count) numbers, \(choice)"
      state.compare(expected, what)
      let after = state.w.values
      #expect(stride(from: 1, to: count, by: 3).allSatisfy { after[$0] == before[$0] }, "\(what)")
      // Numbers were cut off, and none lies below 0.
      #expect(after.allSatisfy { $0 >= 0 } && (count < 1_000 || after.contains(0)), "\(what)")
      #expect(g.gapsAreWhole)
    }
  }

  private static let forms = [1, 4, 8, 16, 17, 40].flatMap { width in
    [false, true].map { (width: width, isEveryStep: $0) }
  }

  @Test(arguments: Level.all, forms)
  func rows(_ level: Level, _ form: (width: Int, isEveryStep: Bool)) {
    let (width, isEveryStep) = form
    let vocabulary = 40
    let groups = Groups(IDs(rows: 50, vocabulary: vocabulary, byIndex: true))
    let dx = Grid(50, width, seed: 7)
    for row in 0..<50 where width > 1 { dx[row, width / 2] = 0 }
    let state = State(numbers: vocabulary * width, seed: 8)
    let last = Storage((0..<Int32(vocabulary)).map { $0 % 8 })
    var numbers = Self.numbers
    numbers.resting = isEveryStep ? numbers.epsilon : 0
    let expected = state.afterRows(groups, dx, isEveryStep ? last.array : nil, numbers)
    groups.withGroups {
      level.kernels.projected_adagrad_rows(
        $0, Int64(width), state.w.base, state.sums.base, isEveryStep ? last.base : nil, dx.base,
        dx.distance, &numbers)
    }
    let what = "\(level) width \(width), every step \(isEveryStep)"
    state.compare(expected, what)
    let touched = Set(groups.ids)
    let uses = (0..<Int32(vocabulary)).map { touched.contains($0) && isEveryStep ? 9 : $0 % 8 }
    #expect(last.array == uses && touched.count < vocabulary, "\(what)")
  }

  /// A gradient that is no number is not hidden behind a 0.
  @Test(arguments: Level.all) func noNumberStaysNone(_ level: Level) {
    let state = State(numbers: 20, seed: 3)
    let g = Grid(1, 20, seed: 7)
    g[0, 4] = .nan
    var numbers = Self.numbers
    level.kernels.projected_adagrad_step(
      20, state.w.base, state.sums.base, g.base, g.distance, 1, &numbers)
    #expect(state.w[0, 4].isNaN && state.w.values.count(where: \.isNaN) == 1)
  }
}

/// Numbers of 0 or more and their sums.
private struct State {
  let w: Grid
  let sums: Grid

  init(numbers: Int, seed: UInt64) {
    w = Grid(1, numbers, seed: seed)
    sums = Grid(1, numbers, gap: 2, seed: seed + 1)
    for at in 0..<numbers { (w[0, at], sums[0, at]) = (abs(w[0, at]), abs(sums[0, at])) }
  }

  /// w and the sums after a step with the given gradient.
  func after(_ gradient: [Double], _ a: ck_projected_adagrad) -> [[Double]] {
    var (w, sums) = (w.doubles, self.sums.doubles)
    for at in gradient.indices { Self.move(&w[at], &sums[at], gradient[at], a) }
    return [w, sums]
  }

  /// The same of the rows of a group; `last` says when each was used.
  func afterRows(
    _ groups: Groups, _ dx: Grid, _ last: [Int32]?, _ a: ck_projected_adagrad
  ) -> [[Double]] {
    var (w, sums) = (w.doubles, self.sums.doubles)
    for (id, gradient) in zip(groups.ids, groups.sums(of: dx)) {
      for (column, g) in gradient.enumerated() {
        let at = Int(id) * dx.columns + column
        if let last { sums[at] += Double(a.resting) * Double(a.step - last[Int(id)] - 1) }
        Self.move(&w[at], &sums[at], g, a)
      }
    }
    return [w, sums]
  }

  private static func move(
    _ w: inout Double, _ sum: inout Double, _ gradient: Double, _ a: ck_projected_adagrad
  ) {
    guard gradient != 0 else { return sum += Double(a.resting) }
    let h = gradient * Double(a.scale) + Double(a.penalty) * w
    sum += Double(a.epsilon) + h * h
    w = max(w - Double(a.rate) * h / sum.squareRoot(), 0)
  }

  func compare(_ expected: [[Double]], _ what: String) {
    for (name, (found, expected)) in zip(["w", "sums"], zip([w, sums], expected)) {
      expectClose(found.values, expected, within: 4e-6, "\(what): \(name)")
      #expect(found.gapsAreWhole, "\(what): \(name)")
    }
  }
}
