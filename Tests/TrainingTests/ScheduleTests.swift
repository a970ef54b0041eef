import Foundation
import Graph
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Steps by pieces against steps by lanes: the same bits of everything, on any number of threads.
@Suite struct ScheduleTests {
  /// What some steps leave: parameters, the sums of losses, and the logits of the last.
  private struct Outcome: Equatable {
    var parameters: UInt64
    var sums: [LossSums] = []
    var outputs: [UInt32] = []
  }

  private func outcome(_ trainer: Trainer, _ batches: [Batch]) -> Outcome {
    var found = Outcome(parameters: 0)
    for batch in batches {
      #expect(trainer.step(batch, rate: 0.02))
      let executor = trainer.trainingExecutor()
      found.sums += trainer.tasks.indices.map { executor.lossSums(task: $0, rows: batch.rows) }
    }
    let executor = trainer.trainingExecutor()
    for output in executor.plan.outputs {
      guard let values = executor.output(output.name) else { continue }
      let count = (batches.last?.rows ?? 0) * output.width
      found.outputs += (0..<count).map { values[$0].bitPattern }
    }
    found.parameters = trainer.store.fingerprint
    return found
  }

  private func run(
    _ model: String, _ options: [String: String], rows: Int, threads: Int, _ schedule: Schedule,
    dropout: Double = 0, lists: Pooling? = nil
  ) throws -> (outcome: Outcome, plan: Plan) {
    var problem = TinyProblem(rows: 2 * rows + 40, tasks: 3)
    if let lists { problem = problem.listed(lists, [[2, 0, 3], [1], [], [3, 1, 3]]) }
    let trainer = try problem.trainer(
      model, options, batchSize: rows, threads: threads, dropout: dropout)
    trainer.workspace.schedule = schedule
    // The last batch but one is short.
    let batches = [
      problem.batch(rows: rows), problem.batch(from: 7, rows: rows),
      problem.batch(from: 3, rows: max(1, rows / 3)), problem.batch(from: rows, rows: rows),
    ]
    return (outcome(trainer, batches), trainer.trainingExecutor().plan)
  }

  private static let models: [(String, [String: String], Double)] = [
    ("mmoe", ["expert": "130,70", "tower": "5"], 0), ("ple", [:], 0), ("hard-sharing", [:], 0.2),
    ("esmm", [:], 0), ("single-task", [:], 0), ("mmoe", ["temperature": "0.5"], 0),
    ("cross-stitch", [:], 0), ("cross-stitch", ["per-unit": "true"], 0),
    ("sparse-sharing", ["masks": "random", "alternation": "joint"], 0),
  ]

  /// Rows of one lane, of a few, of eight, and of lanes of several blocks.
  @Test(arguments: models, [1, 16, 100, 1030])
  func piecesAndLanesAgree(
    _ model: (name: String, options: [String: String], dropout: Double), rows: Int
  ) throws {
    let lanes = try run(
      model.name, model.options, rows: rows, threads: 1, .lanes, dropout: model.dropout)
    #expect(lanes.plan.schedule == .lanes && lanes.plan.whyLanes == nil)
    for threads in rows == 1030 ? [1, 3, 4, 8, 16] : [2] {
      let pieces = try run(
        model.name, model.options, rows: rows, threads: threads, .pieces, dropout: model.dropout)
      #expect(pieces.plan.schedule == .pieces, "\(pieces.plan.whyLanes ?? "")")
      #expect(pieces.outcome == lanes.outcome, "\(threads) threads")
    }
  }

  /// Columns of lists, whose rows have several ids, one of them twice, or none; pieces begin inside blocks.
  @Test(arguments: [Pooling.mean, .sum], [[:], ["temperature": "3"]] as [[String: String]])
  func listsAgree(_ pooling: Pooling, _ options: [String: String]) throws {
    let lanes = try run("mmoe", options, rows: 200, threads: 1, .lanes, lists: pooling)
    for threads in [3, 4, 8, 16] {
      let pieces = try run("mmoe", options, rows: 200, threads: threads, .pieces, lists: pooling)
      #expect(pieces.plan.schedule == .pieces, "\(pieces.plan.whyLanes ?? "")")
      #expect(pieces.outcome == lanes.outcome, "\(threads) threads")
    }
    let plain = try run("mmoe", options, rows: 200, threads: 3, .pieces)
    #expect(plain.outcome != lanes.outcome)
  }

  /// Every network that is timed, but those that say why not: wide layers, whose products have several
  /// parts and panels.
  @Test(arguments: Workload.all.map(\.name)) func workloads(_ name: String) throws {
    var workload = try #require(Workload.all.first { $0.name == name })
    workload = workload.with(vocabularies: workload.input.vocabularies.map { min($0, 50) })
    let examples = workload.examples(count: 600, seed: 3)
    func steps(_ threads: Int, _ schedule: Schedule) -> (Outcome, Plan) {
      let trainer = workload.trainer(batchSize: 300, threads: threads)
      trainer.workspace.schedule = schedule
      let batches = [0, 300, 130].map { examples.batch(from: $0, rows: 300) }
      return (outcome(trainer, batches), trainer.trainingExecutor().plan)
    }
    let (pieces, plan) = steps(3, .pieces)
    #expect((plan.schedule == .pieces) == (plan.whyLanes == nil))
    #expect(
      Self.byLanes[name] == plan.whyLanes, "\(name): \(plan.whyLanes ?? "runs by pieces")")
    #expect(steps(1, .lanes).0 == pieces)
  }

  private static let byLanes = [
    "w6_metabalance": "the tasks' gradients are kept apart"
  ]

  /// What the model minimises besides its losses joins the first lane before lanes are summed.
  @Test func penaltiesKeepLanes() throws {
    let problem = TinyProblem(tasks: 2)
    let soft = try problem.trainer("l2-soft", threads: 3)
    soft.workspace.schedule = .pieces
    #expect(soft.trainingExecutor().plan.schedule == .lanes)
    var configuration = OptimizerConfiguration()
    configuration.l2 = ["towers": 0.1]
    let decayed = try problem.trainer("mmoe", threads: 3, optimizer: configuration)
    decayed.workspace.schedule = .pieces
    #expect(decayed.trainingExecutor().plan.schedule == .lanes)
    let plain = try problem.trainer("mmoe", threads: 3)
    #expect(plain.trainingExecutor().plan.schedule == .pieces)
    let two = try problem.trainer("mmoe", threads: 2)
    #expect(two.trainingExecutor().plan.schedule == .lanes)
    #expect(two.trainingExecutor().gradientLanes(rows: 256) == 4)
    #expect(plain.trainingExecutor().gradientLanes(rows: 256) == 1)
  }

  /// Memory for a whole batch that is not to be had.
  @Test func tooLargeBatchesKeepLanes() throws {
    let trainer = try TinyProblem(tasks: 2).trainer("mmoe", threads: 3)
    trainer.plans.mostSpanningFloats = 10
    #expect(trainer.trainingExecutor().plan.schedule == .lanes)
  }
}
