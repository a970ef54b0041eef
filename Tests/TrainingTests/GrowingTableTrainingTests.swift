import Datasets
import Graph
import Models
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Training takes the same steps whether tables grow or were drawn at once.
@Suite("Training of growing tables") struct GrowingTableTrainingTests {
  /// Rows of a few ids first, so that rows come into being on the way, and in another order than ids.
  private func problem(isListed: Bool = false) -> TinyProblem {
    let problem = TinyProblem(rows: 256, tasks: 3, seed: 5)
    for place in 0..<128 { problem.examples.ids[place] = 3 - problem.examples.ids[place] % 2 }
    guard isListed else { return problem }
    return problem.listed(.mean, [[], [2], [3, 0, 3], [1, 2]])
  }

  /// The losses of some steps and all numbers behind them.
  private func course(
    _ problem: TinyProblem, _ model: String, _ options: [String: String] = [:],
    _ optimizer: OptimizerConfiguration = .init(), growingAbove bound: Int, threads: Int = 1
  ) throws -> (losses: [Double], numbers: [String: [Float]], trainer: Trainer) {
    let trainer = try problem.trainer(
      model, options, batchSize: 32, threads: threads, optimizer: optimizer, growingAbove: bound)
    var losses: [Double] = []
    for step in 0..<7 {
      trainer.epoch = step / 3
      #expect(trainer.step(problem.batch(from: 32 * step, rows: 32), rate: 0.02))
      losses += problem.tasks.indices.map { trainer.loss(of: $0) }
    }
    return (losses, trainer.namedNumbers, trainer)
  }

  private func expectSame(
    _ problem: TinyProblem, _ model: String, _ options: [String: String] = [:],
    _ optimizer: OptimizerConfiguration = .init(), threads: Int = 1,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let drawn = try course(problem, model, options, optimizer, growingAbove: .max)
    let grown = try course(
      problem, model, options, optimizer, growingAbove: 0, threads: threads)
    #expect(drawn.losses == grown.losses, "\(model)", sourceLocation: location)
    let others = drawn.numbers.keys.filter { drawn.numbers[$0] != grown.numbers[$0] }
    #expect(others == [], "\(model)", sourceLocation: location)
    #expect(
      drawn.trainer.store.growing.allSatisfy { $0 == nil }
        && grown.trainer.store.growing.contains { $0 != nil }, sourceLocation: location)
  }

  @Test(arguments: ArchiveTrainerTests.models) func everyModel(_ model: String) throws {
    try expectSame(problem(), model)
  }

  @Test(arguments: ArchiveTrainerTests.rules, OptimizerConfiguration.Tables.allCases)
  func everyRule(
    _ rule: OptimizerConfiguration.Rule, _ tables: OptimizerConfiguration.Tables
  ) throws {
    var optimizer = OptimizerConfiguration(rule, tables: tables)
    try expectSame(problem(), "mmoe", [:], optimizer)
    try expectSame(problem(isListed: true), "mmoe", [:], optimizer, threads: 3)
    (optimizer.clipNorm, optimizer.weightDecay) = (0.02, 0.1)
    optimizer.l2 = ["embeddings": 0.5]
    try expectSame(problem(), "hard-sharing", [:], optimizer)
  }

  /// The rows that a step does not touch are not made, and answers make theirs.
  @Test func rowsComeWithTheirBatches() throws {
    let problem = problem()
    let trainer = try problem.trainer("hard-sharing", batchSize: 32, growingAbove: 0)
    let table = try #require(trainer.store.growing.compactMap(\.self).first)
    #expect(table.count == 0)
    #expect(trainer.step(problem.batch(rows: 32), rate: 0.01))
    #expect(table.count == 2)
    _ = trainer.logits("board", problem.batch(from: 200, rows: 56))
    #expect(table.count == 4)
  }

  /// Another run may begin with the rows that there are.
  @Test func anotherRunTakesTheRows() throws {
    let problem = problem()
    let trainer = try course(problem, "mmoe", growingAbove: 0).trainer
    let other = try problem.trainer("mmoe", batchSize: 32, seed: 9, growingAbove: 0)
    #expect(other.step(problem.batch(rows: 32), rate: 0.02))
    let tables = trainer.store.embeddings
    #expect(other.store.take(tables) == (2, 2) && tables.count == 2)
    #expect(other.store.embeddings.grown.values.allSatisfy { $0.rows.count == 4 })
    for (path, numbers) in trainer.namedNumbers where path.hasPrefix("embeddings") {
      #expect(other.namedNumbers[path] == numbers, "\(path)")
    }
  }

  /// After forgetting, steps are those of a new optimiser.
  @Test func momentsBeginAnew() throws {
    let (problem, rule) = (problem(), OptimizerConfiguration(.adagrad(initial: 0.1)))
    let both = try [Int.max, 0].map { bound in
      let trainer = try course(problem, "mmoe", [:], rule, growingAbove: bound).trainer
      trainer.optimizers.reset()
      #expect(trainer.step(problem.batch(rows: 32), rate: 0.02))
      return trainer.namedNumbers
    }
    #expect(both[0] == both[1])
  }
}
