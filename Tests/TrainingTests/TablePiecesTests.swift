import Datasets
import Foundation
import Graph
import Models
import Runs
import Tensors
import Testing

@testable import Training

/// Tables whose touched rows are moved in pieces: each once, and to the bit as in one.
@Suite struct TablePiecesTests {
  typealias Rule = OptimizerConfiguration.Rule

  private static let vocabularies = [1, 63, 64, 65, 129, 1000]
  private static let rows = 300

  /// A small network whose batches touch every row of the small tables.
  private func workload() -> Workload {
    Workload.all[0].with(vocabularies: Self.vocabularies)
  }

  private func batches(_ workload: Workload) -> WorkloadExamples {
    let examples = workload.examples(count: 3 * Self.rows, seed: 4)
    for row in 0..<examples.count {
      for (field, vocabulary) in Self.vocabularies.enumerated() {
        examples.ids.base[row * Self.vocabularies.count + field] = Int32(
          (row * (field + 1)) % vocabulary)
      }
    }
    return WorkloadExamples(examples: examples)
  }

  private struct WorkloadExamples {
    let examples: Examples
    func batch(_ step: Int) -> Batch {
      examples.batch(from: step % 3 * TablePiecesTests.rows, rows: TablePiecesTests.rows)
    }
  }

  private func loop(_ trainer: Trainer, isMeasured: Bool = false) -> ParallelLoop<UpdateBody> {
    trainer.optimizer.makeLoop(
      trainer.trainingExecutor(), segments: trainer.store.segments.map { _ in true },
      isMeasured: isMeasured)
  }

  /// Every touched row of a table lies in one piece, and no piece is larger than it may be; a table that
  /// can never have more than a piece of them is left whole.
  @Test func piecesHaveEveryTouchedRowOnce() {
    let workload = workload()
    let trainer = workload.trainer(batchSize: Self.rows, threads: 3)
    let (loop, rows) = (loop(trainer), batches(workload))
    withExtendedLifetime(rows) {
      for table in loop.body.tables { table.group(rows.batch(0)) }
    }
    let count = loop.body.cutTables()
    var groups = loop.body.tables.map { _ in [Int]() }
    for number in 0..<count {
      let piece = loop.body.pieces.piece(number, of: loop.body.tables)
      #expect(1...TablePiece.most ~= piece.groups.count)
      groups[piece.table] += piece.groups
    }
    #expect(loop.body.tables.map(\.touchedRows).prefix(5) == [1, 63, 64, 65, 129])
    #expect(
      groups == loop.body.tables.map { $0.vocabulary > 64 ? Array(0..<$0.touchedRows) : [] })
    #expect(loop.body.tables.indices.filter(loop.body.pieces.contains) == [3, 4, 5])
  }

  /// Nothing is cut on two threads, nor where a norm is asked for, nor where there are tables enough.
  @Test func fewThreadsAndNormsKeepTablesWhole() {
    let few = workload().trainer(batchSize: 64, threads: 2)
    #expect(loop(few).body.pieces.isEmpty)
    let three = workload().trainer(batchSize: 64, threads: 3)
    #expect(!loop(three).body.pieces.isEmpty)
    #expect(loop(three, isMeasured: true).body.pieces.isEmpty)
    let many = Workload.all[0].trainer(batchSize: 64, threads: 3)
    #expect(loop(many).body.pieces.isEmpty)
  }

  private func parameters(
    _ configuration: OptimizerConfiguration, threads: Int
  ) -> (values: [Storage<Float>], moments: [[Float]]) {
    let workload = workload()
    let trainer = workload.trainer(
      batchSize: Self.rows, threads: threads, optimizer: configuration)
    let rows = batches(workload)
    for step in 0..<4 { #expect(trainer.step(rows.batch(step), rate: 1e-2)) }
    let moments = trainer.optimizer.tableMoments.sorted { $0.key < $1.key }.flatMap {
      [$0.value.first, $0.value.second, $0.value.means].map { Array($0.elements) }
    }
    return (trainer.store.copy().memory, moments)
  }

  @Test(arguments: [
    OptimizerConfiguration(), OptimizerConfiguration(.adamW(), weightDecay: 0.1),
    OptimizerConfiguration(.adagrad()), OptimizerConfiguration(.adagrad(isRowWise: true)),
    OptimizerConfiguration(.rmsprop(momentum: 0.5, isCentered: true)),
    OptimizerConfiguration(.sgd, weightDecay: 0.1),
    OptimizerConfiguration(.gradientDescent(momentum: 0.9)),
    OptimizerConfiguration(.projectedAdagrad(isEveryStep: true)),
    OptimizerConfiguration(tables: .dense), OptimizerConfiguration(.lamb()),
  ])
  func sameBits(_ configuration: OptimizerConfiguration) {
    let one = parameters(configuration, threads: 1)
    let three = parameters(configuration, threads: 3)
    #expect(one.moments == three.moments)
    for (a, b) in zip(one.values, three.values) {
      #expect(a.count == b.count && memcmp(a.base, b.base, 4 * a.count) == 0)
    }
  }
}
