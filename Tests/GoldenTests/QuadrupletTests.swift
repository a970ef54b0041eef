import Foundation
import Tensors
import TestSupport
import Testing

/// What the order of quadruplets promises, on batches of several lanes.
@Suite struct QuadrupletTests {
  /// Rows of a seed; some lie outside a sample space, and the others count differently.
  private static func rows(_ count: Int, seed: UInt64, hasSpaces: Bool = true) -> Quadruplets {
    let random = RandomSource(seed: seed, stream: 3)
    func draw(_ row: Int, _ column: UInt64) -> Double { random.uniform(UInt64(row), column) }
    return Quadruplets(
      scores: (0..<count).map { 2 * random.normal(UInt64($0), 0) },
      labels: (0..<count).flatMap { [draw($0, 1) < 0.4 ? 1 : 0, draw($0, 2) < 0.3 ? 1 : 0] },
      spaces: hasSpaces
        ? (0..<count).flatMap { row in
          (3...4).map { draw(row, $0) < 0.2 ? 0 : Float(0.5 + draw(row, $0 + 2)) }
        } : nil)
  }

  /// The loss and its gradient in Double, pair by pair.
  private static func expected(
    _ rows: Quadruplets, _ above: Double, _ below: Double, period: [Int] = [1, 1, 1]
  ) -> (loss: Double, gradient: [Double]) {
    let count = rows.scores.count
    func inBoth(_ row: Int) -> Bool {
      rows.spaces.map { $0[2 * row] != 0 && $0[2 * row + 1] != 0 } ?? true
    }
    func cell(_ own: Float, _ other: Float) -> [Int] {
      (0..<count).filter {
        inBoth($0) && rows.labels[2 * $0 + rows.own] == own
          && rows.labels[2 * $0 + 1 - rows.own] == other
      }
    }
    var (loss, gradient) = (0.0, [Double](repeating: 0, count: count))
    let relations = [
      (above, cell(1, 1), cell(1, 0)), (below, cell(0, 1), cell(0, 0)), (1, cell(1, 0), cell(0, 1)),
    ]
    for (place, (factor, high, low)) in relations.enumerated() {
      let phase = Int(rows.draw % UInt64(period[place]))
      let pairs = high.indices.flatMap { i in
        low.indices.filter { (i + $0 + phase) % period[place] == 0 }.map { (high[i], low[$0]) }
      }
      for (i, j) in pairs {
        let d = rows.scores[i] - rows.scores[j]
        let weight =
          factor / Double(pairs.count)
          * (rows.spaces.map { Double($0[2 * i + rows.own] * $0[2 * j + rows.own]) } ?? 1)
        loss += weight * (max(-d, 0) + log1p(exp(-abs(d))))
        gradient[i] -= weight / (1 + exp(d))
        gradient[j] += weight / (1 + exp(d))
      }
    }
    return (loss, gradient)
  }

  private static func compare(
    _ found: (loss: Double, gradient: [Float]), _ expected: (loss: Double, gradient: [Double]),
    _ what: String
  ) {
    #expect(abs(found.loss - expected.loss) <= 1e-5 * abs(expected.loss), "\(what)")
    let deviation = GoldenDeviation(of: found.gradient.map(Double.init), from: expected.gradient)
    #expect(deviation.isWithinTolerance, "\(what): \(deviation)")
  }

  @Test(arguments: [17, 40, 300, 1100]) func everyPairOfTheBatchCounts(_ count: Int) {
    for own in 0...1 {
      for hasSpaces in [true, false] {
        var rows = Self.rows(count, seed: UInt64(count), hasSpaces: hasSpaces)
        rows.own = own
        Self.compare(
          rows.run(betas: (0.7, 0.4)), Self.expected(rows, 0.7, 0.4),
          "\(count) rows, task \(own), spaces \(hasSpaces)")
      }
    }
  }

  /// Above the bound every n-th pair counts, and the mean is over those; the draw moves them.
  @Test func pairsAreThinnedOut() throws {
    var rows = Self.rows(300, seed: 8)
    rows.mostPairs = 500
    let spaces = try #require(rows.spaces)
    let cells = (0..<300).filter { spaces[2 * $0] != 0 && spaces[2 * $0 + 1] != 0 }
      .map { 2 * Int(rows.labels[2 * $0]) + Int(rows.labels[2 * $0 + 1]) }
    let sizes = [(3, 2), (1, 0), (2, 1)].map { pair in
      cells.count { $0 == pair.0 } * cells.count { $0 == pair.1 }
    }
    let period = sizes.map { ($0 + 499) / 500 }
    #expect(period.allSatisfy { $0 > 1 })
    var losses = Set<Double>()
    for draw in [0, 1, 12_345_678_902] as [UInt64] {
      rows.draw = draw
      let found = rows.run(betas: (0.7, 0.4))
      Self.compare(found, Self.expected(rows, 0.7, 0.4, period: period), "draw \(draw)")
      losses.insert(found.loss)
    }
    #expect(losses.count == 3)
  }

  @Test(arguments: [1 << 20, 500]) func threadsDoNotMatter(_ mostPairs: Int) {
    var rows = Self.rows(1100, seed: 4)
    rows.mostPairs = mostPairs
    let one = rows.run(betas: (0.7, 0.4))
    for threads in 2...3 {
      rows.threads = threads
      let more = rows.run(betas: (0.7, 0.4))
      #expect(more.loss == one.loss && more.gradient == one.gradient)
    }
  }

  /// Only differences count, so the gradient adds up to 0; a wide and right order costs nothing.
  @Test func aConstantDoesNotMatter() {
    var rows = Self.rows(60, seed: 2, hasSpaces: false)
    let found = rows.run(betas: (1, 1))
    #expect(abs(found.gradient.reduce(0, +)) <= 1e-5)
    rows.scores = rows.scores.map { $0 + 5 }
    #expect(abs(rows.run(betas: (1, 1)).loss - found.loss) <= 1e-5 * found.loss)
    // ++ 300, +− 200, −+ 100, −− 0.
    rows.scores = (0..<60).map {
      200 * Double(rows.labels[2 * $0]) + 100 * Double(rows.labels[2 * $0 + 1])
    }
    #expect(rows.run(betas: (1, 1)).loss == 0)
    rows.own = 1
    #expect(rows.run(betas: (1, 1)).loss > 50)
  }
}
