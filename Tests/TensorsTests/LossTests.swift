import CKernels
import Foundation
import Tensors
import Testing

/// The losses from their sums and gradients in Double; they are the same at every CPU level.
@Suite struct LossTests {
  /// Which rows of the memory make the batch.
  enum Choice: CaseIterable {
    case inOrder
    case byIndex
  }

  @Test(arguments: Choice.allCases, [true, false]) func crossEntropy(
    _ choice: Choice, hasSpaces: Bool
  ) {
    for seed in UInt64(1)...3 {
      let rows = Rows(count: 41, choice, hasSpaces: hasSpaces, seed: seed)
      let found = rows.run(ck_cross_entropy, scale: 0.25)
      let expected = rows.expected(
        loss: { z, y in max(z, 0) + log1p(exp(-abs(z))) - y * z },
        slope: { z, y in 0.25 * (1 / (1 + exp(-z)) - y) }, prediction: { 1 / (1 + exp(-$0)) })
      rows.compare(found, expected, "cross-entropy \(choice) seed \(seed)")
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

  /// softplus must not overflow, and a small gradient must keep its digits.
  @Test func extremeLogits() {
    let z: [Float] = [-800, -88, -40, -1e-4, 0, 40, 88, 800, 1e30]
    for label in [Float(0), 1] {
      var dz = [Float](repeating: .nan, count: z.count)
      var sums = ck_loss_sums()
      let labels = z.map { _ in label }
      ck_cross_entropy(Int64(z.count), z, 1, labels, nil, 1, nil, 1, &dz, 1, &sums)
      let wide = z.map(Double.init)
      let y = Double(label)
      let loss = wide.reduce(0) { $0 + (max($1, 0) - y * $1 + log1p(exp(-abs($1)))) }
      #expect(abs(sums.loss - loss) <= 1e-6 * loss)
      for (found, z) in zip(dz, wide) {
        let slope = label == 1 ? -1 / (1 + exp(z)) : 1 / (1 + exp(-z))
        #expect(abs(Double(found) - slope) <= 1e-6 * abs(slope) + 1e-37, "logit \(z), \(label)")
      }
    }
  }

  @Test func notANumberReachesTheSum() {
    let z: [Float] = [0.5, .nan]
    var sums = ck_loss_sums()
    ck_cross_entropy(2, z, 1, [1, 0], nil, 1, nil, 1, nil, 1, &sums)
    #expect(sums.loss.isNaN)
    sums = ck_loss_sums()
    ck_cross_entropy(1, [0.5], 1, [.nan], nil, 1, nil, 1, nil, 1, &sums)
    #expect(sums.loss.isNaN)
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
