import CKernels
import Foundation
import Tensors
import Testing

/// The losses by their sums and gradients in Double.
@Suite struct LossTests {
  /// Which rows of the memory make the batch.
  enum Choice: CaseIterable {
    case inOrder
    case byIndex
  }

  @Test(arguments: Level.all, Choice.allCases) func crossEntropy(_ level: Level, _ choice: Choice) {
    for (seed, hasSpaces) in [(UInt64(1), true), (2, false), (3, true), (4, false)] {
      let rows = Rows(count: 41, choice, hasSpaces: hasSpaces, seed: seed)
      let found = rows.run(level.kernels.cross_entropy, scale: 0.25)
      let expected = rows.expected(
        loss: { z, y in max(z, 0) + log1p(exp(-abs(z))) - y * z },
        slope: { z, y in 0.25 * (1 / (1 + exp(-z)) - y) }, prediction: { 1 / (1 + exp(-$0)) })
      rows.compare(found, expected, "\(level) cross-entropy \(choice) seed \(seed)")
    }
  }

  @Test(arguments: Choice.allCases, [true, false]) func squaredError(
    _ choice: Choice, hasSpaces: Bool
  ) {
    for seed in UInt64(1)...3 {
      let rows = Rows(count: 41, choice, hasSpaces: hasSpaces, seed: seed)
      let found = rows.run(ck_squared_error, scale: 0.25)
      let expected = rows.expected(
        loss: { ($0 - $1) * ($0 - $1) }, slope: { 0.5 * ($0 - $1) }, prediction: { $0 })
      rows.compare(found, expected, "squared error \(choice) seed \(seed)")
    }
  }

  @Test(arguments: Level.all) func noRows(_ level: Level) {
    var sums = ck_loss_sums(loss: 1, predictions: 2, labels: 3, rows: 4)
    level.kernels.cross_entropy(0, [0], 1, [0], nil, 1, nil, 1, nil, 1, &sums)
    #expect([sums.loss, sums.predictions, sums.labels, sums.rows] == [1, 2, 3, 4])
  }

  /// softplus must not overflow, and a small loss or gradient must keep its digits.
  @Test(arguments: Level.all, [Float(0), 1]) func extremeLogits(_ level: Level, label: Float) {
    let steps = (-850...850).map { Float($0) / 10 }
    for z in steps + [-1e30, -800, -200, -88, -1e-4, 1e-4, 88, 200, 800, 1e30] {
      let (sums, dz) = Self.one(level, z: z, label: label)
      let wide = Double(z) * (label == 1 ? -1 : 1)
      let loss = max(wide, 0) + log1p(exp(-abs(wide)))
      let slope = (label == 1 ? -1 : 1) / (1 + exp(-wide))
      let prediction = 1 / (1 + exp(-Double(z)))
      let what: Comment = "\(level) logit \(z), label \(label)"
      #expect(abs(sums.loss - loss) <= 3e-7 * loss + 1e-37, what)
      #expect(abs(Double(dz) - slope) <= 3e-7 * abs(slope) + 1e-37, what)
      #expect(abs(sums.predictions - prediction) <= 3e-7 * prediction + 1e-37, what)
    }
  }

  @Test(arguments: Level.all) func notANumberReachesTheSum(_ level: Level) {
    for (z, label) in [(Float.nan, Float(0)), (.nan, 1), (0.5, .nan)] {
      let (sums, dz) = Self.one(level, z: z, label: label)
      #expect(sums.loss.isNaN && dz.isNaN, "\(level) logit \(z), label \(label)")
      let hasBadNumber = sums.predictions.isNaN == z.isNaN && sums.labels.isNaN == label.isNaN
      #expect(hasBadNumber, "\(level) logit \(z), label \(label)")
    }
  }

  /// What lies outside a task's space counts as nothing, whatever it holds.
  @Test(arguments: Level.all) func outsideTheSpaceNothingCounts(_ level: Level) {
    var sums = ck_loss_sums()
    var dz: [Float] = [7, 7, 7]
    level.kernels.cross_entropy(
      3, [.nan, 0, .infinity], 1, [.nan, 1, 0], [0, 1, 0], 1, nil, 1, &dz, 1, &sums)
    #expect(dz == [0, -0.5, 0])
    #expect(abs(sums.loss - log(2)) <= 1e-6 && sums.labels == 1 && sums.rows == 1)
    #expect(sums.predictions == 0.5)
  }

  /// The sums and the slope of one row, which stands last among as many as fill a vector.
  private static func one(
    _ level: Level, z: Float, label: Float
  ) -> (sums: ck_loss_sums, slope: Float) {
    let (count, last) = (16, 15)
    let logits = (0..<count).map { $0 == last ? z : 0 }
    let labels = [Float](repeating: label, count: count)
    let spaces = (0..<count).map { $0 == last ? Float(1) : 0 }
    var dz = [Float](repeating: 7, count: count)
    var sums = ck_loss_sums()
    level.kernels.cross_entropy(
      Int64(count), logits, 1, labels, spaces, 1, nil, 1, &dz, 1, &sums)
    return (sums, dz[last])
  }

  @Test func sumsOfSquares() {
    for count in [0, 1, 7, 8, 9, 1000] {
      let x = Grid(1, count, seed: 3)
      let expected = x.doubles.reduce(0) { $0 + $1 * $1 }
      #expect(abs(ck_sum_of_squares(Int64(count), x.base) - expected) <= 1e-12 * (1 + expected))
    }
  }
}

/// A batch of logits with labels [N, 3] of which the middle column is the task's.
private struct Rows {
  typealias Kernel = (
    Int64, UnsafePointer<Float>?, Int64, UnsafePointer<Float>?, UnsafePointer<Float>?, Int64,
    UnsafePointer<Int32>?, Float, UnsafeMutablePointer<Float>?, Int64,
    UnsafeMutablePointer<ck_loss_sums>?
  ) -> Void

  struct Outcome {
    var sums = ck_loss_sums()
    var gradient: [Float] = []
  }

  let count: Int
  private let z: Grid
  private let labels: Storage<Float>
  private let spaces: Storage<Float>?
  private let index: Storage<Int32>?

  init(count: Int, _ choice: LossTests.Choice, hasSpaces: Bool, seed: UInt64) {
    self.count = count
    let random = RandomSource(seed: seed, .test)
    z = Grid(count, 1, gap: 2, seed: seed, scale: 3)
    labels = Storage((0..<(3 * 2 * count)).map { Float(random.index(below: 2, UInt64($0), 1)) })
    spaces =
      hasSpaces
      ? Storage((0..<(3 * 2 * count)).map { Float(random.index(below: 2, UInt64($0), 2)) }) : nil
    index =
      choice == .byIndex
      ? Storage((0..<count).map { Int32(random.index(below: 2 * count, UInt64($0), 3)) }) : nil
  }

  func run(_ kernel: Kernel, scale: Float) -> Outcome {
    var outcome = Outcome()
    let dz = Grid(count, 1, seed: 9)
    kernel(
      Int64(count), z.base, z.distance, labels.base + 1, spaces.map { UnsafePointer($0.base + 1) },
      3, index.map { UnsafePointer($0.base) }, scale, dz.base, dz.distance, &outcome.sums)
    #expect(dz.gapsAreWhole)
    outcome.gradient = dz.values
    return outcome
  }

  /// The same in Double.
  func expected(
    loss: (Double, Double) -> Double, slope: (Double, Double) -> Double,
    prediction: (Double) -> Double
  ) -> (sums: ck_loss_sums, gradient: [Double]) {
    var sums = ck_loss_sums()
    let gradient = (0..<count).map { row -> Double in
      let at = Int(index?[row] ?? Int32(row)) * 3 + 1
      guard spaces?[at] ?? 1 > 0 else { return 0 }
      let (z, y) = (Double(z[row, 0]), Double(labels[at]))
      sums.loss += loss(z, y)
      sums.predictions += prediction(z)
      sums.labels += y
      sums.rows += 1
      return slope(z, y)
    }
    return (sums, gradient)
  }

  func compare(
    _ found: Outcome, _ expected: (sums: ck_loss_sums, gradient: [Double]), _ what: String
  ) {
    expectClose(found.gradient, expected.gradient, within: 1e-6, what)
    #expect(found.sums.rows == expected.sums.rows && expected.sums.rows > 0, "\(what)")
    #expect(found.sums.labels == expected.sums.labels, "\(what)")
    #expect(abs(found.sums.loss - expected.sums.loss) <= 1e-5 * expected.sums.loss, "\(what)")
    #expect(abs(found.sums.predictions - expected.sums.predictions) <= 1e-4, "\(what)")
  }
}
