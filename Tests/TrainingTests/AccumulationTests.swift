import Models
import Objectives
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// Steps on several batches: the numbers of one batch of as many rows, in as many steps, and what is
/// refused.
@Suite struct AccumulationTests {
  private func configuration(
    _ model: String, _ batch: Int, _ accumulate: Int, balancer: String = "equal"
  ) -> RunConfiguration {
    var configuration = RunConfiguration()
    (configuration.model, configuration.batchSize) = (model, batch)
    (configuration.accumulate, configuration.threads) = (accumulate, 1)
    configuration.balancer = BalancerSetting(balancer)
    configuration.optimizer.clipNorm = 0.5
    return configuration
  }

  /// A whole epoch, its short last step among it; the fingerprint, and how many steps it took.
  private func epoch(
    _ configuration: RunConfiguration, _ alternation: Alternation = .joint
  ) throws -> (print: UInt64, steps: Int) {
    let dataset = TinyProblem(rows: 230, tasks: 3).dataset()
    let entry = try ModelRegistry.entry(named: configuration.model)
    let trainer = try #require(try Trainer(configuration, entry, dataset: dataset))
    try trainer.balance(by: configuration.balancer, for: BalancedTasks(trainer.tasks.map(\.name)))
    trainer.alternation = alternation
    let rows = configuration.stepRows
    var course = EpochCourse(
      configuration, rows: RowsInMemory(dataset.training, seed: configuration.seed),
      stepsPerEpoch: (230 + rows - 1) / rows)
    let hasBegun = course.beginIfDue()
    #expect(hasBegun)
    var seen = 0
    while let batch = course.nextBatch() {
      seen += batch.rows
      #expect(trainer.step(batch, rate: course.rate(step: trainer.step)))
      course.stepTaken()
      if course.endIfComplete() { break }
    }
    #expect(seen == 230 && course.position == 1)
    return (trainer.fingerprint, trainer.step)
  }

  /// One descent for all, one for each task's gradient, a parted one with a second look, and one for
  /// each task in its turn.
  @Test(arguments: [
    ("mmoe", "equal", Alternation.joint), ("hard-sharing", "pcgrad", .joint),
    ("aitm", "famo", .joint), ("sparse-sharing", "equal", .turns),
  ])
  func theBitsAreThoseOfALargeBatch(
    _ model: String, _ balancer: String, _ alternation: Alternation
  ) throws {
    let parts = try epoch(configuration(model, 24, 4, balancer: balancer), alternation)
    let whole = try epoch(configuration(model, 96, 1, balancer: balancer), alternation)
    let small = try epoch(configuration(model, 24, 1, balancer: balancer), alternation)
    #expect(parts == whole && parts.steps == 3 && small.steps == 10)
    #expect(parts.print != small.print)
  }

  /// A wide layer's values are those of a block, however many batches a step has.
  @Test func activationsDoNotGrow() throws {
    let workload = Workload(
      name: "wide", summary: "one wide layer",
      input: .init(vocabularies: [7, 11], embeddingWidth: 4, denseCount: 3), taskCount: 2,
      balancer: nil
    ) { input, tasks, builder in
      var choice = HardSharing.Configuration()
      choice.bottomSizes = [9_000]
      choice.towerSizes = []
      return HardSharing(choice, input: input, tasks: tasks, builder: builder)
    }
    let sizes = [512, 8 * 512].map { rows in
      workload.trainer(batchSize: rows, threads: 1).trainingExecutor().plan.bytes(threads: 1)
    }
    // What grows is the gradient of the looked-up rows: 16 floats each.
    #expect(sizes[1] - sizes[0] <= 4 * 7 * 512 * 32)
  }

  @Test func whatSeesTheWholeBatchIsRefused() throws {
    let dataset = TinyProblem(rows: 64, tasks: 2).dataset()
    var configuration = configuration("mran", 16, 2)
    let entry = try ModelRegistry.entry(named: "mran")
    #expect(try Trainer(configuration, entry, dataset: dataset) != nil)
    configuration.modelOptions = ["norm": "batch"]
    let error = #expect(throws: AccumulationError.self) {
      _ = try Trainer(configuration, entry, dataset: dataset)
    }
    let words = "\(error.map { "\($0)" } ?? "")"
    #expect(words.hasPrefix("accumulate: model 'mran' sees all rows of a batch together"))
    #expect(words.contains("\n  found: accumulate 2 with '"))
    configuration.accumulate = 1
    #expect(try Trainer(configuration, entry, dataset: dataset) != nil)
  }
}
