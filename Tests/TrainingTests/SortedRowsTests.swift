import Datasets
import Metrics
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Rows that a file has sorted by their label train as well as shuffled ones, in windows of many blocks: a
/// window has as many of each label as all rows have, but for a block.
@Suite("Rows sorted by label", .timeLimit(.minutes(1))) struct SortedRowsTests {
  /// 384 blocks, smaller than a packed folder's as these data are.
  private static let rows = 24 * 1_024
  private static let blockRows = 64

  /// The checkerboard, seen through noise: a label is 1 with a chance of .3 or .7.
  private static func problem(rows: Int, seed: UInt64) -> TinyProblem {
    let plain = TinyProblem(rows: rows, tasks: 1, seed: seed)
    let random = RandomSource(seed: seed, .test)
    return plain.labelled(
      (0..<rows).map { row in
        random.uniform(UInt64(row)) < (plain.examples.labels[row] == 1 ? 0.7 : 0.3) ? 1 : 0
      })
  }

  /// The same rows, those of label 0 first.
  private static func sorted(_ examples: Examples) -> Examples {
    let order = (0..<examples.count).sorted {
      (examples.labels[$0], $0) < (examples.labels[$1], $1)
    }
    return Examples(
      count: examples.count,
      ids: Storage(order.flatMap { [examples.ids[2 * $0], examples.ids[2 * $0 + 1]] }),
      dense: Storage(order.map { examples.dense[$0] }),
      labels: Storage(order.map { examples.labels[$0] }))
  }

  /// The log loss of other rows behind two epochs in windows of so many rows, or in the order of the file.
  private static func loss(
    _ problem: TinyProblem, _ examples: Examples, window: Int?, seed: UInt64,
    isShuffled: Bool = true
  ) throws -> Double {
    let trainer = try problem.trainer("mmoe", batchSize: 256, seed: seed)
    let rows = RowsInMemory(
      examples, windowRows: window, blockRows: blockRows, seed: seed)
    for epoch in 1...2 {
      rows.begin(epoch: epoch)
      for first in stride(from: 0, to: examples.count, by: 256) {
        let batch = try #require(rows.batch(from: first, rows: 256, unless: { false }))
        _ = trainer.step(
          isShuffled ? batch : examples.batch(from: first, rows: 256), rate: 0.003)
      }
    }
    let held = Self.problem(rows: 4_096, seed: 1_000)
    let logits = trainer.outputs(for: held.examples)[0]
    return LogLoss.ofLogits(
      LabelledRows(
        predictions: logits.map { Double($0) },
        labels: held.examples.labels.array.map { Double($0) }
      ))
  }

  @Test("lose nothing in windows of 128 blocks, and much in their own order", arguments: 1...2)
  func loss(seed: UInt64) throws {
    let problem = Self.problem(rows: Self.rows, seed: seed)
    let sorted = Self.sorted(problem.examples)
    let shuffled = try Self.loss(problem, problem.examples, window: nil, seed: seed)
    // What chance leaves: log 2 is what is lost without learning, .611 what nobody can do without.
    #expect(shuffled < 0.63, "seed \(seed)")
    let windows = try Self.loss(problem, sorted, window: Self.rows / 3, seed: seed)
    #expect(abs(windows - shuffled) < 0.005, "seed \(seed): \(windows), shuffled \(shuffled)")
    let unmixed = try Self.loss(problem, sorted, window: nil, seed: seed, isShuffled: false)
    #expect(unmixed > shuffled + 0.05, "seed \(seed): \(unmixed), shuffled \(shuffled)")
  }
}
