import Graph
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// The masks in a few numbers, over the steps, as a part of a map and weight by weight.
@Suite struct MaskWatchTests {
  private let problem = TinyProblem(rows: 256, tasks: 3)
  private let names = TinyProblem.names

  /// A lottery that trains together: layers of 9 · 3 and 3 · 2, all weights kept at first.
  private func joint(_ model: String = "sparse-sharing") throws -> (Trainer, Lottery) {
    let trainer = try problem.trainer(
      model,
      ["masks": "random", "warm-up": "0", "rate": "0", "bottom": "3,2", "tower": "none"])
    for layer in try #require(trainer.lotteryPlan).layers {
      let entry = try #require(trainer.store.entries.first { $0.parameter == layer.weight })
      trainer.store.set(entry, to: trainer.store.numbers(of: entry).map(abs))
    }
    return (trainer, try #require(Lottery(trainer, tasks: names, epochs: 1)))
  }

  private func mask(_ count: Int, keeping kept: [Int]) -> [Float] {
    (0..<count).map { kept.contains($0) ? 1 : 0 }
  }

  /// board keeps 0, 1, 2 and 23 of the first layer, stripe 1, 2, 3, amount 2, 4; of the second board all.
  private func setMasks(_ lottery: Lottery) {
    for (task, kept) in [[0, 1, 2, 23], [1, 2, 3], [2, 4]].enumerated() {
      lottery.step.masks.set(
        [mask(27, keeping: kept), mask(6, keeping: task == 0 ? Array(0..<6) : [])], of: task)
    }
    lottery.step.masksChanged(draw: 0)
  }

  private func isClose(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 }
  }

  @Test func summaryByHand() throws {
    let (_, lottery) = try joint()
    setMasks(lottery)
    var watch = MaskWatch(lottery, tasks: names)
    let found = watch.summary(step: 5)
    #expect(
      found.step == 5 && found.layers.map(\.rows) == [3, 2]
        && found.layers.map(\.columns) == [9, 3])
    #expect(found.tasks.map(\.name) == names)
    let sparsities: [Double] = [23, 30, 31].map { $0 / 33 }
    #expect(isClose(found.tasks.map(\.sparsity), sparsities))
    #expect(isClose(found.tasks[0].sparsityByLayer, [23.0 / 27, 0]))
    #expect(isClose(found.tasks[2].sparsityByLayer, [25.0 / 27, 1]))
    let overlaps: [Double] = [44, 8, 4, 8, 44, 11, 4, 11, 44].map { $0 / 44 }
    #expect(isClose(found.overlap, overlaps))
    #expect(abs(found.overlapOfAll - 1.0 / 12) < 1e-6)
    #expect(found.isContrasting == nil && found.tasks[0].margin == nil)
    #expect(found.phase?.title == "joint training")
  }

  @Test func marginsOfAContrast() throws {
    let (trainer, lottery) = try joint("csrec")
    var watch = MaskWatch(lottery, tasks: names)
    let before = watch.summary(step: 0)
    #expect(before.isContrasting == true && before.tasks[1].margin == nil)
    #expect(before.tasks[1].direction == nil)
    #expect(trainer.step(problem.batch(rows: 64), rate: 0.05))
    let found = watch.summary(step: 1)
    let losses = lottery.step.losses
    let margins = losses.map { Optional($0.negative - $0.positive) }
    #expect(found.tasks.map(\.margin) == margins)
  }

  /// Levels between changes, and stairs where they change.
  @Test func coursesOverTheSteps() throws {
    let (_, lottery) = try joint()
    var watch = MaskWatch(lottery, tasks: names)
    watch.masksChanged(step: 0)
    watch.masksChanged(step: 4)
    setMasks(lottery)
    watch.masksChanged(step: 10)
    let views = watch.courses(step: 16)
    #expect(views.map(\.name) == ["sparsity", "sparsity.0", "sparsity.1"])
    guard case .curves(let all) = views[0].content, case .curves(let second) = views[2].content
    else { throw NoCurves() }
    #expect(all.curves.map(\.name) == names && all.axis == "step")
    #expect(all.curves[0].x == [0, 10, 10, 16])
    let sparse = Float(23.0 / 33)
    #expect(all.curves[0].y == [0, 0, sparse, sparse])
    #expect(second.curves[0].y == [0, 0, 0] && second.curves[1].y == [0, 0, 1, 1])
  }

  private struct NoCurves: Error {}

  /// A part of the map has the kinds of its own weights; input i and output o lie at 3 i + o.
  @Test func aPartOfAMap() throws {
    let (_, lottery) = try joint()
    setMasks(lottery)
    var watch = MaskWatch(lottery, tasks: names)
    let wanted = MaskWindow(layer: 0, row: 1, column: 0, rows: 5, columns: 3)
    let part = watch.map(wanted, step: 3)
    let found = try #require(part)
    #expect(found.window == MaskWindow(layer: 0, row: 1, column: 0, rows: 2, columns: 3))
    #expect(found.bitmap.rows == 2 && found.bitmap.columns == 3 && found.bitmap.whole == (3, 9))
    // Row 1: 1 is kept by two, 4 by amount alone; row 2: 2 by all.
    #expect(found.bitmap.cells == [2, 5, 0, 1, 0, 0])
    #expect(found.bitmap.kinds.map(\.count) == [21, 1, 1, 2, 1, 1])
    let edge = watch.map(MaskWindow(layer: 0, row: 2, column: 7, rows: 1, columns: 9), step: 3)
    let right = try #require(edge)
    #expect(right.window.columns == 2 && right.bitmap.cells == [3, 0])
    #expect(found.isKept.isEmpty)
    let none = watch.map(MaskWindow(layer: 2, row: 0, column: 0, rows: 1, columns: 1), step: 3)
    #expect(none == nil)
  }

  /// A task's own mask: what it shares with some or with all is a part of it.
  @Test func theMaskOfATask() throws {
    let (_, lottery) = try joint()
    setMasks(lottery)
    var watch = MaskWatch(lottery, tasks: names)
    func kept(_ task: Int) throws -> [Bool] {
      let part = watch.map(
        MaskWindow(layer: 0, row: 1, column: 0, rows: 2, columns: 3, task: task), step: 3)
      return try #require(part).isKept
    }
    // Inputs 0, 1, 2 of output 1 lie at 1, 4, 7, those of output 2 at 2, 5, 8.
    let (board, stripe, amount) = (try kept(0), try kept(1), try kept(2))
    #expect(board == [true, false, false, true, false, false])
    #expect(stripe == [true, false, false, true, false, false])
    #expect(amount == [false, true, false, true, false, false])
    #expect(try kept(3).isEmpty)
  }

  @Test func aWeightWithItsGradients() throws {
    let (trainer, lottery) = try joint("csrec")
    setMasks(lottery)
    var watch = MaskWatch(lottery, tasks: names)
    let rows = problem.dataset(held: 100).validation
    // Output 1 of input 1 lies at 4; amount keeps it.
    let place = MaskPlace(layer: 0, row: 1, column: 1)
    let cell = watch.cell(place, rows, step: 0, isIdle: true)
    let found = try #require(cell)
    let plan = try #require(trainer.lotteryPlan)
    let layer = plan.layers[0]
    #expect(found.weight == trainer.store.base(of: layer.weight)[4])
    #expect(found.isKept == [false, false, true] && found.gradientRows == 100)
    // The negatives keep all but what every task keeps.
    #expect(found.isKeptByNegative == [true, true, true])
    let entry = try #require(trainer.store.entries.first { $0.parameter == layer.weight })
    let batch = rows.batch(from: 0, rows: 100)
    for task in 0..<3 {
      trainer.gradients(batch, of: task)
      // Row by row [outputs, inputs]: output 1, input 1.
      #expect(found.gradients[task] == trainer.gradient(of: entry, batch: batch)[9 + 1])
    }
    #expect(found.gradients[2] != 0)
    for (row, column) in [(3, 0), (0, 9)] {
      let outside = MaskPlace(layer: 0, row: row, column: column)
      let none = watch.cell(outside, rows, step: 0, isIdle: true)
      #expect(none == nil)
    }
  }

  /// Gradients are of the step at which they were worked out.
  @Test func gradientsSayTheirStep() throws {
    let (trainer, lottery) = try joint()
    var watch = MaskWatch(lottery, tasks: names)
    let rows = problem.dataset(held: 100).validation
    let place = MaskPlace(layer: 1, row: 0, column: 2)
    let early = watch.cell(place, rows, step: 0, isIdle: false)
    #expect(early?.step == 0 && early?.gradientStep == 0)
    #expect(trainer.step(problem.batch(rows: 64), rate: 0.05))
    let later = watch.cell(place, rows, step: 1, isIdle: false)
    #expect(later?.step == 1 && later?.gradientStep == 0)
    #expect(later?.weight == trainer.store.base(of: lottery.plan.layers[1].weight)[4])
    #expect(later?.gradients == early?.gradients)
    let idle = watch.cell(place, rows, step: 1, isIdle: true)
    #expect(idle?.gradientStep == 1)
    watch.masksChanged(step: 2)
    let anew = watch.cell(place, rows, step: 2, isIdle: false)
    #expect(anew?.gradientStep == 2)
  }

  @Test func windowsAreCut() {
    func cut(_ row: Int, _ column: Int, _ rows: Int, _ columns: Int) -> [Int] {
      let window = MaskWindow(layer: 0, row: row, column: column, rows: rows, columns: columns)
        .cut(toRows: 10, columns: 1_000_000)
      return [window.row, window.column, window.rows, window.columns]
    }
    #expect(cut(0, 0, 4, 5) == [0, 0, 4, 5])
    #expect(cut(-3, -1, 4, 5) == [0, 0, 4, 5])
    #expect(cut(8, 999_998, 4, 5) == [8, 999_998, 2, 2])
    #expect(cut(12, 0, 4, 5) == [10, 0, 0, 5])
    #expect(cut(0, 0, -1, -1) == [0, 0, 0, 0])
    // No more cells than a map may have.
    #expect(cut(0, 0, 10, 1_000_000) == [0, 0, 1, MaskMap.mostCells])
    #expect(cut(0, 0, 10, MaskMap.mostCells / 4) == [0, 0, 4, MaskMap.mostCells / 4])
  }

  // MARK: - Directions

  private func direction(
    _ count: Int, _ margin: (Int) -> Double
  ) -> MaskSummary.Direction? {
    var course = MarginCourse()
    for step in 0..<count { course.note([0, margin(step)], step: step) }
    return course.direction(of: 1)
  }

  @Test func directionsByHand() {
    let few = direction(7) { Double($0) }
    let rising = direction(20) { Double($0) }
    let falling = direction(20) { -0.1 * Double($0) }
    #expect(few == nil && rising == .rising && falling == .falling)
    // Jumps of one batch are no direction, and what went on long ago is none.
    let jumps = direction(20) { $0 % 2 == 0 ? 1 : -1 }
    let past = direction(40) { $0 < 18 ? Double($0) : Double(18 + $0 % 2) }
    let late = direction(22) { $0 < 2 ? .nan : Double($0) }
    #expect(jumps == .steady && past == .steady && late == .rising)
  }

  @Test func coursesAreBounded() {
    var course = MarginCourse()
    for step in 0..<10_000 { course.note([Double(step)], step: step) }
    #expect(course.direction(of: 0) == .rising)
    let steps = Mirror(reflecting: course).children.lazy.compactMap { $0.value as? [Int] }.first
    let count = steps?.count ?? 0
    #expect(count > 60 && count <= 240)
  }
}
